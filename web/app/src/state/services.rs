//! What the page works with besides the run and the view: the worker, what is fetched, where it is embedded, what is to
//! be drawn. Starts nothing.

use std::sync::Arc;

use batchnorm_lab::protocol::{Failure, ObservedSet};
use js_sys::Function;
use web_sys::HtmlElement;

use super::Schedule;
use crate::ui::Signal;
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

/// What a call of the embedding page waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A whole frame.
    Snapshot,
    /// So many steps, from where the run stands when they are begun.
    Steps(u32),
    /// A frame of a run that goes on.
    Playing,
    /// A frame of a run that stands.
    Paused,
    /// A frame of the fresh run.
    Fresh,
}

/// A call of the embedding page that waits for a frame.
pub struct PendingCall {
    /// What for.
    pub wait: Wait,
    /// Number of the run that was on the screen.
    pub run: u32,
    /// The step at which its steps are made, once they are begun.
    pub target: Option<u64>,
    /// Takes the answer.
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
    /// Whether the page needs its texts, whatever language is spoken.
    pub needs_texts: bool,
    /// Whether it needs those of panels that come apart.
    pub needs_apart: bool,
}

/// What the page works with.
#[derive(Clone, Copy)]
pub struct Services {
    /// The worker's door.
    pub worker_link: Signal<Option<WorkerLink>>,
    /// How the worker is.
    pub worker: Signal<WorkerState>,
    /// Which lanes compute, or are about to.
    pub engine: Signal<String>,
    /// Which lanes this browser can run.
    pub engines: Signal<Vec<String>>,
    /// Whether the worker of the moment is the build with every kind of layer.
    pub has_full_build: Signal<bool>,
    /// Why the engine gave up, and another goes on.
    pub engine_failure: Signal<Option<Failure>>,
    /// Finds out whether there is a GPU worth using: gives a promise of yes or no. `None` where there
    /// is none, and once an engine was chosen.
    pub find_gpu: Signal<Option<Function>>,
    /// Fetches a language's texts: gives a promise of their list.
    pub fetch_texts: Signal<Option<Function>>,
    /// Fetches the digits: gives a promise of their bytes.
    pub fetch_digits: Signal<Option<Function>>,
    /// Fetches what trains grids of networks: gives a promise of it (`openGrids` of `web/pool/page/grid.js`).
    pub load_grids: Signal<Option<Function>>,
    /// The digits' bytes, once they are here.
    pub digits: Signal<Option<Arc<Vec<u8>>>>,
    /// Why they did not come.
    pub fetch_failed: Signal<Option<String>>,
    /// The other modules of the page.
    pub lazy_module: Signal<LazyModule>,
    /// Where the site's other pages are; ends with a slash.
    pub base_url: Signal<String>,
    /// The element that the page is in; events are dispatched on it.
    pub host: Signal<Option<HtmlElement>>,
    /// Whether the lab is the page itself and may write the address.
    pub is_page: bool,
    /// What the panels on the page show, and what the worker was last told of it.
    pub observed: Signal<ObservedSet>,
    /// See `observed`.
    pub told_observed: Signal<ObservedSet>,
    /// Whether the lab is seen: out of sight and in a hidden document nothing trains.
    pub is_seen: Signal<bool>,
    /// Calls of the embedding page still to be answered.
    pub pending_calls: Signal<Vec<PendingCall>>,
    /// What is to be drawn.
    pub schedule: Signal<Schedule>,
}

impl Services {
    /// No worker, nothing fetched, nothing to draw. Needs a reactive owner.
    pub(super) fn new(is_page: bool) -> Self {
        Self {
            worker_link: Signal::new(None),
            worker: Signal::new(WorkerState::Starting),
            engine: Signal::new(String::new()),
            engines: Signal::new(Vec::new()),
            has_full_build: Signal::new(false),
            engine_failure: Signal::new(None),
            find_gpu: Signal::new(None),
            fetch_texts: Signal::new(None),
            fetch_digits: Signal::new(None),
            load_grids: Signal::new(None),
            digits: Signal::new(None),
            fetch_failed: Signal::new(None),
            lazy_module: Signal::new(LazyModule::default()),
            base_url: Signal::new(String::new()),
            host: Signal::new(None),
            is_page,
            observed: Signal::new(ObservedSet::default()),
            told_observed: Signal::new(ObservedSet::default()),
            is_seen: Signal::new(true),
            pending_calls: Signal::new(Vec::new()),
            schedule: Signal::new(Schedule::default()),
        }
    }
}
