//! The owner of all that a lab follows: what is built under it ends with it.

use any_spawner::Executor;
use reactive_graph::owner::{Owner, StoredValue};

/// Keeps a value until the owner of the moment ends, which drops it.
pub fn keep<T: 'static>(value: T) {
    StoredValue::new_local(value);
}

/// Owns signals and effects until it is dropped.
pub struct Root(Owner);

impl Root {
    /// Runs `build` under a new owner.
    pub fn new(build: impl FnOnce()) -> Self {
        // Refuses where another lab of this document has been here before, which changes nothing.
        let _ = Executor::init_wasm_bindgen();
        let owner = Owner::new();
        owner.with(build);
        Self(owner)
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        self.0.cleanup();
    }
}
