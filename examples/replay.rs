//! The core as a WebAssembly module without any glue: replays a link and gives a number made of all that it learned.
//!
//! `cargo build --example replay --profile worker --target wasm32-unknown-unknown`

use batchnorm_lab::protocol::{Command, Event};
use batchnorm_lab::trainer::Trainer;

/// Every kind of statement that panics where its promise is broken is on the way: slices, maps of numbers, text.
const LINK: &str =
    "data=spiral&layers=8-6&act=tanh&a=layer&b=ghost&ghost=8&batch=24&opt=adam&lr=0.01&samples=200";

/// FNV-1a of the bytes of frame and checkpoint after so many steps.
// The name is what a host calls.
#[unsafe(no_mangle)]
pub extern "C" fn replay(steps: u32) -> u64 {
    let mut trainer = Trainer::new();
    trainer.handle(Command::Configure {
        run: 1,
        settings: LINK.into(),
        checkpoint: None,
    });
    trainer.handle(Command::Step { steps });
    while trainer.is_urgent() {
        trainer.step();
    }
    let events: [Event; 2] = [trainer.frame(), trainer.checkpoint()];
    let bytes = events.iter().flat_map(Event::to_bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
