//! The doors to the page's other modules: what the attribute `wasm_split` makes of a function, without a future. Decides
//! nothing about when a module is wanted.
//!
//! Of each module there is a function that fetches it, one that is exported and lies in it, and one that is imported and
//! leads there. The tool that cuts the modules apart knows them by their names.

use std::ffi::c_void;

// Marks the program for that tool.
use wasm_split_helpers as _;

use wasm_bindgen::JsValue;

use super::table::{Module, Panel, draw};
use super::telling::host::told;
use crate::state::Lab;
use crate::ui::{El, el};

#[link(wasm_import_module = "./app-lazy.js")]
unsafe extern "C" {
    #[link_name = "together"]
    fn come_together();
}

/// From now on the modules that a lab fetches come in one file.
pub(super) fn together() {
    // SAFETY: it takes nothing and notes it in the script that fetches.
    unsafe { come_together() };
}

type Told = Box<dyn FnOnce(bool)>;

/// Tells whether the module has come, at once or later; what failed may be fetched again.
pub(super) fn fetch(module: Module, told: impl FnOnce(bool) + 'static) {
    fetch_boxed(module, Box::new(told));
}

fn fetch_boxed(module: Module, told: Told) {
    let Some(load) = load_of(module) else {
        return told(true);
    };
    let told = Box::into_raw(Box::new(told));
    // SAFETY: `come` takes the box back, and the script that fetches calls it once.
    unsafe { load(come, told.cast()) };
}

unsafe extern "C" fn come(told: *const c_void, is_here: bool) {
    // SAFETY: `fetch_boxed` made it from a box.
    let told = unsafe { Box::from_raw(told.cast_mut().cast::<Told>()) };
    told(is_here);
}

type Come = unsafe extern "C" fn(*const c_void, bool);
type Load = unsafe extern "C" fn(Come, *const c_void);

/// What is drawn there, and the panel once it is.
struct Drawing {
    lab: Lab,
    panel: Panel,
    drawn: Option<El>,
}

macro_rules! modules {
    ($($module:ident: $load:ident $exported:ident $imported:ident)+) => {
        #[link(wasm_import_module = "__wasm_split_placeholder__")]
        unsafe extern "C" {
            $(
                fn $load(come: Come, told: *const c_void);
                fn $imported(drawing: *mut c_void);
            )+
        }

        $(
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $exported(drawing: *mut c_void) {
                // SAFETY: `draw_in_module` gives nothing else.
                let drawing = unsafe { &mut *drawing.cast::<Drawing>() };
                drawing.drawn = Some(draw::<{ Module::$module as u8 }>(drawing.lab, drawing.panel));
            }
        )+

        fn load_of(module: Module) -> Option<Load> {
            match module {
                Module::First => None,
                $(Module::$module => Some($load),)+
            }
        }

        /// Draws a panel whose module has come.
        pub(super) fn draw_in_module(lab: Lab, panel: Panel) -> El {
            let mut drawing = Drawing { lab, panel, drawn: None };
            let asked = (&raw mut drawing).cast();
            // SAFETY: the module is here, and looks at the drawing only during the call.
            match panel.row().module {
                Module::First => {}
                $(Module::$module => unsafe { $imported(asked) },)+
            }
            drawing.drawn.unwrap_or_else(|| el("div"))
        }
    };
}

