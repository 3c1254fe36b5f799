//! The worker as the page meets it, at the other end of a message channel, in a browser.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::protocol::{Command, Event, Frame};
use batchnorm_lab::settings::setting;
use batchnorm_lab_worker::{Endpoint, Next, Pump, serve};
use js_sys::{Array, ArrayBuffer, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen(inline_js = "
export function channel() { const { port1, port2 } = new MessageChannel(); return [port1, port2]; }
const waiting = [];
export function listen(port, listener) {
  port.onmessage = (event) => {
    listener(event.data);
    for (const wake of waiting.splice(0)) wake(true);
  };
}
export function message(millis) {
  return new Promise((done) => {
    const inVain = setTimeout(done, millis, false);
    waiting.push((heard) => { clearTimeout(inVain); done(heard); });
  });
}
export function post(port, data, transfer) { port.postMessage(data, transfer); }
export function clock() { return performance.now(); }
")]
extern "C" {
    fn channel() -> Array;
    fn listen(port: &JsValue, listener: &Function);
    fn post(port: &JsValue, data: &JsValue, transfer: &Array);
    fn clock() -> f64;
    /// Whether anything is heard within so many milliseconds.
    fn message(millis: f64) -> Promise;
}

/// A tiny network, so that steps are much shorter than slices on any machine.
const SMALL: &str = "layers=4-4&samples=200&speed=full";

struct Page {
    port: JsValue,
    heard: Rc<RefCell<Vec<(f64, Event)>>>,
}

impl Page {
    fn open() -> Self {
        let ports = channel();
        serve(ports.get(0).unchecked_into::<Endpoint>(), FULL);
        let port = ports.get(1);
        let heard = Rc::new(RefCell::new(Vec::new()));
        let ears = heard.clone();
        let listener = Closure::<dyn FnMut(JsValue)>::new(move |data: JsValue| {
            let buffer: ArrayBuffer = data.dyn_into().expect("messages are buffers");
            let bytes = Uint8Array::new(&buffer).to_vec();
            let event = Event::from_bytes(&bytes).expect("messages are events");
            ears.borrow_mut().push((clock(), event));
        });
        listen(&port, listener.as_ref().unchecked_ref());
        listener.forget();
        Self { port, heard }
    }

    async fn configured(text: &str) -> Self {
        let page = Self::open();
        page.configure(1, text);
        page.frame_where(|frame| frame.step == 0).await;
        page
    }

    fn configure(&self, run: u32, text: &str) {
        self.say(&Command::Configure {
            run,
            settings: text.into(),
            checkpoint: None,
        });
    }

    fn say(&self, command: &Command) {
        self.say_bytes(&command.to_bytes());
    }

    fn say_bytes(&self, bytes: &[u8]) {
        let buffer = Uint8Array::from(bytes).buffer();
        post(&self.port, &buffer, &Array::of1(&buffer));
        assert_eq!(buffer.byte_length(), 0, "the bytes were moved, not copied");
    }

    fn frames(&self) -> Vec<Frame> {
        let heard = self.heard.borrow();
        let frame = |event: &Event| match event {
            Event::Frame(frame) => Some((**frame).clone()),
            _ => None,
        };
        heard.iter().filter_map(|(_, event)| frame(event)).collect()
    }

    /// The steps of the states that were heard.
    fn checkpoints(&self) -> Vec<u64> {
        let heard = self.heard.borrow();
        let step = |event: &Event| match event {
            Event::Checkpoint(checkpoint) => Some(checkpoint.step),
            _ => None,
        };
        heard.iter().filter_map(|(_, event)| step(event)).collect()
    }

    async fn until<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(hears().await, "never: {what}");
        }
    }

    /// Draws every frame at once, as a page would, until one is as wished.
    async fn frame_where(&self, wish: impl Fn(&Frame) -> bool) -> Frame {
        let mut drawn = 0;
        loop {
            let frames = self.frames();
            for frame in &frames[drawn.min(frames.len())..] {
                drawn += 1;
                self.say(&Command::FrameShown);
                if wish(frame) {
                    return frame.clone();
                }
            }
            assert!(hears().await, "no such frame among {drawn}");
        }
    }

    fn forget(&self) {
        self.heard.borrow_mut().clear();
    }
}

