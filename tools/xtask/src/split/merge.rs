//! Makes one module of several that the splitter cut: what stands twice is kept once, and calls from one to another go
//! straight, no more through the table. Knows no name of a module.

use std::collections::BTreeMap;
use std::convert::Infallible;

use anyhow::{Context, Result, anyhow, bail, ensure};
use walrus::ir::{self, Instr, VisitorMut};
use walrus::{ConstExpr, ElementItems, ElementKind, FunctionId, FunctionKind, LocalFunction};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, DataSection, ElementSection, EntityType, FuncType, FunctionSection, ImportSection,
    Module, TypeSection,
};
use wasmparser::{DataKind, Parser, Payload};

use crate::slim::{order, slim_part};

/// One module with all functions, places of the table and data of these, which import no function and export nothing.
///
/// # Errors
/// One of them is of another form.
pub fn merge(modules: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut whole = Whole::default();
    for module in modules {
        whole.add(module)?;
    }
    let mut module = walrus::Module::from_buffer(&whole.finish())?;
    call_straight(&mut module);
    slim_part(&mut module);
    order(&module.emit_wasm())
}

/// What has come together so far.
#[derive(Default)]
struct Whole {
    types: Vec<FuncType>,
    /// By module and name.
    imports: BTreeMap<(String, String), EntityType>,
    /// Of each kind the numbers by module and name.
    numbers: BTreeMap<(String, String), u32>,
    functions: FunctionSection,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
    counted: u32,
    globals: u32,
}

/// What the numbers of one module become.
#[derive(Default)]
struct Numbers {
    types: Vec<u32>,
    globals: Vec<u32>,
    first_function: u32,
}

impl Reencode for Numbers {
    type Error = Infallible;

    fn type_index(&mut self, number: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.types[number as usize])
    }

    fn global_index(&mut self, number: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.globals[number as usize])
    }

    fn function_index(&mut self, number: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.first_function + number)
    }
}

impl Whole {
    fn add(&mut self, module: &[u8]) -> Result<()> {
        let mut numbers = Numbers {
            first_function: self.counted,
            ..Numbers::default()
        };
        for payload in Parser::new(0).parse_all(module) {
            self.take(&mut numbers, payload?)
                .map_err(|error| anyhow!("{error}"))
                .context("a part of the page cannot be merged with others")?;
        }
        Ok(())
    }

    fn take(&mut self, numbers: &mut Numbers, payload: Payload<'_>) -> Result<()> {
        let failed = |error: Error<Infallible>| anyhow!("{error}");
        match payload {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = numbers.func_type(ty?).map_err(failed)?;
                    numbers.types.push(place_of(&mut self.types, ty));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    let ty = numbers.entity_type(import.ty).map_err(failed)?;
                    self.import(numbers, (import.module.into(), import.name.into()), ty)?;
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.function(numbers.types[ty? as usize]);
                    self.counted += 1;
                }
            }
            Payload::ElementSection(section) => numbers
                .parse_element_section(&mut self.elements, section)
                .map_err(failed)?,
            Payload::CodeSectionEntry(body) => numbers
                .parse_function_body(&mut self.code, body)
                .map_err(failed)?,
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    ensure!(matches!(data.kind, DataKind::Active { .. }), "passive data");
                    if !data.data.is_empty() {
                        numbers.parse_data(&mut self.data, data).map_err(failed)?;
                    }
                }
            }
            Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
            other => bail!("it has {other:?}"),
        }
        Ok(())
    }

    fn import(
        &mut self,
        numbers: &mut Numbers,
        name: (String, String),
        ty: EntityType,
    ) -> Result<()> {
        let known = self.imports.get(&name);
        ensure!(
            known.is_none_or(|known| *known == ty),
            "{name:?} is two things"
        );
        match ty {
            EntityType::Global(_) => {
                let next = self.globals;
                let number = *self.numbers.entry(name.clone()).or_insert(next);
                self.globals += u32::from(number == next);
                numbers.globals.push(number);
            }
            // There is one of each.
            EntityType::Table(_) | EntityType::Memory(_) => {}
            _ => bail!("{name:?} is neither table, memory nor global"),
        }
        self.imports.insert(name, ty);
        Ok(())
    }

    fn finish(self) -> Vec<u8> {
        let mut types = TypeSection::new();
        for ty in &self.types {
            types.ty().func_type(ty);
        }
        let mut imports = ImportSection::new();
        // Globals in the order of their numbers.
        let mut all: Vec<_> = self.imports.into_iter().collect();
        all.sort_by_key(|(name, _)| self.numbers.get(name).copied());
        for ((module, name), ty) in all {
            imports.import(&module, &name, ty);
        }
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&self.functions)
            .section(&self.elements)
            .section(&self.code)
            .section(&self.data);
        module.finish()
    }
}

fn place_of(types: &mut Vec<FuncType>, ty: FuncType) -> u32 {
    let place = types.iter().position(|known| *known == ty);
    place.unwrap_or_else(|| {
        types.push(ty);
        types.len() - 1
    }) as u32
}

