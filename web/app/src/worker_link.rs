//! The only place of the page that posts messages: commands go out, events come in, both as transferred bytes.

use std::rc::Rc;

use batchnorm_lab::protocol::{Command, Event};
use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker};

/// What came from the worker, or what became of it.
pub enum Report {
    /// A message.
    Event(Event),
    /// The worker cannot work any more: its module did not load, or it died.
    Lost(String),
    /// The worker that was to follow it did not come.
    NextLost(String),
}

/// One worker at a time and what is heard from it; beside it perhaps the one that will follow.
pub struct WorkerLink {
    spawn: Function,
    worker: Option<Worker>,
    next: Option<Worker>,
    on_message: Closure<dyn Fn(MessageEvent)>,
    on_error: Closure<dyn Fn(ErrorEvent)>,
    on_next_message: Closure<dyn Fn(MessageEvent)>,
    on_next_error: Closure<dyn Fn(ErrorEvent)>,
}

impl WorkerLink {
    /// Starts nothing yet. `spawn(engine)` gives a worker; `receive` hears every report of the worker of the moment.
    pub fn new(spawn: Function, receive: impl Fn(Report) + 'static) -> Self {
        let receive = Rc::new(receive);
        let (hear, hear_next, fail_next) = (receive.clone(), receive.clone(), receive.clone());
        Self {
            spawn,
            worker: None,
            next: None,
            on_message: Closure::new(move |message: MessageEvent| hear(read(&message.data()))),
            on_error: Closure::new(move |error: ErrorEvent| {
                receive(Report::Lost(error_text(&error)))
            }),
            on_next_message: Closure::new(move |message: MessageEvent| {
                hear_next(match read(&message.data()) {
                    Report::Lost(text) => Report::NextLost(text),
                    report => report,
                });
            }),
            on_next_error: Closure::new(move |error: ErrorEvent| {
                fail_next(Report::NextLost(error_text(&error)));
            }),
        }
    }

    /// Ends the worker there is and starts another.
    ///
    /// # Errors
    /// The browser gave none; the text is the browser's own.
    pub fn start(&mut self, engine: &str) -> Result<(), String> {
        self.stop();
        self.next = Some(self.spawn(engine)?);
        self.take_over();
        Ok(())
    }

    /// Starts another beside the worker there is, which goes on until `take_over`.
    ///
    /// # Errors
    /// The browser gave none; the text is the browser's own.
    pub fn start_next(&mut self, engine: &str) -> Result<(), String> {
        end(self.next.take());
        let worker = self.spawn(engine)?;
        worker.set_onmessage(Some(self.on_next_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(self.on_next_error.as_ref().unchecked_ref()));
        self.next = Some(worker);
        Ok(())
    }

    /// Ends the worker there is, if another stands beside it: that one is spoken to and heard from now on. Whether it was so.
    pub fn take_over(&mut self) -> bool {
        let Some(worker) = self.next.take() else {
            return false;
        };
        worker.set_onmessage(Some(self.on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(self.on_error.as_ref().unchecked_ref()));
        end(self.worker.replace(worker));
        true
    }

    /// Ends the worker that was to follow.
    pub fn stop_next(&mut self) {
        end(self.next.take());
    }

    fn spawn(&self, engine: &str) -> Result<Worker, String> {
        self.spawn
            .call1(&JsValue::NULL, &JsValue::from_str(engine))
            .map(JsCast::unchecked_into)
            .map_err(|e| text_of(&e))
    }

    /// Sends a command; without a worker it goes nowhere, for the next worker is configured afresh.
    ///
    /// # Errors
    /// The browser refused the message.
    pub fn send(&self, command: &Command) -> Result<(), String> {
        let Some(worker) = &self.worker else {
            return Ok(());
        };
        let bytes = command.to_bytes();
        let buffer = Uint8Array::from(bytes.as_slice()).buffer();
        worker
            .post_message_with_transfer(&buffer, &Array::of1(&buffer))
            .map_err(|e| text_of(&e))
    }

    /// Ends both workers; what they still had to say is not heard.
    pub fn stop(&mut self) {
        end(self.worker.take());
        self.stop_next();
    }
}

fn end(worker: Option<Worker>) {
    if let Some(worker) = worker {
        worker.set_onmessage(None);
        worker.set_onerror(None);
        worker.terminate();
    }
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        self.stop();
    }
}

fn read(data: &JsValue) -> Report {
    if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
        let bytes = Uint8Array::new(buffer).to_vec();
        return match Event::from_bytes(&bytes) {
            Ok(event) => Report::Event(event),
            Err(error) => Report::Lost(error.to_string()),
        };
    }
    let failed = Reflect::get(data, &"failed".into()).unwrap_or(JsValue::UNDEFINED);
    Report::Lost(text_of(&failed))
}

fn error_text(error: &ErrorEvent) -> String {
    // A module that cannot be fetched gives a plain Event without a message.
    Reflect::get(error, &"message".into())
        .ok()
        .and_then(|m| m.as_string())
        .unwrap_or_default()
}

/// The words of an error that the browser threw.
pub fn text_of(value: &JsValue) -> String {
    value
        .as_string()
        .or_else(|| Reflect::get(value, &"message".into()).ok()?.as_string())
        .unwrap_or_default()
}