/// Waits for the next message; `false` where none comes.
async fn hears() -> bool {
    let heard = JsFuture::from(message(10_000.0)).await;
    heard.expect("it is never rejected").is_truthy()
}

#[wasm_bindgen_test]
async fn it_says_which_engine_it_is_before_anything_is_asked() {
    let page = Page::open();
    let engine = page
        .until("a greeting", |page| match page.heard.borrow().first() {
            Some((_, Event::Ready { engine })) => Some(engine.clone()),
            _ => None,
        })
        .await;
    let expected = if cfg!(target_feature = "relaxed-simd") {
        "relaxed"
    } else if cfg!(target_feature = "simd128") {
        "simd128"
    } else {
        "scalar"
    };
    assert_eq!(engine, expected);
}

#[wasm_bindgen_test]
async fn a_new_run_shows_itself_and_waits() {
    let page = Page::configured(SMALL).await;
    page.forget();
    // No step is answered by a frame; whatever was said by itself would have come before it.
    page.say(&Command::Step { steps: 0 });
    page.until("an answer", |page| page.frames().first().cloned())
        .await;
    assert_eq!(page.heard.borrow().len(), 1);
}

#[wasm_bindgen_test]
async fn play_trains_and_steps_are_exact() {
    let page = Page::configured(SMALL).await;
    page.say(&Command::Step { steps: 7 });
    let frame = page.frame_where(|frame| frame.step >= 7).await;
    assert_eq!(frame.step, 7);
    page.say(&Command::Play);
    let frame = page.frame_where(|frame| frame.step > 50).await;
    assert!(frame.is_playing);
    page.say(&Command::Pause);
}

#[wasm_bindgen_test]
async fn a_pause_is_answered_by_the_state_to_go_on_from() {
    let page = Page::configured(SMALL).await;
    page.say(&Command::Play);
    page.frame_where(|frame| frame.is_playing && frame.step > 0)
        .await;
    page.forget();
    page.say(&Command::Pause);
    let last = page.frame_where(|frame| !frame.is_playing).await;
    page.until("the state at that step", |page| {
        (page.checkpoints().last() == Some(&last.step)).then_some(())
    })
    .await;
    assert!(page.frames().iter().all(|frame| frame.step <= last.step));
}

#[wasm_bindgen_test]
async fn one_frame_is_in_flight_at_most() {
    let page = Page::configured(SMALL).await;
    page.forget();
    page.say(&Command::Play);
    page.until("a frame", |page| page.frames().first().cloned())
        .await;
    let steps = page.frames()[0].step;
    // Checkpoints are sent while training goes on, whether frames are drawn or not.
    page.until("training goes on", |page| {
        page.checkpoints().last().filter(|at| **at > steps).copied()
    })
    .await;
    assert_eq!(page.frames().len(), 1, "the first was never drawn");
    page.say(&Command::FrameShown);
    page.until("the next", |page| page.frames().get(1).cloned())
        .await;
    let next = page.frames()[1].step;
    assert!(next > steps, "training went on meanwhile");
    page.until("training goes on", |page| {
        page.checkpoints().last().filter(|at| **at > next).copied()
    })
    .await;
    assert_eq!(page.frames().len(), 2);
    page.say(&Command::Pause);
}

#[wasm_bindgen_test]
async fn an_old_run_is_not_heard_of_again() {
    let page = Page::configured(SMALL).await;
    page.say(&Command::Play);
    page.frame_where(|frame| frame.step > 0).await;
    page.configure(2, "layers=3&samples=200");
    page.frame_where(|frame| frame.run == 2).await;
    page.forget();
    page.say(&Command::Step { steps: 3 });
    let frame = page.frame_where(|frame| frame.step == 3).await;
    assert_eq!(frame.sides[1].layers.len(), 1);
    for (_, event) in page.heard.borrow().iter() {
        match event {
            Event::Frame(frame) => assert_eq!(frame.run, 2),
            Event::Checkpoint(checkpoint) => assert_eq!(checkpoint.run, 2),
            Event::Recorded(points) => assert!(points.iter().all(|point| point.run == 2)),
            other => panic!("{other:?}"),
        }
    }
}

