//! A worker that lives in the page: the real trainer behind the real bytes. Only the thread is missing.

use std::cell::RefCell;
use std::rc::Rc;

use batchnorm_lab::protocol::{Command, Event, Frame};
use batchnorm_lab::trainer::Trainer;
use js_sys::{ArrayBuffer, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// Gives out workers; the newest can be made to die.
pub struct StandIn {
    spawn: Closure<dyn Fn(JsValue) -> JsValue>,
    newest: Rc<RefCell<Option<Object>>>,
}

impl StandIn {
    pub fn new() -> Self {
        let newest = Rc::new(RefCell::new(None));
        let kept = newest.clone();
        let spawn = Closure::new(move |engine: JsValue| {
            let worker = worker(engine.as_string().unwrap_or_default());
            *kept.borrow_mut() = Some(worker.clone());
            worker.into()
        });
        Self { spawn, newest }
    }

    /// `spawnWorker` of the page's options.
    pub fn spawn(&self) -> Function {
        self.spawn.as_ref().clone().unchecked_into()
    }

    /// The newest worker reports its own end, as the browser does when a worker throws.
    pub fn die(&self) {
        let worker = self.newest.borrow().clone().expect("a worker was spawned");
        let failed = Object::new();
        Reflect::set(&failed, &"failed".into(), &"out of memory".into()).unwrap();
        tell(&worker, &failed);
    }
}

/// The frame of a run computed without page and worker.
pub fn run_alone(settings: &str, steps: u32) -> Frame {
    let mut trainer = Trainer::new();
    trainer.handle(Command::Configure {
        run: 1,
        settings: settings.into(),
        checkpoint: None,
    });
    for _ in 0..steps {
        trainer.step();
    }
    match trainer.frame() {
        Event::Frame(frame) => *frame,
        other => panic!("a frame, not {other:?}"),
    }
}

/// What `Worker` has and the page uses: `postMessage`, `terminate`, `onmessage`.
fn worker(engine: String) -> Object {
    let worker = Object::new();
    let trainer = Rc::new(RefCell::new(Trainer::new()));
    let target = worker.clone();
    let post: Closure<dyn Fn(JsValue)> = Closure::new(move |data: JsValue| {
        let buffer: ArrayBuffer = data.dyn_into().expect("commands are bytes");
        let command = Command::from_bytes(&Uint8Array::new(&buffer).to_vec()).expect("a command");
        let mut trainer = trainer.borrow_mut();
        trainer.handle(command);
        while trainer.is_urgent() {
            trainer.step();
        }
        // Playing, one frame brings the answer that brings the next.
        if trainer.is_training() {
            trainer.step();
        }
        while trainer.has_background() {
            trainer.background();
        }
        let mut events = trainer.take_events();
        if trainer.frame_wanted() {
            let frame = trainer.frame();
            events.extend(std::iter::from_fn(|| trainer.recorded()));
            events.push(frame);
            events.push(trainer.checkpoint());
        }
        for event in events {
            say(&target, &event);
        }
    });
    let end: Closure<dyn Fn()> = Closure::new(|| {});
    let put = |name: &str, value: JsValue| Reflect::set(&worker, &name.into(), &value).unwrap();
    put("postMessage", post.into_js_value());
    put("terminate", end.into_js_value());
    say(&worker, &Event::Ready { engine });
    worker
}

/// Later, as a message from another thread comes.
fn say(worker: &Object, event: &Event) {
    let buffer = Uint8Array::from(event.to_bytes().as_slice()).buffer();
    tell(worker, &buffer);
}

fn tell(worker: &Object, data: &JsValue) {
    let worker = worker.clone();
    let message = Object::new();
    Reflect::set(&message, &"data".into(), data).unwrap();
    let later = Closure::once_into_js(move || {
        let hear = Reflect::get(&worker, &"onmessage".into()).unwrap_or(JsValue::NULL);
        if let Some(hear) = hear.dyn_ref::<Function>() {
            hear.call1(&worker, &message).unwrap();
        }
    });
    web_sys::window()
        .unwrap()
        .set_timeout_with_callback_and_timeout_and_arguments_0(later.unchecked_ref(), 1)
        .unwrap();
}
