//! What the worker is asked to observe: what the panels on the page show, and all of it while a call of the embedding page
//! waits for its snapshot.

use batchnorm_lab::protocol::{Command, ObservedSet};

use crate::state::{Lab, WorkerState};

impl Lab {
    /// From now on the page shows this.
    pub fn observe(self, set: ObservedSet) {
        self.services.observed.set_value(set);
        self.tell_observed();
    }

    /// Tells the worker what to observe, if it does not know.
    pub(crate) fn tell_observed(self) {
        let is_ready = self.services.worker.get_untracked() == WorkerState::Ready;
        let set = self.observed_now();
        if is_ready && self.services.told_observed.get_untracked() != set {
            self.services.told_observed.set_value(set);
            self.send(&Command::Observe(set));
        }
    }

    /// Tells a worker that knows nothing yet.
    pub(super) fn brief_observed(self) {
        self.services
            .told_observed
            .set_value(ObservedSet::default());
        self.tell_observed();
    }

    fn observed_now(self) -> ObservedSet {
        let shown = self.services.observed.get_untracked();
        let has_calls = self
            .services
            .pending_calls
            .with_untracked(|calls| !calls.is_empty());
        if has_calls {
            shown.and(ObservedSet::FRAME)
        } else {
            shown
        }
    }
}
