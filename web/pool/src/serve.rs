//! Connects a queue of jobs to messages. The protocol, in plain objects:
//!
//! in: `{ digits: Uint8Array }`; `{ job, link, side, steps, points, accuracy?, measure? }` (`jobs::Job`, `measure` as
//! `measure::read` takes it), where `job` is a number of the page's own; `{ job, claim, seed, network }`, a network of a claim
//! or its check (`claims::Asked`); `{ cancel: job }`. Out: `{ ready }`, before which nothing is heard; `{ job, step }` now and then; `{ job, report }` or `{ job, refused }` (`object`), the last of a job;
//! `{ cancelled: job }`. Of one of several devices: `device`.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use batchnorm_lab::devices::Device;
use batchnorm_lab::jobs::{Job, Until};
use batchnorm_lab::settings::Settings;
use js_sys::{Function, Object, Uint8Array};
use wasm_bindgen::prelude::*;

#[cfg(feature = "claims")]
use crate::claims;
use crate::device::{Asked, answer};
use crate::object::{put, refusal, report};
use crate::queue::{Did, Jobs, Next};
use crate::{measure, measured};

#[wasm_bindgen]
extern "C" {
    /// What a worker's global scope and a `MessagePort` have in common.
    #[derive(Clone)]
    pub type Endpoint;

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post_message(this: &Endpoint, data: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &Endpoint, listener: &Function);

    type MessageEvent;

    #[wasm_bindgen(method, getter)]
    fn data(this: &MessageEvent) -> Message;

    type Message;

    #[wasm_bindgen(method, getter)]
    fn digits(this: &Message) -> Option<Uint8Array>;

    #[wasm_bindgen(method, getter)]
    fn cancel(this: &Message) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn job(this: &Message) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn link(this: &Message) -> String;

    #[wasm_bindgen(method, getter)]
    fn side(this: &Message) -> u8;

    #[wasm_bindgen(method, getter)]
    fn steps(this: &Message) -> f64;

    #[wasm_bindgen(method, getter)]
    fn points(this: &Message) -> u32;

    #[wasm_bindgen(method, getter)]
    fn accuracy(this: &Message) -> Option<f32>;

    #[wasm_bindgen(method, getter)]
    fn measure(this: &Message) -> Option<measure::Asked>;

    type MessageChannel;

    #[wasm_bindgen(constructor)]
    fn new() -> MessageChannel;

    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> Endpoint;

    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> Endpoint;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn now_millis() -> f64;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(act: &Function, millis: f64);
}

/// Serves whoever is at the other end, for as long as this thread lives.
pub fn serve(page: Endpoint, queue: Box<dyn Jobs>) {
    let server = Rc::new_cyclic(|server: &Weak<Server>| {
        let working = server.clone();
        let on_yield = Closure::<dyn Fn()>::new(move || {
            if let Some(server) = working.upgrade() {
                server.is_yielding.set(false);
                server.work();
            }
        });
        Server {
            page: page.clone(),
            queue: RefCell::new(queue),
            device: RefCell::default(),
            #[cfg(feature = "claims")]
            claims: RefCell::default(),
            // A timer would be clamped to 4 ms; a message to oneself comes right after those that wait already.
            yielding: MessageChannel::new(),
            is_yielding: Cell::new(false),
            on_yield,
        }
    });
    let port = server.yielding.port1();
    port.set_onmessage(server.on_yield.as_ref().unchecked_ref());
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        server.hear(&event.data());
        server.work_soon();
    });
    page.set_onmessage(on_message.as_ref().unchecked_ref());
    let ready = Object::new();
    put(&ready, "ready", true);
    post(&page, &ready);
    // It lives as long as the thread does, and the server with it.
    on_message.forget();
}

struct Server {
    page: Endpoint,
    queue: RefCell<Box<dyn Jobs>>,
    device: RefCell<Option<Device>>,
    /// Those whose networks are jobs of the queue, by number.
    #[cfg(feature = "claims")]
    claims: RefCell<Vec<(f64, claims::Asked)>>,
    yielding: MessageChannel,
    is_yielding: Cell<bool>,
    on_yield: Closure<dyn Fn()>,
}

