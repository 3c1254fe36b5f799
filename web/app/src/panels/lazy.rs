//! Panels that the first picture does not need: compiled into a module of their own, fetched once the first frame is
//! there. Without the feature `split` (in tests) they are simply part of the page.

use super::{batch_noise, detail, help, notices, output, selected_unit, settings, summary};
use crate::state::Lab;
use crate::ui::El;
#[cfg(feature = "split")]
use crate::ui::el;

/// A part of the second module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Part {
    /// Layer and selected unit.
    Detail,
    /// Keys and terms.
    Help,
    /// The points of the batch in slow motion.
    SelectedUnit,
    /// Small batches.
    BatchNoise,
    /// Messages about a run or a link.
    Notices,
    /// Decision boundaries, accuracies, curves.
    Output,
    /// The left column.
    Settings,
    /// What the charts show, in a sentence.
    Summary,
}

impl Part {
    /// Its name for the style sheet, which keeps its place free.
    #[cfg(feature = "split")]
    fn name(self) -> &'static str {
        match self {
            Part::Detail => "detail",
            Part::Help => "help",
            Part::SelectedUnit => "selected-unit",
            Part::BatchNoise => "batch-noise",
            Part::Notices => "notices",
            Part::Output => "output",
            Part::Settings => "settings",
            Part::Summary => "summary",
        }
    }
}

fn build(lab: Lab, part: Part) -> El {
    match part {
        Part::Detail => detail::detail(lab),
        Part::Help => help::help(lab),
        Part::SelectedUnit => selected_unit::selected_unit(lab),
        Part::BatchNoise => batch_noise::batch_noise(lab),
        Part::Notices => notices::notices(lab),
        Part::Output => output::output(lab),
        Part::Settings => settings::settings(lab),
        Part::Summary => summary::summary(lab),
    }
}

/// The part's place, filled at once.
#[cfg(not(feature = "split"))]
pub fn lazy(lab: Lab, part: Part) -> El {
    build(lab, part)
}

#[cfg(feature = "split")]
pub use split::lazy;

#[cfg(feature = "split")]
mod split {
    use super::*;
    use crate::ui::after;
    use crate::ui::derive;
    use any_spawner::Executor;
    use reactive_graph::owner::Owner;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    /// The part's place: empty until the first frame, then the part. A failed fetch is told to the lab, whose message
    /// offers another.
    pub fn lazy(lab: Lab, part: Part) -> El {
        let place = el("div")
            .class("lazy")
            .attr("data-lazy", part.name())
            .attr("aria-busy", "true");
        // A run that cannot begin has no frame, but a message.
        let is_time = derive(move || {
            lab.run.frame.with(Option::is_some)
                || lab.run.impossible.with(Option::is_some)
                || lab.services.fetch_failed.with(Option::is_some)
        });
        let tries = derive(move || lab.services.lazy_module.with(|module| module.tries));
        let target = place.clone();
        after(move || {
            tries.track();
            if !is_time.get() || target.0.child_element_count() > 0 {
                return;
            }
            let (target, owner) = (target.clone(), Owner::current());
            Executor::spawn_local(async move {
                let made = in_second_module(lab, part, owner).await;
                // The lab may have ended while the module was on its way.
                if !target.0.is_connected() {
                    return;
                }
                match made {
                    Ok(made) => {
                        // A new element takes any child and attribute.
                        let _ = target.0.append_child(&made.0);
                        let _ = target.0.remove_attribute("aria-busy");
                    }
                    Err(_) => lab
                        .services
                        .lazy_module
                        .update(|module| module.has_failed = true),
                }
            });
        });
        place
    }

    #[wasm_split(lazy, fallible)]
    fn in_second_module(
        lab: Lab,
        part: Part,
        owner: Option<Owner>,
    ) -> Result<El, SplitLoaderError> {
        Ok(match owner {
            Some(owner) => owner.with(|| build(lab, part)),
            None => build(lab, part),
        })
    }
}
