//! What runs again whenever a signal that it read has changed, until the owner of the moment ends.

use super::graph::Effect;
use super::owner::keep;

/// Runs `act` now, and again whenever a signal that it read has changed, until the owner of the moment ends.
pub fn follow(act: impl Fn() + 'static) {
    follow_boxed(Box::new(act));
}

pub(super) fn follow_boxed(act: Box<dyn Fn()>) {
    let effect = Effect::new(act);
    effect.run();
    keep(effect);
}

/// Runs `act` after the elements of this round are in the document, and again like `follow`.
pub fn after(act: impl Fn() + 'static) {
    after_boxed(Box::new(act));
}

fn after_boxed(act: Box<dyn Fn()>) {
    let effect = Effect::new(act);
    effect.schedule();
    keep(effect);
}
