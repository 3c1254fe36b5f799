//! Signals that weigh little: what does not depend on the type of the value is compiled once. Knows no lab.

use std::marker::PhantomData;
use std::rc::Rc;

use super::effect::follow;
use super::graph::{self, Place, PlaceId};

/// A place that is being read or written; whoever holds it may look at the value.
struct Access(Rc<Place>);

/// What for.
#[derive(Clone, Copy)]
enum Purpose {
    Read,
    /// And hear of changes.
    Follow,
    Write,
}

/// A value that effects can follow. `Copy`; it lives as long as the owner under which it was made.
pub struct Signal<T: 'static> {
    place: PlaceId,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signal<T> {}

/// `None` once the owner has ended.
///
/// # Panics
/// If the value is written while it is read, or the other way round.
#[inline(never)]
fn try_open(id: PlaceId, purpose: Purpose) -> Option<Access> {
    let place = graph::find(id)?;
    if matches!(purpose, Purpose::Follow) {
        place.track(id);
    }
    let readers = place.readers.get();
    match purpose {
        Purpose::Write => {
            assert!(readers == 0, "a signal is written while it is used");
            place.readers.set(-1);
        }
        _ => {
            assert!(readers >= 0, "a signal is read while it is written");
            place.readers.set(readers + 1);
        }
    }
    Some(Access(place))
}

#[inline(never)]
fn open(id: PlaceId, purpose: Purpose) -> Access {
    try_open(id, purpose).expect("a signal is used while its lab lives")
}

impl Access {
    /// The value, if it is of the type that the place was made for. `readers` holds one writer or many readers for as long
    /// as an access lives.
    fn value<T: 'static>(&self) -> *mut T {
        self.0.value.cast()
    }

    /// Ends a write and tells those who follow.
    #[inline(never)]
    fn tell(self) {
        let place = self.0.clone();
        drop(self);
        place.notify();
    }
}

impl Drop for Access {
    #[inline(never)]
    fn drop(&mut self) {
        let readers = &self.0.readers;
        readers.set((readers.get() - 1).max(0));
    }
}

impl<T: 'static> Signal<T> {
    /// A signal with its first value.
    pub fn new(value: T) -> Self {
        Self {
            place: graph::place(Box::new(value)),
            of: PhantomData,
        }
    }

    /// Follows the value without reading it.
    pub fn track(self) {
        open(self.place, Purpose::Follow);
    }

    /// Reads and follows.
    ///
    /// # Panics
    /// If the owner has ended; so do the others without `try`.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let access = open(self.place, Purpose::Follow);
        // SAFETY: `of` says that the place was made for a `T`; nobody writes while `access` lives. So below.
        read(unsafe { &*access.value::<T>() })
    }

    /// Reads without following.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let access = open(self.place, Purpose::Read);
        // SAFETY: as in `with`.
        read(unsafe { &*access.value::<T>() })
    }

    /// Reads without following, if the owner lives.
    pub fn try_with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        let access = try_open(self.place, Purpose::Read)?;
        // SAFETY: as in `with`.
        Some(read(unsafe { &*access.value::<T>() }))
    }

    /// Writes and tells those who follow.
    pub fn set(self, value: T) {
        self.update(|place| *place = value);
    }

    /// The same, if the owner lives; says whether it does.
    pub fn try_set(self, value: T) -> bool {
        let Some(access) = try_open(self.place, Purpose::Write) else {
            return false;
        };
        // SAFETY: the place was made for a `T`, and nobody else looks at it while `access` lives. So below.
        unsafe { *access.value::<T>() = value };
        access.tell();
        true
    }

    /// Changes and tells those who follow.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let access = open(self.place, Purpose::Write);
        // SAFETY: as in `try_set`.
        change(unsafe { &mut *access.value::<T>() });
        access.tell();
    }

    /// Changes in silence, if the owner lives.
    pub fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let access = try_open(self.place, Purpose::Write)?;
        // SAFETY: as in `try_set`.
        Some(change(unsafe { &mut *access.value::<T>() }))
    }

    /// Changes in silence.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        let access = open(self.place, Purpose::Write);
        // SAFETY: as in `try_set`.
        change(unsafe { &mut *access.value::<T>() });
    }

    /// Writes in silence.
    pub fn set_value(self, value: T) {
        self.update_value(|place| *place = value);
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
    graph::observed(None, act);
}
