//! Owners: what is made under one ends with it. Knows no value.

use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

type Cleanup = Box<dyn FnOnce()>;

thread_local! {
    static CURRENT: RefCell<Option<Weak<Scope>>> = const { RefCell::new(None) };
}

/// Holds what is made while it is the owner of the moment. Whoever keeps one, or has made it the owner of an effect, keeps
/// its things alive; the owner around it only ends them.
#[derive(Clone)]
pub struct Owner(Rc<Scope>);

#[derive(Default)]
struct Scope {
    children: RefCell<Vec<Weak<Scope>>>,
    cleanups: RefCell<Vec<Cleanup>>,
    kept: RefCell<Vec<Box<dyn Any>>>,
}

impl Scope {
    /// Ends what is inside: first owners within, then what was to be told of the end, then values.
    fn end(&self) {
        for child in self.children.take() {
            if let Some(child) = child.upgrade() {
                child.end();
            }
        }
        for act in self.cleanups.take() {
            act();
        }
        drop(self.kept.take());
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.end();
    }
}

impl Owner {
    /// Within the owner of the moment, if there is one.
    #[expect(clippy::new_without_default, reason = "it depends on the moment")]
    pub fn new() -> Self {
        match Self::current() {
            Some(owner) => owner.child(),
            None => Self(Rc::default()),
        }
    }

    /// One within this one.
    pub fn child(&self) -> Self {
        let child = Self(Rc::default());
        let mut children = self.0.children.borrow_mut();
        children.retain(|child| child.strong_count() > 0);
        children.push(Rc::downgrade(&child.0));
        child
    }

    /// The owner of the moment.
    pub fn current() -> Option<Self> {
        CURRENT.with_borrow(|current| current.as_ref()?.upgrade().map(Self))
    }

    /// Makes it the owner of the moment while `act` runs.
    pub fn with<R>(&self, act: impl FnOnce() -> R) -> R {
        let before = CURRENT.replace(Some(Rc::downgrade(&self.0)));
        let result = act();
        CURRENT.set(before);
        result
    }

    /// Ends what it holds; it may hold more afterwards.
    pub fn cleanup(&self) {
        self.0.end();
    }

    /// Without keeping alive what it holds.
    pub fn downgrade(&self) -> WeakOwner {
        WeakOwner(Rc::downgrade(&self.0))
    }
}

/// An owner that others keep alive.
#[derive(Clone)]
pub struct WeakOwner(Weak<Scope>);

impl WeakOwner {
    /// The owner, if it is still there.
    pub fn upgrade(&self) -> Option<Owner> {
        self.0.upgrade().map(Owner)
    }
}

/// Runs `act` when the owner of the moment ends.
pub fn on_cleanup(act: impl FnOnce() + 'static) {
    cleanup_boxed(Box::new(act));
}

fn cleanup_boxed(act: Cleanup) {
    if let Some(owner) = Owner::current() {
        owner.0.cleanups.borrow_mut().push(act);
    }
}

/// Keeps a value until the owner of the moment ends, which drops it; without one it stays for good.
pub fn keep<T: 'static>(value: T) {
    keep_boxed(Box::new(value));
}

fn keep_boxed(value: Box<dyn Any>) {
    match Owner::current() {
        Some(owner) => owner.0.kept.borrow_mut().push(value),
        None => std::mem::forget(value),
    }
}
