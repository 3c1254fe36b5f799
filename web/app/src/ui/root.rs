//! The owner of all that a lab follows: what is built under it ends with it.

use super::owner::Owner;

/// Owns signals and effects until it is dropped.
pub struct Root(Owner);

impl Root {
    /// Runs `build` under a new owner.
    pub fn new(build: impl FnOnce()) -> Self {
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