modules! {
    Answers: __wasm_split_load_answers
        __wasm_split_00answers00_export_00000000000000000000000000000001_draw
        __wasm_split_00answers00_import_00000000000000000000000000000001_draw
    Unit: __wasm_split_load_unit
        __wasm_split_00unit00_export_00000000000000000000000000000002_draw
        __wasm_split_00unit00_import_00000000000000000000000000000002_draw
    Noise: __wasm_split_load_noise
        __wasm_split_00noise00_export_00000000000000000000000000000003_draw
        __wasm_split_00noise00_import_00000000000000000000000000000003_draw
    Help: __wasm_split_load_help
        __wasm_split_00help00_export_00000000000000000000000000000004_draw
        __wasm_split_00help00_import_00000000000000000000000000000004_draw
    Grids: __wasm_split_load_grids
        __wasm_split_00grids00_export_00000000000000000000000000000005_draw
        __wasm_split_00grids00_import_00000000000000000000000000000005_draw
    Measured: __wasm_split_load_measured
        __wasm_split_00measured00_export_00000000000000000000000000000006_draw
        __wasm_split_00measured00_import_00000000000000000000000000000006_draw
    Compared: __wasm_split_load_compared
        __wasm_split_00compared00_export_0000000000000000000000000000000c_draw
        __wasm_split_00compared00_import_0000000000000000000000000000000c_draw
    Watched: __wasm_split_load_watched
        __wasm_split_00watched00_export_00000000000000000000000000000010_draw
        __wasm_split_00watched00_import_00000000000000000000000000000010_draw
    Classes: __wasm_split_load_classes
        __wasm_split_00classes00_export_0000000000000000000000000000000e_draw
        __wasm_split_00classes00_import_0000000000000000000000000000000e_draw
    Taught: __wasm_split_load_taught
        __wasm_split_00taught00_export_0000000000000000000000000000000f_draw
        __wasm_split_00taught00_import_0000000000000000000000000000000f_draw
    Devices: __wasm_split_load_devices
        __wasm_split_00devices00_export_00000000000000000000000000000012_draw
        __wasm_split_00devices00_import_00000000000000000000000000000012_draw
    NumberLine: __wasm_split_load_numberline
        __wasm_split_00numberline00_export_00000000000000000000000000000009_draw
        __wasm_split_00numberline00_import_00000000000000000000000000000009_draw
    Cells: __wasm_split_load_cells
        __wasm_split_00cells00_export_0000000000000000000000000000000a_draw
        __wasm_split_00cells00_import_0000000000000000000000000000000a_draw
    Backward: __wasm_split_load_backward
        __wasm_split_00backward00_export_00000000000000000000000000000013_draw
        __wasm_split_00backward00_import_00000000000000000000000000000013_draw
    Fold: __wasm_split_load_fold
        __wasm_split_00fold00_export_0000000000000000000000000000000b_draw
        __wasm_split_00fold00_import_0000000000000000000000000000000b_draw
    Frameworks: __wasm_split_load_frameworks
        __wasm_split_00frameworks00_export_00000000000000000000000000000014_draw
        __wasm_split_00frameworks00_import_00000000000000000000000000000014_draw
    Notices: __wasm_split_load_notices
        __wasm_split_00notices00_export_00000000000000000000000000000008_draw
        __wasm_split_00notices00_import_00000000000000000000000000000008_draw
    Words: __wasm_split_load_words
        __wasm_split_00words00_export_00000000000000000000000000000007_draw
        __wasm_split_00words00_import_00000000000000000000000000000007_draw
}

/// What is asked there, and what the panel says.
struct Telling {
    lab: Lab,
    panel: Panel,
    told: JsValue,
}

#[link(wasm_import_module = "__wasm_split_placeholder__")]
unsafe extern "C" {
    fn __wasm_split_00help00_import_00000000000000000000000000000008_told(telling: *mut c_void);
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wasm_split_00help00_export_00000000000000000000000000000008_told(
    telling: *mut c_void,
) {
    // SAFETY: `told_in_help` gives nothing else.
    let telling = unsafe { &mut *telling.cast::<Telling>() };
    telling.told = told(telling.lab, telling.panel);
}

/// What a panel says now, once the module `Help` has come.
pub(super) fn told_in_help(lab: Lab, panel: Panel) -> JsValue {
    let mut telling = Telling {
        lab,
        panel,
        told: JsValue::UNDEFINED,
    };
    let asked = (&raw mut telling).cast();
    // SAFETY: the module is here, and looks at it only during the call.
    unsafe { __wasm_split_00help00_import_00000000000000000000000000000008_told(asked) };
    telling.told
}