#[wasm_bindgen_test]
async fn a_run_goes_on_from_its_checkpoint_exactly() {
    let page = Page::configured(SMALL).await;
    page.say(&Command::Step { steps: 20 });
    page.frame_where(|frame| frame.step == 20).await;
    let kept = page
        .until("the state", |page| {
            let heard = page.heard.borrow();
            heard.iter().rev().find_map(|(_, event)| match event {
                Event::Checkpoint(checkpoint) if checkpoint.step == 20 => Some(checkpoint.clone()),
                _ => None,
            })
        })
        .await;
    page.say(&Command::Step { steps: 10 });
    let expected = page.frame_where(|frame| frame.step == 30).await;

    let other = Page::open();
    other.say(&Command::Configure {
        run: 9,
        settings: SMALL.into(),
        checkpoint: Some(kept),
    });
    other.say(&Command::Step { steps: 10 });
    let frame = other.frame_where(|frame| frame.step == 30).await;
    assert_eq!(frame.sides[1].loss.batch, expected.sides[1].loss.batch);
    assert_eq!(frame.sides[1].loss.train, expected.sides[1].loss.train);
}

#[wasm_bindgen_test]
async fn bytes_that_are_no_command_are_answered() {
    let page = Page::open();
    page.say_bytes(&[250, 1, 2]);
    let code = page
        .until("a failure", |page| {
            page.heard
                .borrow()
                .iter()
                .find_map(|(_, event)| match event {
                    Event::Failed { failure, .. } => Some(failure.code.clone()),
                    _ => None,
                })
        })
        .await;
    assert_eq!(code, "message");
    // And it still works.
    page.configure(1, SMALL);
    page.frame_where(|frame| frame.run == 1).await;
}

/// A pump under a clock that the test moves: every look at it costs a tenth of a millisecond.
struct Timed {
    pump: Pump,
    time: f64,
    sent: Vec<Event>,
}

impl Timed {
    fn new(text: &str) -> Self {
        let mut timed = Self {
            pump: Pump::new(FULL),
            time: 1000.0,
            sent: Vec::new(),
        };
        timed.receive(&Command::Configure {
            run: 1,
            settings: text.into(),
            checkpoint: None,
        });
        timed.work();
        timed
    }

    fn receive(&mut self, command: &Command) {
        let sent = &mut self.sent;
        self.pump
            .receive(&command.to_bytes(), &mut |event| sent.push(event.clone()));
    }

    fn work(&mut self) -> Next {
        let time = std::cell::Cell::new(self.time);
        let now = || {
            time.set(time.get() + 0.1);
            time.get()
        };
        let sent = &mut self.sent;
        let next = self.pump.work(&now, &mut |event| sent.push(event.clone()));
        self.time = time.get();
        next
    }

    /// Works as told for so many milliseconds, every frame drawn at once.
    fn work_for(&mut self, millis: f64) {
        let end = self.time + millis;
        while self.time < end {
            self.receive(&Command::FrameShown);
            match self.work() {
                Next::Soon => {}
                Next::After(wait) => self.time += wait,
                Next::WithMessage => self.time = end,
            }
        }
    }

    fn steps(&mut self) -> u64 {
        self.receive(&Command::Pause);
        self.receive(&Command::FrameShown);
        self.work();
        let last = self.sent.iter().rev().find_map(|event| match event {
            Event::Frame(frame) => Some(frame.step),
            _ => None,
        });
        last.expect("a pause shows a frame")
    }
}

#[wasm_bindgen_test]
fn the_set_speed_is_kept() {
    for (speed, millis, expected) in [
        ("slow", 8000.0, 5),
        ("2", 3000.0, 7),
        ("10", 2000.0, 21),
        ("60", 1000.0, 61),
    ] {
        let mut timed = Timed::new(&format!("layers=2&samples=40&speed={speed}"));
        timed.receive(&Command::Play);
        timed.work_for(millis);
        let steps = timed.steps();
        assert!(steps.abs_diff(expected) <= 1, "{speed}: {steps} steps");
    }
}

/// Messages are looked at between slices. How long a pause takes in a real worker is measured on the built site.
#[wasm_bindgen_test]
fn slices_are_shorter_than_half_of_what_a_pause_may_take() {
    for command in [
        Command::Play,
        Command::MeasureBatchNoise,
        Command::Step { steps: 100_000 },
    ] {
        let mut timed = Timed::new("layers=2&samples=40&speed=full");
        timed.receive(&Command::Play);
        timed.receive(&command);
        for _ in 0..200 {
            timed.receive(&Command::FrameShown);
            let start = timed.time;
            timed.work();
            assert!(timed.time - start < 10.0, "{command:?}");
        }
    }
}

