//! Functions that are there twice in a module are kept once. Knows no name.

use std::collections::HashMap;
use std::fmt::Write;

use walrus::ir::{self, Instr, InstrSeqId, VisitorMut};
use walrus::{ElementItems, ExportItem, FunctionId, FunctionKind, LocalFunction, Module, TypeId};

use super::sequences;

/// Lets every call of a function that is there twice go to the first; whether there was one.
pub fn fold_twins(module: &mut Module) -> bool {
    let mut first: HashMap<(TypeId, String), FunctionId> = HashMap::new();
    let mut twins: HashMap<FunctionId, FunctionId> = HashMap::new();
    for function in module.funcs.iter() {
        if let FunctionKind::Local(local) = &function.kind {
            let kept = *first
                .entry((local.ty(), body(module, local)))
                .or_insert(function.id());
            if kept != function.id() {
                twins.insert(function.id(), kept);
            }
        }
    }
    struct Redirect<'a>(&'a HashMap<FunctionId, FunctionId>);
    impl VisitorMut for Redirect<'_> {
        fn visit_function_id_mut(&mut self, function: &mut FunctionId) {
            if let Some(kept) = self.0.get(function) {
                *function = *kept;
            }
        }
    }
    let mut redirect = Redirect(&twins);
    for (_, function) in module.funcs.iter_local_mut() {
        let entry = function.entry_block();
        ir::dfs_pre_order_mut(&mut redirect, function, entry);
    }
    for element in module.elements.iter_mut() {
        if let ElementItems::Functions(functions) = &mut element.items {
            for function in functions {
                redirect.visit_function_id_mut(function);
            }
        }
    }
    for export in module.exports.iter_mut() {
        if let ExportItem::Function(function) = &mut export.item {
            redirect.visit_function_id_mut(function);
        }
    }
    for twin in twins.keys() {
        module.funcs.delete(*twin);
    }
    !twins.is_empty()
}

/// What a function does, in words that are the same for two functions if they do the same.
fn body(module: &Module, function: &LocalFunction) -> String {
    let mut text = String::new();
    let mut locals: HashMap<ir::LocalId, usize> = HashMap::new();
    for argument in &function.args {
        let next = locals.len();
        locals.insert(*argument, next);
    }
    let seqs = sequences(function);
    let places: HashMap<InstrSeqId, usize> =
        seqs.iter().enumerate().map(|(n, id)| (*id, n)).collect();
    let place = |id: &InstrSeqId| places.get(id).copied().unwrap_or(usize::MAX);
    for seq in &seqs {
        let seq = function.block(*seq);
        let _ = write!(text, "{:?}{{", seq.ty);
        for (instr, _) in &seq.instrs {
            let mut local = |text: &mut String, word: &str, id: &ir::LocalId| {
                let next = locals.len();
                let number = *locals.entry(*id).or_insert(next);
                let _ = write!(text, "{word}{number}:{:?};", module.locals.get(*id).ty());
            };
            let _ = match instr {
                Instr::LocalGet(at) => {
                    local(&mut text, "get", &at.local);
                    Ok(())
                }
                Instr::LocalSet(at) => {
                    local(&mut text, "set", &at.local);
                    Ok(())
                }
                Instr::LocalTee(at) => {
                    local(&mut text, "tee", &at.local);
                    Ok(())
                }
                Instr::Block(block) => write!(text, "block{};", place(&block.seq)),
                Instr::Loop(block) => write!(text, "loop{};", place(&block.seq)),
                Instr::IfElse(both) => {
                    let (yes, no) = (place(&both.consequent), place(&both.alternative));
                    write!(text, "if{yes},{no};")
                }
                Instr::Br(to) => write!(text, "br{};", place(&to.block)),
                Instr::BrIf(to) => write!(text, "br_if{};", place(&to.block)),
                Instr::BrTable(to) => {
                    let blocks: Vec<usize> = to.blocks.iter().map(place).collect();
                    write!(text, "table{blocks:?}{};", place(&to.default))
                }
                other => write!(text, "{other:?};"),
            };
        }
        text.push('}');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_become_one() {
        let mut module = Module::default();
        for (name, number) in [("a", 1), ("b", 1), ("c", 2)] {
            let mut builder = walrus::FunctionBuilder::new(&mut module.types, &[], &[]);
            builder.func_body().i32_const(number).drop();
            let function = builder.finish(Vec::new(), &mut module.funcs);
            module.exports.add(name, function);
        }
        assert!(fold_twins(&mut module));
        assert_eq!(module.funcs.iter().count(), 2);
        assert!(!fold_twins(&mut module));
    }
}