impl Server {
    fn hear(&self, message: &Message) {
        let mut queue = self.queue.borrow_mut();
        if let Some(digits) = message.digits() {
            queue.set_digits(digits.to_vec());
        }
        if let Some(number) = message.cancel() {
            queue.cancel(number);
            #[cfg(feature = "claims")]
            self.claims.borrow_mut().retain(|(of, _)| *of != number);
            self.say("cancelled", number, None);
        }
        let asked: &Asked = message.unchecked_ref();
        if let Some(said) = answer(&mut self.device.borrow_mut(), asked, queue.digits()) {
            post(&self.page, &said);
        }
        let Some(number) = message.job() else {
            return;
        };
        #[cfg(feature = "claims")]
        if let Some(claim) = claims::asked(message.unchecked_ref()) {
            return self.hear_claim(number, claim, &mut **queue);
        }
        // The plan has told what a link gets wrong.
        let settings = Settings::from_page(&message.link());
        queue.add(
            number,
            Job {
                settings,
                side: message.side(),
                steps: message.steps() as u64,
                until: message.accuracy().map_or(Until::Diverged, Until::Accuracy),
                curve_points: message.points(),
                measure: message.measure().map(measure::read).unwrap_or_default(),
            },
        );
    }

    /// A network of a claim is a job like others; a check is one call.
    #[cfg(feature = "claims")]
    fn hear_claim(&self, number: f64, asked: claims::Asked, queue: &mut dyn Jobs) {
        if let Some(job) = asked.job() {
            queue.add(number, job);
            self.claims.borrow_mut().push((number, asked));
            return;
        }
        let said = match asked.check(queue.digits()) {
            Ok(report) => ("report", report.into()),
            Err(error) => ("refused", refusal(&error)),
        };
        self.say("job", number, Some(said));
    }

    #[cfg(feature = "claims")]
    fn write_claim(&self, number: f64, done: &batchnorm_lab::jobs::JobReport, told: &Object) {
        let mut claims = self.claims.borrow_mut();
        if let Some(place) = claims.iter().position(|(of, _)| *of == number) {
            claims.swap_remove(place).1.write(done, told);
        }
    }

    fn work(&self) {
        let did = self.queue.borrow_mut().work(&now_millis);
        match did {
            Did::Steps | Did::Nothing => {}
            Did::Progress(number, step) => {
                self.say("job", number, Some(("step", JsValue::from(step as f64))));
            }
            Did::Finished(number, done) => {
                let told = report(&done);
                measured::write(&done.measured, &told);
                #[cfg(feature = "claims")]
                self.write_claim(number, &done, &told);
                self.say("job", number, Some(("report", told.into())));
            }
            Did::Refused(number, error) => {
                self.say("job", number, Some(("refused", refusal(&error))));
            }
        }
        self.work_soon();
    }

    /// Works when there is work, once messages have been looked at.
    fn work_soon(&self) {
        let next = self.queue.borrow().next();
        if next == Next::WithMessage || self.is_yielding.replace(true) {
            return;
        }
        match next {
            Next::After(millis) => set_timeout(self.on_yield.as_ref().unchecked_ref(), millis),
            _ => post(&self.yielding.port2(), &JsValue::NULL),
        }
    }

    fn say(&self, name: &str, number: f64, more: Option<(&str, JsValue)>) {
        let object = Object::new();
        put(&object, name, number);
        if let Some((name, value)) = more {
            put(&object, name, value);
        }
        post(&self.page, &object);
    }
}

fn post(to: &Endpoint, message: &JsValue) {
    // Refused only what cannot be copied, and all of these can. Thrown, so that it reaches the page as the worker's error.
    if let Err(error) = to.post_message(message) {
        wasm_bindgen::throw_val(error);
    }
}
