//! The graph: values, and the effects that follow them. An effect whose value has changed runs again in the next
//! microtask, each once, in the order in which they were told. Knows no type of a value.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;

use super::owner::{Owner, keep};

thread_local! {
    static PLACES: RefCell<Places> = const { RefCell::new(Places { slots: Vec::new(), free: Vec::new() }) };
    /// The effect that runs, if what it reads is to be followed.
    static OBSERVER: RefCell<Option<Weak<Effect>>> = const { RefCell::new(None) };
    static DUE: RefCell<Vec<Weak<Effect>>> = const { RefCell::new(Vec::new()) };
}

/// Where a value of any type lies, who reads or writes it now, as `RefCell` counts, and who follows it.
pub(super) struct Place {
    /// How many read; −1 while one writes.
    pub readers: Cell<isize>,
    /// Of a box.
    pub value: *mut dyn Any,
    followers: RefCell<Vec<Weak<Effect>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: `place` took it from a box, and an access holds its place.
        drop(unsafe { Box::from_raw(self.value) });
    }
}

/// All places; a slot whose place has ended takes another, and counts how many it has had.
struct Places {
    slots: Vec<(u32, Option<Rc<Place>>)>,
    free: Vec<u32>,
}

/// Names a place for as long as it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct PlaceId {
    slot: u32,
    life: u32,
}

/// Held by the owner of a place; its end is the end of the place.
struct Lease(PlaceId);

impl Drop for Lease {
    fn drop(&mut self) {
        // What the value's own end does may look for other places.
        let ended = PLACES.try_with(|places| {
            let mut places = places.borrow_mut();
            places.free.push(self.0.slot);
            let (life, place) = &mut places.slots[self.0.slot as usize];
            *life += 1;
            place.take()
        });
        drop(ended);
    }
}

/// A place for a value, until the owner of the moment ends.
#[inline(never)]
pub(super) fn place(value: Box<dyn Any>) -> PlaceId {
    let place = Rc::new(Place {
        readers: Cell::new(0),
        value: Box::into_raw(value),
        followers: RefCell::default(),
    });
    let id = PLACES.with_borrow_mut(|places| {
        let slot = places.free.pop().unwrap_or_else(|| {
            places.slots.push((0, None));
            (places.slots.len() - 1) as u32
        });
        let (life, of) = &mut places.slots[slot as usize];
        *of = Some(place);
        PlaceId { slot, life: *life }
    });
    keep(Lease(id));
    id
}

/// The place of that name, if its owner has not ended.
#[inline(never)]
pub(super) fn find(id: PlaceId) -> Option<Rc<Place>> {
    PLACES.with_borrow(|places| match &places.slots[id.slot as usize] {
        (life, place) if *life == id.life => place.clone(),
        _ => None,
    })
}

impl Place {
    /// Lets the effect that runs, if one does, run again after a change of this value.
    pub fn track(&self, id: PlaceId) {
        let observer = OBSERVER.with_borrow(|observer| observer.as_ref()?.upgrade());
        if let Some(effect) = observer {
            let mut sources = effect.sources.borrow_mut();
            if !sources.contains(&id) {
                sources.push(id);
                self.followers.borrow_mut().push(Rc::downgrade(&effect));
            }
        }
    }

    /// Tells those who follow; they follow again by reading again.
    pub fn notify(&self) {
        for follower in self.followers.take() {
            if let Some(effect) = follower.upgrade() {
                effect.schedule();
            }
        }
    }
}

/// What runs again after changes.
pub(super) struct Effect {
    act: Box<dyn Fn()>,
    /// Of what it made the last time.
    owner: Owner,
    sources: RefCell<Vec<PlaceId>>,
    is_due: Cell<bool>,
}

impl Effect {
    pub fn new(act: Box<dyn Fn()>) -> Rc<Self> {
        Rc::new(Self {
            act,
            owner: Owner::new(),
            sources: RefCell::default(),
            is_due: Cell::new(false),
        })
    }

    /// Ends what it made the last time and runs.
    pub fn run(self: &Rc<Self>) {
        self.is_due.set(false);
        self.forget_sources();
        self.owner.cleanup();
        observed(Some(Rc::downgrade(self)), &mut || {
            self.owner.with(|| (self.act)());
        });
    }

    /// Lets it run in the next microtask.
    pub fn schedule(self: &Rc<Self>) {
        if self.is_due.replace(true) {
            return;
        }
        let is_first = DUE.with_borrow_mut(|due| {
            due.push(Rc::downgrade(self));
            due.len() == 1
        });
        if is_first {
            queue_microtask(&Closure::once_into_js(run_due));
        }
    }

    fn forget_sources(&self) {
        for source in self.sources.take() {
            let Some(place) = find(source) else { continue };
            let mut followers = place.followers.borrow_mut();
            // Those that run often stand at the end.
            let own = |follower: &Weak<Self>| std::ptr::eq(follower.as_ptr(), self);
            if let Some(at) = followers.iter().rposition(own) {
                followers.remove(at);
            }
        }
    }
}

impl Drop for Effect {
    fn drop(&mut self) {
        self.forget_sources();
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(act: &JsValue);
}

/// Until none is left: whoever waits for a promise that is kept with a change finds all that follows from it.
fn run_due() {
    loop {
        let due = DUE.take();
        if due.is_empty() {
            return;
        }
        for effect in due {
            if let Some(effect) = effect.upgrade() {
                effect.run();
            }
        }
    }
}

/// Runs `act`; what it reads is followed by that effect, or by none.
pub(super) fn observed(effect: Option<Weak<Effect>>, act: &mut dyn FnMut()) {
    let before = OBSERVER.replace(effect);
    act();
    OBSERVER.set(before);
}
