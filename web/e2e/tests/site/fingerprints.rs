//! The twelve links of the core's fingerprints, trained by the built workers in this browser: the same bits as natively.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use batchnorm_lab::protocol::{Command, Event};
use serde_json::{Value, json};

use crate::common::Lab;

#[path = "../../../../tests/common/fingerprint.rs"]
mod table;

use table::{LINKS, STEPS, fingerprint};

/// The byte of a message that says what it is; before it stands its layout.
const KIND: usize = 4;
const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");
const EMPTY: (&str, &str) = (
    "empty.html",
    "<!doctype html><title>empty</title><link rel=icon href=data:,>",
);

/// Speaks to a worker in the protocol's bytes; gives its checkpoint and its frame of that step. Behind its layout a message
/// holds its kind in two bytes, then the number of the run in four and, of both of these, the step.
const TRAIN: &str = "
    const [engine, commands, shown, steps, FRAME, CHECKPOINT] = arguments;
    const worker = new Worker(`worker.js?engine=${engine}`, { type: 'module' });
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
    const text = (data) => { let all = ''; for (const byte of new Uint8Array(data)) all += String.fromCharCode(byte); return btoa(all); };
    try {
        return await new Promise((done, fail) => {
            const last = {};
            worker.onerror = (event) => fail(new Error(event.message));
            worker.onmessage = ({ data }) => {
                if (data.failed) return fail(new Error(data.failed));
                const view = new DataView(data);
                const kind = view.getUint8(4);
                if (kind === FRAME) worker.postMessage(bytes(shown));
                if (kind !== FRAME && kind !== CHECKPOINT) return;
                if (view.getBigUint64(10, true) === BigInt(steps)) last[kind] = text(data);
                if (last[FRAME] && last[CHECKPOINT]) done([last[CHECKPOINT], last[FRAME]]);
            };
            for (const command of commands) worker.postMessage(bytes(command));
        });
    } finally {
        worker.terminate();
    }";

fn bytes(command: &Command) -> Value {
    json!(STANDARD.encode(command.to_bytes()))
}

fn event(told: &Value) -> Result<Event> {
    let text = told.as_str().context("an event is text")?;
    Event::from_bytes(&STANDARD.decode(text)?).map_err(|error| anyhow::anyhow!("{error}"))
}

fn in_worker(lab: &Lab, engine: &str, link: &str) -> Result<u64> {
    let configure = Command::Configure {
        run: 1,
        settings: link.into(),
        checkpoint: None,
    };
    let step = Command::Step { steps: STEPS };
    let commands = [Command::Data(DIGITS.to_vec()), configure, step];
    let arguments = [
        json!(engine),
        json!(commands.each_ref().map(bytes)),
        bytes(&Command::FrameShown),
        json!(STEPS),
        json!(Event::Frame(Box::default()).to_bytes()[KIND]),
        json!(Event::Checkpoint(Box::default()).to_bytes()[KIND]),
    ];
    let told = lab.browser.run(TRAIN, &arguments)?;
    match (event(&told[0])?, event(&told[1])?) {
        (Event::Checkpoint(checkpoint), Event::Frame(frame)) => {
            ensure!(frame.step == u64::from(STEPS), "step {}", frame.step);
            Ok(fingerprint(&checkpoint, &frame))
        }
        other => bail!("{other:?}"),
    }
}

#[test]
fn a_link_has_the_recorded_bits_in_this_browser() -> Result<()> {
    let lab = Lab::start(&[EMPTY])?;
    lab.browser
        .open(&format!("{}{}", lab.host.url(), EMPTY.0))?;
    for engine in ["full-scalar", "full-simd128"] {
        let mut others = Vec::new();
        for (link, recorded) in LINKS {
            let got = in_worker(&lab, engine, link)?;
            if got != *recorded {
                others.push(format!("{got:#018x} {link}"));
            }
        }
        ensure!(others.is_empty(), "{engine}:\n{}", others.join("\n"));
    }
    Ok(())
}
