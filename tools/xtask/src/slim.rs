//! Takes out of a module what nobody can notice: the making of panic messages that nobody hears, the places that they
//! name, and functions that are there twice. Changes no result.
//!
//! On this target a panic's message goes nowhere and the panic itself is a trap. The compiler does not know that the
//! message is lost, so every bound that is checked prepares one, with the file and the line.

mod order;
mod places;
mod twins;

use std::collections::HashSet;

use anyhow::{Result, ensure};
pub use order::order;
use places::blank_places;
use twins::fold_twins;
use walrus::ir::{self, Instr, InstrSeqId};
use walrus::{FunctionId, LocalFunction, Module};

/// Functions of the standard library that only ever end in a trap. What they are called from follows by itself.
const ENDS: [&str; 9] = [
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::cell::panic_already",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
];

/// Makes the module lighter. It must still have its names, which are gone afterwards.
///
/// # Errors
/// The module names no function in which panics end: it is not of the form known here.
pub fn slim(module: &mut Module) -> Result<()> {
    let traps = ends(module);
    ensure!(
        !traps.is_empty(),
        "the module names no function in which a panic ends"
    );
    lighten(module, traps);
    Ok(())
}

/// The same for a module that may hold no panic, or call those of another, and whose names are the compiler's own.
pub fn slim_part(module: &mut Module) {
    for function in module.funcs.iter_mut() {
        let name = function.name.take();
        function.name = name.map(|name| rustc_demangle::demangle(&name).to_string());
    }
    let traps = ends(module);
    lighten(module, traps);
}

fn lighten(module: &mut Module, traps: HashSet<FunctionId>) {
    drop_panic_messages(module, traps);
    blank_places(module);
    walrus::passes::gc::run(module);
    while fold_twins(module) {
        walrus::passes::gc::run(module);
    }
    for function in module.funcs.iter_mut() {
        function.name = None;
    }
}

/// The functions in which panics end.
fn ends(module: &Module) -> HashSet<FunctionId> {
    module
        .funcs
        .iter()
        .filter(|function| function.name.as_deref().is_some_and(is_an_end))
        .map(|function| function.id())
        .collect()
}

fn drop_panic_messages(module: &mut Module, mut traps: HashSet<FunctionId>) {
    loop {
        let before = traps.len();
        for (id, function) in module.funcs.iter_local_mut() {
            let is_trap = traps.contains(&id);
            for seq in sequences(function) {
                cut(&mut function.block_mut(seq).instrs, &traps);
            }
            let entry = function.entry_block();
            let entry = function.block_mut(entry);
            if is_trap {
                entry.instrs.clear();
                entry.instrs.push(trap());
            } else if matches!(entry.instrs[..], [(Instr::Unreachable(_), _)]) {
                traps.insert(id);
            }
        }
        if traps.len() == before {
            return;
        }
    }
}

/// Whether the function of that name is one of `ENDS`; the compiler puts a hash behind the crate.
fn is_an_end(name: &str) -> bool {
    let plain = plain(name);
    ENDS.iter().any(|end| plain.starts_with(end))
}

/// The name without the hash behind its crate.
fn plain(name: &str) -> String {
    match (name.find('['), name.find(']')) {
        (Some(from), Some(to)) if from < to => [&name[..from], &name[to + 1..]].concat(),
        _ => name.into(),
    }
}

/// Cuts a sequence at its first trap, and what was only prepared for the trap.
fn cut(instrs: &mut Vec<(Instr, ir::InstrLocId)>, traps: &HashSet<FunctionId>) {
    let is_trap = |instr: &Instr| match instr {
        Instr::Unreachable(_) => true,
        Instr::Call(call) => traps.contains(&call.func),
        _ => false,
    };
    let Some(at) = instrs.iter().position(|(instr, _)| is_trap(instr)) else {
        return;
    };
    let kept = instrs[..at]
        .iter()
        .rposition(|(instr, _)| !is_preparation(instr))
        .map_or(0, |last| last + 1);
    instrs.truncate(kept);
    instrs.push(trap());
}

fn trap() -> (Instr, ir::InstrLocId) {
    (
        Instr::Unreachable(ir::Unreachable {}),
        ir::InstrLocId::default(),
    )
}

/// What has no effect outside the module and leads nowhere else.
fn is_preparation(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::Const(_)
            | Instr::LocalGet(_)
            | Instr::LocalSet(_)
            | Instr::LocalTee(_)
            | Instr::GlobalGet(_)
            | Instr::GlobalSet(_)
            | Instr::Load(_)
            | Instr::Store(_)
            | Instr::Binop(_)
            | Instr::Unop(_)
            | Instr::Select(_)
            | Instr::Drop(_)
    )
}

fn sequences(function: &LocalFunction) -> Vec<InstrSeqId> {
    struct Seen(Vec<InstrSeqId>);
    impl<'a> ir::Visitor<'a> for Seen {
        fn start_instr_seq(&mut self, seq: &'a ir::InstrSeq) {
            self.0.push(seq.id());
        }
    }
    let mut seen = Seen(Vec::new());
    ir::dfs_in_order(&mut seen, function, function.entry_block());
    seen.0
}

#[cfg(test)]
mod tests {
    use walrus::FunctionKind;

    use super::*;

    #[test]
    fn ends_are_known_with_and_without_a_hash() {
        assert!(is_an_end("core::panicking::panic_fmt::h0123"));
        assert!(is_an_end("core[98b34f]::panicking::panic_bounds_check"));
        assert!(!is_an_end("std[98b34f]::panicking::panic_count::increase"));
        assert!(!is_an_end(
            "<core::panicking::AssertKind as core::fmt::Debug>::fmt"
        ));
    }

