//! The page of batchnorm-lab: controls, charts and texts around a run that a worker computes. Trains nothing itself.
//!
//! The rooms, from the ground up; each imports only rooms above it in this list:
//!
//! - `ui`, `format`, `small_sort`, `js_promise`: elements and signals, numbers as text, promises; they know no lab
//! - `history`: what is remembered of frames gone by
//! - `i18n`: the texts
//! - `grid`: many networks at once, as far as they are
//! - `measured`: what was measured on networks as they are now
//! - `compared`: whole runs beside each other, as far as they are
//! - `tell`: what panels show, in words and figures
//! - `worker_link`: the only place that posts messages
//! - `state`: what the page knows: the run, the view, the services
//! - `url`: the text of a link
//! - `spoken`: words on elements
//! - `host_events`: what an embedding page hears
//! - `actions`: what a reader can do, and what the worker's answers do
//! - `charts`: pictures
//! - `controls`: one for each setting
//! - `panels`: the parts of the page
//! - `figures`: one idea in one box
//! - `keys`: which keys the lab obeys, and which the control under the focus uses
//! - `lab`: the parts in their places
//! - `js_api`: what an embedding page calls
//! - `stills`: the picture of each lesson before it is started, drawn when the site is built; in no page

pub mod actions;
pub mod cells;
pub mod charts;
pub mod compared;
pub mod controls;
pub mod devices;
pub mod figures;
pub mod folded;
pub mod format;
pub mod frameworks;
pub mod grid;
pub mod history;
mod host_events;
pub mod i18n;
mod js_api;
mod js_promise;
mod keys;
pub mod lab;
pub mod measured;
pub mod number_line;
pub mod panels;
mod small_sort;
mod spoken;
pub mod state;
#[cfg(not(any(target_arch = "wasm32", feature = "split")))]
pub mod stills;
pub mod tell;
pub mod ui;
pub mod url;
pub mod worker_link;

pub use js_api::{Handle, mount};

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
