//! What the page works with besides the run and the view: the worker, what is fetched, where it is embedded, what is to
//! be drawn. Starts nothing.

use std::sync::Arc;

use batchnorm_lab::protocol::Failure;
use js_sys::Function;
use web_sys::HtmlElement;

use super::Schedule;
use crate::signal::Sig;
use crate::worker_link::WorkerLink;

/// How the worker is.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkerState {
    /// Asked for, not heard from.
    Starting,
    /// Takes commands.
    Ready,
    /// Never became ready; the browser's words.
    NotLoaded(String),
    /// Was ready and is gone; the browser's words.
    Lost(String),
}

/// A call of the embedding page that waits for a frame: resolved by the first that stands at `step` or beyond, rejected
/// where there will be none.
pub struct PendingCall {
    /// Number of the run that was on the screen.
    pub run: u32,
    /// The step it waits for.
    pub step: u64,
    /// Whether a frame of a run that goes on will do.
    pub may_play: bool,
    /// Takes the snapshot.
    pub resolve: Function,
    /// Takes the error.
    pub reject: Function,
}

/// Whether the part of the page that is fetched after the first frame has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LazyModule {
    /// How often it was asked for again.
    pub tries: u32,
    /// Whether the last time failed.
    pub has_failed: bool,
}

/// What the page works with.
#[derive(Clone, Copy)]
pub struct Services {
    /// The worker's door.
    pub worker_link: Sig<Option<WorkerLink>>,
    /// How the worker is.
    pub worker: Sig<WorkerState>,
    /// Which lanes compute, or are about to.
    pub engine: Sig<String>,
    /// Which lanes this browser can run.
    pub engines: Sig<Vec<String>>,
    /// Whether the worker of the moment is the build with every kind of layer.
    pub has_full_build: Sig<bool>,
    /// Why the engine gave up, and another goes on.
    pub engine_failure: Sig<Option<Failure>>,
    /// Finds out whether there is a graphics processor worth using: gives a promise of yes or no. `None` where there
    /// is none, and once an engine was chosen.
    pub find_gpu: Sig<Option<Function>>,
    /// Fetches a language's texts: gives a promise of their list.
    pub fetch_texts: Sig<Option<Function>>,
    /// Fetches the digits: gives a promise of their bytes.
    pub fetch_digits: Sig<Option<Function>>,
    /// The digits' bytes, once they are here.
    pub digits: Sig<Option<Arc<Vec<u8>>>>,
    /// Why they did not come.
    pub fetch_failed: Sig<Option<String>>,
    /// The second module of the page.
    pub lazy_module: Sig<LazyModule>,
    /// Where the site's other pages are; ends with a slash.
    pub base_url: Sig<String>,
    /// The element that the page is in; events are dispatched on it.
    pub host: Sig<Option<HtmlElement>>,
    /// Whether the lab is the page itself and may write the address.
    pub is_page: bool,
    /// Calls of `step()` and `snapshot()` still to be answered.
    pub pending_calls: Sig<Vec<PendingCall>>,
    /// What is to be drawn.
    pub schedule: Sig<Schedule>,
}

impl Services {
    /// No worker, nothing fetched, nothing to draw. Needs a reactive owner.
    pub(super) fn new(is_page: bool) -> Self {
        Self {
            worker_link: Sig::new(None),
            worker: Sig::new(WorkerState::Starting),
            engine: Sig::new(String::new()),
            engines: Sig::new(Vec::new()),
            has_full_build: Sig::new(false),
            engine_failure: Sig::new(None),
            find_gpu: Sig::new(None),
            fetch_texts: Sig::new(None),
            fetch_digits: Sig::new(None),
            digits: Sig::new(None),
            fetch_failed: Sig::new(None),
            lazy_module: Sig::new(LazyModule::default()),
            base_url: Sig::new(String::new()),
            host: Sig::new(None),
            is_page,
            pending_calls: Sig::new(Vec::new()),
            schedule: Sig::new(Schedule::default()),
        }
    }
}
