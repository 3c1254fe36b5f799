//! Signals that weigh little: one value, one trigger of `reactive_graph`, one kind of place in its arena. Knows no lab.
//!
//! That library compiles its own signals once per type of value; a page with forty of them pays 30 kB brotli for that.
//! Here everything that does not depend on the type is compiled once, and the graph underneath is the library's.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use reactive_graph::graph::Observer;
use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{Notify, Track, WithValue};

use super::effect::follow;

struct Place<T> {
    trigger: ArcTrigger,
    value: RefCell<T>,
}

/// A value that effects can follow. `Copy`; it lives as long as the owner under which it was made.
pub struct Signal<T: 'static> {
    place: StoredValue<Rc<dyn Any>, LocalStorage>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

fn keep(place: Rc<dyn Any>) -> StoredValue<Rc<dyn Any>, LocalStorage> {
    StoredValue::new_local(place)
}

fn find(place: StoredValue<Rc<dyn Any>, LocalStorage>) -> Option<Rc<dyn Any>> {
    place.try_with_value(Rc::clone)
}

fn track(trigger: &ArcTrigger) {
    // Charts and handlers read outside effects on purpose; debug builds of the graph would warn each time.
    if Observer::get().is_some() {
        trigger.track();
    }
}

fn notify(trigger: &ArcTrigger) {
    trigger.notify();
}

impl<T: 'static> Signal<T> {
    /// A signal with its first value.
    pub fn new(value: T) -> Self {
        let place = Place {
            trigger: ArcTrigger::new(),
            value: RefCell::new(value),
        };
        Self {
            place: keep(Rc::new(place)),
            of: PhantomData,
        }
    }

    /// `None` once the owner has ended.
    fn try_place(self) -> Option<Rc<Place<T>>> {
        find(self.place)?.downcast().ok()
    }

    fn place(self) -> Rc<Place<T>> {
        self.try_place()
            .expect("a signal is used while its lab lives")
    }

    /// Follows the value without reading it.
    pub fn track(self) {
        track(&self.place().trigger);
    }

    /// Reads and follows.
    ///
    /// # Panics
    /// If the owner has ended; so do the others without `try`.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let place = self.place();
        track(&place.trigger);
        read(&place.value.borrow())
    }

    /// Reads without following.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.place().value.borrow())
    }

    /// Reads without following, if the owner lives.
    pub fn try_with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.try_place().map(|place| read(&place.value.borrow()))
    }

    /// Writes and tells those who follow.
    pub fn set(self, value: T) {
        let place = self.place();
        *place.value.borrow_mut() = value;
        notify(&place.trigger);
    }

    /// The same, if the owner lives; says whether it does.
    pub fn try_set(self, value: T) -> bool {
        let Some(place) = self.try_place() else {
            return false;
        };
        *place.value.borrow_mut() = value;
        notify(&place.trigger);
        true
    }

    /// Changes and tells those who follow.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let place = self.place();
        change(&mut place.value.borrow_mut());
        notify(&place.trigger);
    }

    /// Changes in silence, if the owner lives.
    pub fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.try_place()
            .map(|place| change(&mut place.value.borrow_mut()))
    }

    /// Changes in silence.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        change(&mut self.place().value.borrow_mut());
    }

    /// Writes in silence.
    pub fn set_value(self, value: T) {
        *self.place().value.borrow_mut() = value;
    }
}

impl<T: Clone + 'static> Signal<T> {
    /// Reads and follows.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// Reads without following.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value computed from signals; those who follow it hear of it only when it is another.
pub fn derive<T: PartialEq + 'static>(compute: impl Fn() -> T + 'static) -> Signal<T> {
    let derived = Signal::new(untrack(&compute));
    follow(move || {
        let value = compute();
        if derived.with_untracked(|before| *before != value) {
            derived.set(value);
        }
    });
    derived
}

/// Runs `read` without following what it reads.
pub fn untrack<R>(read: impl FnOnce() -> R) -> R {
    let mut read = Some(read);
    let mut result = None;
    untrack_once(&mut || result = read.take().map(|read| read()));
    result.expect("it has just run")
}

fn untrack_once(act: &mut dyn FnMut()) {
    reactive_graph::graph::untrack(act);
}
