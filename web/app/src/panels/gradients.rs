//! How strongly each layer is told to change: gradient norms of all layers, both sides on one axis.

use super::Panel;
use super::detail::follow_selection;
use super::figure::{Figure, captioned_of, figure};
use crate::charts::{Gradients, Hover};
use crate::format;
use crate::i18n::key;
use crate::spoken::letter;
use crate::state::Lab;
use crate::ui::El;

/// Gradient norms of the runs shown.
pub fn gradients(lab: Lab) -> El {
    let words = lab.view.words;
    // Not the frame's: of a run that has diverged the history keeps what it was like before.
    let norms = move |of: &mut dyn FnMut([&[f32]; 2])| {
        lab.run.history.with_untracked(|history| {
            of([0, 1].map(|side| history.sides[side].gradients.newest().unwrap_or_default()));
        });
    };
    let chart = Figure::new(
        "gradients",
        move || words.get(key::DETAIL_GRADIENTS).to_owned(),
        move || follow_selection(lab),
        move |draw| {
            norms(&mut |norms| {
                draw(&Gradients {
                    norms,
                    ended: [0, 1].map(|side| lab.ended(side).is_some()),
                    layer: Some(lab.selected_unit().0),
                    x_name: words.get(key::AXIS_LAYER),
                    names: [0, 1].map(|side| letter(lab, side)),
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Layer { layer } = hover else {
            return None;
        };
        let number = (layer + 1).to_string();
        let mut lines = vec![words.fill(key::LAYERS_NAME, &[("n", &number)])];
        norms(&mut |norms| {
            for (side, norms) in (0..2).zip(norms) {
                if let Some(norm) = norms.get(layer) {
                    let norm = format::value(f64::from(*norm));
                    lines.push(format!("{} {norm}", letter(lab, side)));
                }
            }
        });
        Some(lines)
    });
    let panel = Panel::Gradients;
    captioned_of(
        lab,
        panel,
        key::DETAIL_GRADIENTS,
        "small",
        figure(lab, chart),
    )
}
