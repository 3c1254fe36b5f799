//! The built worker by itself, in a real thread, spoken to in the protocol's own bytes.

use anyhow::{Result, ensure};
use batchnorm_lab::protocol::{Command, Event};
use serde_json::{Value, json};

use crate::common::{Lab, lanes, number};

const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");
/// The convolutional network of the lesson on images.
const IMAGES: &str = "data=digits&samples=1797&split=80&layers=c8-p-c16-p&act=relu&init=he-normal&batch=32&speed=full";

#[test]
fn a_pause_is_heard_within_twenty_milliseconds() -> Result<()> {
    let lab = Lab::start(&[(
        "empty.html",
        "<!doctype html><title>empty</title><link rel=icon href=data:,>",
    )])?;
    lab.browser.open(&format!("{}empty.html", lab.host.url()))?;
    let bytes = |command: &Command| json!(command.to_bytes());
    let runs = lanes()?.iter().map(|engine| (*engine, "speed=full"));
    for (engine, settings) in runs.chain([("full-scalar", IMAGES)]) {
        let configure = Command::Configure {
            run: 1,
            settings: settings.into(),
            checkpoint: None,
        };
        let told = lab.browser.run(
            "const [engine, data, configure, play, pause, shown, FRAME, CHECKPOINT] = arguments;
             const worker = new Worker(`worker.js?engine=${engine}`, { type: 'module' });
             const say = (bytes) => worker.postMessage(new Uint8Array(bytes).buffer);
             const heard = [];
             let wake = () => {};
             worker.onmessage = ({ data }) => {
                 const kind = new Uint8Array(data)[4];
                 heard.push([kind, performance.now()]);
                 if (kind === FRAME) say(shown);
                 wake();
             };
             const next = () => new Promise((done) => { wake = done; });
             const count = (wanted) => heard.filter(([kind]) => kind === wanted).length;
             say(data);
             say(configure);
             while (count(FRAME) === 0) await next();
             const waits = [];
             for (let round = 0; round < 15; round += 1) {
                 heard.length = 0;
                 say(play);
                 // Some frames later each time, so that a pause meets every part of a round of work.
                 while (count(FRAME) < 3 + round % 5) await next();
                 heard.length = 0;
                 const asked = performance.now();
                 say(pause);
                 while (count(CHECKPOINT) === 0) await next();
                 waits.push(heard.find(([kind]) => kind === CHECKPOINT)[1] - asked);
             }
             worker.terminate();
             return { waits: waits.sort((a, b) => a - b) };",
            &[
                json!(engine),
                bytes(&Command::Data(DIGITS.to_vec())),
                bytes(&configure),
                bytes(&Command::Play),
                bytes(&Command::Pause),
                bytes(&Command::FrameShown),
                // The kind of an event follows the four bytes that every message begins with.
                json!(Event::Frame(Box::default()).to_bytes()[4]),
                json!(Event::Checkpoint(Box::default()).to_bytes()[4]),
            ],
        )?;
        let waits: Vec<f64> = told["waits"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        println!(
            "{engine}: median {:.1} ms, longest {:.1} ms",
            waits[7], waits[14]
        );
        ensure!(waits.len() == 15);
        // The machine may be busy with something else for a while: the median is the worker's own.
        ensure!(number(&told, "/waits/7")? < 20.0, "{engine}: {waits:?}");
    }
    Ok(())
}