#[wasm_bindgen_test]
fn a_higher_speed_does_not_wait_for_the_slow_step() {
    let mut timed = Timed::new("layers=2&samples=40&speed=slow");
    timed.receive(&Command::Play);
    timed.work_for(10.0);
    let row = setting("speed").expect("a setting");
    let value = row.read("10").expect("an allowed word");
    timed.receive(&Command::change(row, value));
    timed.work_for(1000.0);
    assert!(timed.steps().abs_diff(11) <= 1);
}

#[wasm_bindgen_test]
fn frames_come_thirty_times_a_second_at_most() {
    let mut timed = Timed::new("layers=2&samples=40&speed=full");
    timed.receive(&Command::Play);
    timed.sent.clear();
    timed.work_for(2500.0);
    let frames = timed.sent.iter().filter(|e| matches!(e, Event::Frame(_)));
    let frames = frames.count();
    assert!((60..=76).contains(&frames), "{frames} frames in 2.5 s");
    let kept = timed
        .sent
        .iter()
        .filter(|e| matches!(e, Event::Checkpoint(_)));
    assert_eq!(kept.count(), 2, "the state is sent once a second");
}

#[wasm_bindgen_test]
fn measurements_go_on_at_full_speed() {
    let mut timed = Timed::new("layers=2&samples=40&speed=full");
    timed.receive(&Command::Play);
    timed.receive(&Command::MeasureBatchNoise);
    timed.work_for(4000.0);
    let is_noise = |event: &&Event| matches!(event, Event::BatchNoise(_));
    assert_eq!(timed.sent.iter().filter(is_noise).count(), 1);
    assert!(timed.steps() > 100);
}

/// Steps that were recorded, as they were heard before each frame and each state.
#[wasm_bindgen_test]
async fn whoever_has_a_frame_or_a_state_has_what_was_recorded_up_to_it() {
    let page = Page::configured(SMALL).await;
    page.say(&Command::Step { steps: 700 });
    page.frame_where(|frame| frame.step == 700).await;
    page.until("the state", |page| {
        page.checkpoints().last().filter(|at| **at == 700).copied()
    })
    .await;
    let mut last = 0;
    let mut steps = Vec::new();
    for (_, event) in page.heard.borrow().iter() {
        let known = match event {
            Event::Recorded(points) => {
                steps.extend(points.iter().map(|point| point.step));
                continue;
            }
            Event::Frame(frame) => frame.step,
            Event::Checkpoint(checkpoint) => checkpoint.step,
            _ => continue,
        };
        assert!(known >= last, "{known}");
        last = known;
        // All to step 256, every second one to 512, and so on: the finest of what is left everywhere.
        let stride = (known.max(128).next_power_of_two() / 256).max(1) as usize;
        for step in (0..=known).step_by(stride) {
            assert!(steps.contains(&step), "step {step} of {known}");
        }
    }
    assert_eq!(last, 700);
}

/// A page that draws nothing, as one out of sight, is answered all the same.
#[wasm_bindgen_test]
async fn an_answer_does_not_wait_for_a_page_that_draws_nothing() {
    let page = Page::open();
    page.configure(1, SMALL);
    // No frame is answered by `FrameShown`.
    page.say(&Command::Play);
    page.say(&Command::Step { steps: 10 });
    page.say(&Command::Step { steps: 5 });
    page.say(&Command::Pause);
    page.until("all answers", |page| {
        page.frames()
            .last()
            .filter(|frame| frame.answered == 4)
            .cloned()
    })
    .await;
    page.say(&Command::Step { steps: 10 });
    page.say(&Command::Step { steps: 5 });
    let steps = page.frames().last().expect("a frame").step;
    page.until("both answers", |page| {
        page.frames()
            .last()
            .filter(|frame| frame.answered == 6)
            .cloned()
    })
    .await;
    let at = |answered| {
        page.frames()
            .into_iter()
            .find(|frame| frame.answered == answered)
    };
    let ends = [5, 6].map(|answered| at(answered).map(|frame| frame.step - steps));
    assert_eq!(ends, [Some(10), Some(15)]);
}