    /// Panics in each of the ways that `ENDS` lists.
    const PANICS: &str = "
        use std::cell::RefCell;
        #[unsafe(no_mangle)] pub fn index(v: &[u32], n: usize) -> u32 { v[n] }
        #[unsafe(no_mangle)] pub fn range(v: &[u32], n: usize) -> &[u32] { &v[n..] }
        #[unsafe(no_mangle)] pub fn text(v: &str, n: usize) -> &str { &v[n..] }
        #[unsafe(no_mangle)] pub fn option(v: Option<u32>) -> u32 { v.unwrap() }
        #[unsafe(no_mangle)] pub fn expected(v: Option<u32>) -> u32 { v.expect(\"some\") }
        #[unsafe(no_mangle)] pub fn result(v: Result<u32, String>) -> u32 { v.unwrap() }
        #[unsafe(no_mangle)] pub fn cell(v: &RefCell<u32>) { *v.borrow_mut() += 1; }
        #[unsafe(no_mangle)] pub fn grow(v: &mut Vec<u32>) { v.push(1); }
        #[unsafe(no_mangle)] pub fn boxed(v: u32) -> Box<u32> { Box::new(v) }";

    #[test]
    fn every_listed_end_is_in_a_module_of_this_compiler() {
        let folder = std::env::temp_dir().join(format!("xtask-ends-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("panics.rs"), PANICS).unwrap();
        let compiled = std::process::Command::new("rustc")
            .args([
                "--edition=2024",
                "--crate-type=cdylib",
                "-O",
                "-Cpanic=abort",
            ])
            .args(["--target", crate::tools::WASM, "panics.rs"])
            .current_dir(&folder)
            .status()
            .unwrap();
        assert!(compiled.success(), "rustc refuses the module of this test");
        let module = Module::from_file(folder.join("panics.wasm")).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        // As wasm-bindgen names the functions of the site's modules.
        let names: Vec<String> = module
            .funcs
            .iter()
            .filter_map(|function| function.name.as_deref())
            .map(|name| plain(&rustc_demangle::demangle(name).to_string()))
            .collect();
        for end in ENDS {
            let is_there = names.iter().any(|name| name.starts_with(end));
            assert!(is_there, "`{end}` names no function any more: {names:#?}");
        }
    }

    /// What the module's `replay` gives after so many steps.
    fn replay(module: &[u8], steps: u32) -> u64 {
        let engine = wasmi::Engine::default();
        let module = wasmi::Module::new(&engine, module).expect("a module");
        let mut store = wasmi::Store::new(&engine, ());
        let linker = wasmi::Linker::new(&engine);
        let instance = linker
            .instantiate_and_start(&mut store, &module)
            .expect("a module without imports");
        let replay = instance
            .get_typed_func::<u32, u64>(&store, "replay")
            .expect("examples/replay.rs exports it");
        replay.call(&mut store, steps).expect("it replays")
    }

    #[test]
    fn a_lighter_module_computes_the_same() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        // As the site's workers are built, so that what is compiled here is there for them.
        let target = root.join("target/worker-scalar");
        let built = std::process::Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "batchnorm-lab"])
            .args(["--example", "replay", "--profile", "worker"])
            .args(["--target", crate::tools::WASM, "--target-dir"])
            .arg(&target)
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                crate::paths::rustflags(&root.canonicalize().unwrap(), "").unwrap(),
            )
            .current_dir(&root)
            .status()
            .unwrap();
        assert!(built.success(), "examples/replay.rs does not compile");
        let file = target
            .join(crate::tools::WASM)
            .join("worker/examples/replay.wasm");
        let before = std::fs::read(file).unwrap();
        let mut module = Module::from_buffer(&before).unwrap();
        for function in module.funcs.iter_mut() {
            // As wasm-bindgen names the functions of the site's modules.
            let name = function.name.take();
            function.name = name.map(|name| rustc_demangle::demangle(&name).to_string());
        }
        slim(&mut module).unwrap();
        let after = order(&module.emit_wasm()).unwrap();
        assert!(
            after.len() < before.len() * 9 / 10,
            "{} bytes of {}",
            after.len(),
            before.len()
        );
        let (first, last) = (replay(&before, 0), replay(&before, 20));
        assert_ne!(first, last, "training moves what is learned");
        assert_eq!([replay(&after, 0), replay(&after, 20)], [first, last]);
    }

    #[test]
    fn what_a_trap_was_prepared_with_goes_and_what_acts_stays() {
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        let mut functions: Vec<FunctionId> = Vec::new();
        for name in ["core::panicking::panic_fmt", "acts", "wraps"] {
            let mut builder = walrus::FunctionBuilder::new(&mut module.types, &[], &[]);
            let mut body = builder.func_body();
            match name {
                "acts" => body.call(functions[0]),
                "wraps" => body
                    .call(functions[1])
                    .i32_const(7)
                    .drop()
                    .call(functions[0]),
                _ => body.i32_const(1).drop(),
            };
            body.unreachable();
            let function = builder.finish(Vec::new(), &mut module.funcs);
            module.funcs.get_mut(function).name = Some(name.into());
            functions.push(function);
        }
        // What is called by another module's import acts for all that is known here.
        let (import, _) = module.add_import_func("page", "act", ty);
        let FunctionKind::Local(acts) = &mut module.funcs.get_mut(functions[1]).kind else {
            unreachable!()
        };
        acts.builder_mut().func_body().call_at(0, import);
        let traps = ends(&module);
        drop_panic_messages(&mut module, traps);
        let lengths: Vec<usize> = functions
            .iter()
            .map(|id| {
                let function = module.funcs.get(*id).kind.unwrap_local();
                function.block(function.entry_block()).instrs.len()
            })
            .collect();
        assert_eq!(lengths, [1, 2, 2]);
    }
}
