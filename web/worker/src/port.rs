//! Connects a pump to messages and timers. Copies bytes once, out of the module's memory, and transfers them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use batchnorm_lab::architecture::NetworkFactory;
use batchnorm_lab::protocol::Event;
use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::pump::{Next, Pump};

#[wasm_bindgen]
extern "C" {
    /// What a worker's global scope and a `MessagePort` have in common.
    #[derive(Clone)]
    pub type Endpoint;

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post_message(this: &Endpoint, data: &JsValue, transfer: &Array) -> Result<(), JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &Endpoint, listener: &Function);

    type MessageEvent;

    #[wasm_bindgen(method, getter)]
    fn data(this: &MessageEvent) -> JsValue;

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
    fn set_timeout(callback: &Function, millis: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// Serves whoever is at the other end, for as long as this thread lives.
pub fn serve(page: Endpoint, factory: NetworkFactory) {
    serve_by(page, Pump::new(factory));
}

/// Serves with this pump.
pub(crate) fn serve_by(page: Endpoint, pump: Pump) -> Rc<Server> {
    let server = Rc::new(Server {
        page: page.clone(),
        pump: RefCell::new(pump),
        // A timer would be clamped to 4 ms; a message to oneself comes right after those that wait already.
        yielding: MessageChannel::new(),
        is_yielding: Cell::new(false),
        timer: RefCell::default(),
        on_timer: RefCell::default(),
        #[cfg(feature = "gpu")]
        after_work: RefCell::default(),
    });
    send(&page, &server.pump.borrow().greeting());

    let working = server.clone();
    let on_yield = Closure::<dyn Fn()>::new(move || {
        working.is_yielding.set(false);
        working.work();
    });
    server
        .yielding
        .port1()
        .set_onmessage(on_yield.as_ref().unchecked_ref());
    let working = server.clone();
    let on_timer = Closure::<dyn Fn()>::new(move || working.work());
    server.on_timer.replace(on_timer.as_ref().clone());
    let hearing = server.clone();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = Uint8Array::new(&event.data()).to_vec();
        hearing
            .pump
            .borrow_mut()
            .receive(&bytes, &mut |event| send(&hearing.page, event));
        hearing.work_soon();
    });
    page.set_onmessage(on_message.as_ref().unchecked_ref());
    // They live as long as the thread does.
    on_yield.forget();
    on_timer.forget();
    on_message.forget();
    server
}

/// A pump with its page and its timers.
pub(crate) struct Server {
    page: Endpoint,
    pump: RefCell<Pump>,
    yielding: MessageChannel,
    is_yielding: Cell<bool>,
    timer: RefCell<JsValue>,
    /// Undefined until it is made: a default `Function` would be `new Function("")`, which strict policies refuse.
    on_timer: RefCell<JsValue>,
    #[cfg(feature = "gpu")]
    after_work: RefCell<Option<Rc<dyn Fn()>>>,
}

impl Server {
    fn work(self: &Rc<Self>) {
        let next = self
            .pump
            .borrow_mut()
            .work(&now_millis, &mut |event| send(&self.page, event));
        #[cfg(feature = "gpu")]
        {
            let act = self.after_work.borrow().clone();
            act.iter().for_each(|act| act());
        }
        match next {
            Next::Soon => self.work_soon(),
            Next::After(millis) => {
                clear_timeout(&self.timer.borrow());
                self.timer
                    .replace(set_timeout(self.on_timer.borrow().unchecked_ref(), millis));
            }
            Next::WithMessage => clear_timeout(&self.timer.borrow()),
        }
    }

    /// Does this after each piece of work.
    #[cfg(feature = "gpu")]
    pub(crate) fn set_after_work(&self, act: impl Fn() + 'static) {
        self.after_work.replace(Some(Rc::new(act)));
    }

    /// The pump, between two pieces of work.
    #[cfg(feature = "gpu")]
    pub(crate) fn pump(&self) -> std::cell::RefMut<'_, Pump> {
        self.pump.borrow_mut()
    }

    /// Works as soon as messages have been looked at.
    pub(crate) fn work_soon(&self) {
        clear_timeout(&self.timer.borrow());
        if self.is_yielding.replace(true) {
            return;
        }
        if let Err(error) = self
            .yielding
            .port2()
            .post_message(&JsValue::NULL, &Array::new())
        {
            wasm_bindgen::throw_val(error);
        }
    }
}

fn send(page: &Endpoint, event: &Event) {
    let buffer = Uint8Array::from(event.to_bytes().as_slice()).buffer();
    // Refused only if the buffer could not be transferred, and it was made for that a line ago. Thrown, so that it
    // reaches the page as the worker's error.
    if let Err(error) = page.post_message(&buffer, &Array::of1(&buffer)) {
        wasm_bindgen::throw_val(error);
    }
}