/// Lets whoever calls a function that only leads to a place of the table call what stands there, if it is here.
fn call_straight(module: &mut walrus::Module) {
    let mut standing: BTreeMap<i32, FunctionId> = BTreeMap::new();
    for element in module.elements.iter() {
        if let ElementKind::Active { offset, .. } = &element.kind
            && let ConstExpr::Value(ir::Value::I32(first)) = offset
            && let ElementItems::Functions(functions) = &element.items
        {
            standing.extend((*first..).zip(functions.iter().copied()));
        }
    }
    let mut straight = Straight(BTreeMap::new());
    for function in module.funcs.iter() {
        if let FunctionKind::Local(local) = &function.kind
            && let Some(place) = leads_to(local)
            && let Some(there) = standing.get(&place)
            && module.funcs.get(*there).ty() == local.ty()
        {
            straight.0.insert(function.id(), *there);
        }
    }
    for (_, function) in module.funcs.iter_local_mut() {
        let entry = function.entry_block();
        ir::dfs_pre_order_mut(&mut straight, function, entry);
    }
}

struct Straight(BTreeMap<FunctionId, FunctionId>);

impl VisitorMut for Straight {
    fn visit_function_id_mut(&mut self, function: &mut FunctionId) {
        while let Some(there) = self.0.get(function) {
            *function = *there;
        }
    }
}

/// The place of the table that a function hands all its arguments to, if it does nothing else.
fn leads_to(function: &LocalFunction) -> Option<i32> {
    let instrs = &function.block(function.entry_block()).instrs;
    let (given, [(Instr::Const(place), _), (Instr::CallIndirect(_), _)]) =
        instrs.split_at_checked(instrs.len().checked_sub(2)?)?
    else {
        return None;
    };
    let gets =
        |instr: &Instr, argument| matches!(instr, Instr::LocalGet(get) if get.local == argument);
    let mut arguments = function.args.iter().zip(given);
    let hands_on = given.len() == function.args.len()
        && arguments.all(|(argument, (instr, _))| gets(instr, *argument));
    match place.value {
        ir::Value::I32(place) if hands_on => Some(place),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, RefType, ValType};

    use super::*;

    /// A module that holds one function at a place of the table, as the splitter writes it: what it `calls` it calls by a
    /// function of its own that only leads to that place.
    fn part(place: i32, adds: i32, calls: Option<i32>) -> Vec<u8> {
        let mut module = walrus::Module::default();
        let (table, _) = module.add_import_table("all", "table", false, 8, None, RefType::FUNCREF);
        let (memory, _) = module.add_import_memory("all", "memory", false, false, 1, None, None);
        let ty = module.types.add(&[ValType::I32], &[ValType::I32]);
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        let argument = module.locals.add(ValType::I32);
        builder.func_body().local_get(argument);
        if let Some(there) = calls {
            let given = module.locals.add(ValType::I32);
            let mut stub =
                FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            stub.func_body()
                .local_get(given)
                .i32_const(there)
                .call_indirect(ty, table);
            let stub = stub.finish(vec![given], &mut module.funcs);
            builder.func_body().call(stub);
        }
        builder
            .func_body()
            .i32_const(adds)
            .binop(ir::BinaryOp::I32Add);
        let function = builder.finish(vec![argument], &mut module.funcs);
        let active = |at| ConstExpr::Value(ir::Value::I32(at));
        module.elements.add(
            ElementKind::Active {
                table,
                offset: active(place),
            },
            ElementItems::Functions(vec![function]),
        );
        module.data.add(
            walrus::DataKind::Active {
                memory,
                offset: active(place),
            },
            vec![adds as u8],
        );
        module.emit_wasm()
    }

    #[test]
    fn parts_merged_call_each_other_and_keep_their_places() {
        let whole = merge(&[part(2, 3, Some(5)), part(5, 10, None)]).unwrap();
        let parsed = walrus::Module::from_buffer(&whole).unwrap();
        assert_eq!(parsed.funcs.iter().count(), 2, "the stub is gone");
        let engine = wasmi::Engine::default();
        let mut store = wasmi::Store::new(&engine, ());
        let mut linker = wasmi::Linker::new(&engine);
        let memory = wasmi::Memory::new(&mut store, wasmi::MemoryType::new(1, None)).unwrap();
        let ty = wasmi::TableType::new(wasmi::RefType::Func, 8, None);
        let none = wasmi::Ref::default_for_ty(wasmi::RefType::Func);
        let table = wasmi::Table::new(&mut store, ty, none).unwrap();
        linker.define("all", "memory", memory).unwrap();
        linker.define("all", "table", table).unwrap();
        let module = wasmi::Module::new(&engine, &whole).unwrap();
        linker.instantiate_and_start(&mut store, &module).unwrap();
        for (place, result) in [(2, 114), (5, 111)] {
            let function = table.get(&store, place).unwrap();
            let function = function.as_func().and_then(|of| of.val().copied()).unwrap();
            let call = function.typed::<i32, i32>(&store).unwrap();
            assert_eq!(call.call(&mut store, 101).unwrap(), result, "{place}");
        }
        assert_eq!(memory.data(&store)[..6], [0, 0, 3, 0, 0, 10]);
    }

    #[test]
    fn what_imports_a_function_is_refused() {
        let mut module = walrus::Module::default();
        let ty = module.types.add(&[], &[]);
        let (function, _) = module.add_import_func("all", "other", ty);
        module.exports.add("again", function);
        assert!(merge(&[module.emit_wasm()]).is_err());
    }
}
