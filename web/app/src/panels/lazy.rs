//! Panels that the first picture does not need: compiled into modules of their own, fetched once the first frame is
//! there, in a figure at once. Without the feature `split` (in tests) they are simply part of the page.

use super::seen::observed;
#[cfg(not(feature = "split"))]
use super::table::draw;
use super::table::{Module, Panel};
#[cfg(feature = "split")]
use crate::i18n::{self, Part};
use crate::state::Lab;
#[cfg(feature = "split")]
use crate::state::ViewKind;
use crate::ui::El;
#[cfg(feature = "split")]
use crate::ui::el;

/// The panel's place, filled at once.
#[cfg(not(feature = "split"))]
pub fn lazy(lab: Lab, panel: Panel) -> El {
    drawn(lab, panel)
}

#[cfg(not(feature = "split"))]
fn drawn(lab: Lab, panel: Panel) -> El {
    let draw = match panel.row().module {
        Module::Answers => draw::<{ Module::Answers as u8 }>,
        Module::Unit => draw::<{ Module::Unit as u8 }>,
        Module::Noise => draw::<{ Module::Noise as u8 }>,
        Module::Notices => draw::<{ Module::Notices as u8 }>,
        Module::Help => draw::<{ Module::Help as u8 }>,
        Module::Grids => draw::<{ Module::Grids as u8 }>,
        Module::Measured => draw::<{ Module::Measured as u8 }>,
        Module::Compared => draw::<{ Module::Compared as u8 }>,
        Module::Watched => draw::<{ Module::Watched as u8 }>,
        Module::Classes => draw::<{ Module::Classes as u8 }>,
        Module::Taught => draw::<{ Module::Taught as u8 }>,
        Module::Devices => draw::<{ Module::Devices as u8 }>,
        Module::NumberLine => draw::<{ Module::NumberLine as u8 }>,
        Module::Cells => draw::<{ Module::Cells as u8 }>,
        Module::Backward => draw::<{ Module::Backward as u8 }>,
        Module::Fold => draw::<{ Module::Fold as u8 }>,
        Module::Frameworks => draw::<{ Module::Frameworks as u8 }>,
        Module::Words | Module::First => draw::<{ Module::Words as u8 }>,
    };
    observed(lab, panel.row(), draw(lab, panel))
}

/// What a panel says now, for the page around.
#[cfg(not(feature = "split"))]
pub fn told(lab: Lab, panel: Panel) -> js_sys::Promise {
    js_sys::Promise::resolve(&super::telling::host::told(lab, panel))
}

#[cfg(feature = "split")]
pub use split::{lazy, told};

#[cfg(feature = "split")]
mod split {
    use super::super::modules::{draw_in_module, fetch, together, told_in_help};
    use super::*;
    use crate::state::LazyModule;
    use crate::ui::{Owner, after, derive};
    use js_sys::Promise;
    use wasm_bindgen::JsValue;

    /// The panel's place: empty until the first frame, then the panel. A failed fetch is told to the lab, whose message
    /// offers another.
    pub fn lazy(lab: Lab, panel: Panel) -> El {
        let place = el("div")
            .class("lazy")
            .attr("data-lazy", panel.row().name)
            .attr("aria-busy", "true");
        // A run that cannot begin has no frame, but a message.
        let is_time = derive(move || {
            lab.view.kind.get() != ViewKind::Lab
                || lab.run.frame.with(Option::is_some)
                || lab.run.impossible.with(Option::is_some)
                || lab.services.fetch_failed.with(Option::is_some)
        });
        let tries = derive(move || lab.services.lazy_module.with(|module| module.tries));
        // Of words, which would push each other about as they come.
        let part = match panel.row().module {
            Module::Help => Part::Apart,
            Module::Notices => Part::Later,
            _ => Part::First,
        };
        let has_words = derive(move || i18n::is_here(lab.view.words.0.get(), part));
        // What is drawn lives as long as its place, however often it was asked for. Held weakly, for the owner holds the
        // effect.
        let owner = Owner::current().map(|owner| owner.downgrade());
        let target = place.clone();
        after(move || {
            let tried = tries.get();
            if !is_time.get() || target.0.child_element_count() > 0 {
                return;
            }
            let module = panel.row().module;
            let brings_apart = module.brings_words() || module == Module::Help;
            lab.bring_later_texts(brings_apart);
            if !has_words.get() {
                return;
            }
            if lab.view.kind.get_untracked() == ViewKind::Lab {
                together();
            }
            let (target, owner) = (target.clone(), owner.clone());
            fetch(panel.row().module, move |is_here| {
                // The lab may have ended while the module was on its way.
                let is_drawn = target.0.child_element_count() > 0;
                if is_drawn || !target.0.is_connected() || is_over(lab) {
                    return;
                }
                if !is_here {
                    failed(lab, tried);
                    return;
                }
                let fill = || {
                    let made = observed(lab, panel.row(), draw_in_module(lab, panel));
                    // A new element takes any child and attribute.
                    let _ = target.0.append_child(&made.0);
                    let _ = target.0.remove_attribute("aria-busy");
                };
                match owner.and_then(|owner| owner.upgrade()) {
                    Some(owner) => owner.with(fill),
                    None => fill(),
                }
            });
        });
        place
    }

    /// Said once for all panels of a try; one that a new try has overtaken says nothing.
    fn failed(lab: Lab, tried: u32) {
        let module = lab.services.lazy_module;
        let is_news = |of: &LazyModule| of.tries == tried && !of.has_failed;
        if module.with_untracked(is_news) {
            module.update(|module| module.has_failed = true);
        }
    }

    /// Whether the lab has ended: then nothing of it may be touched.
    fn is_over(lab: Lab) -> bool {
        lab.services
            .lazy_module
            .try_with_untracked(|_| ())
            .is_none()
    }

    /// What a panel says now, for the page around: its words are in the module of the sheet that says them.
    pub fn told(lab: Lab, panel: Panel) -> Promise {
        Promise::new(&mut |resolve, reject| {
            fetch(Module::Help, move |is_here| {
                let (settle, value) = match is_here && !is_over(lab) {
                    true => (&resolve, told_in_help(lab, panel)),
                    false => (&reject, js_sys::Error::new("a module did not come").into()),
                };
                // Who waits hears it; nothing is thrown by that.
                let _ = settle.call1(&JsValue::NULL, &value);
            });
        })
    }
}
