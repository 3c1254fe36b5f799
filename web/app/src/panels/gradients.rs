//! How strongly each layer is told to change: gradient norms of all layers, both runs on one axis.

use std::rc::Rc;

use super::detail::{figure, watch};
use crate::canvas::{Chart, canvas};
use crate::charts::{GradientsData, GradientsText, Hover, draw_gradients, locate_gradients};
use crate::format;
use crate::i18n::key;
use crate::spoken::letter;
use crate::state::Lab;
use crate::ui::El;

/// Gradient norms of the runs shown.
pub(super) fn gradients(lab: Lab) -> El {
    let words = lab.view.words;
    let with = move |of: &mut dyn FnMut(GradientsData)| {
        // Not the frame's: of a run that has diverged the history keeps what it was like before.
        lab.run.history.with_untracked(|history| {
            let norms = |side: usize| history.sides[side].gradients.newest().unwrap_or_default();
            of(GradientsData {
                norms: [norms(0), norms(1)],
                ended: [0, 1].map(|side| lab.ended(side).is_some()),
                focus: Some(lab.selected_unit().0),
            });
        });
    };
    let chart = Chart {
        part: "gradients".into(),
        label: Box::new(move || words.get(key::DETAIL_GRADIENTS).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = GradientsText {
                    x_name: words.get(key::AXIS_LAYER),
                    runs: [words.get(key::RUN_LETTER_A), words.get(key::RUN_LETTER_B)],
                    ..GradientsText::default()
                };
                let _ = draw_gradients(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                let found = locate_gradients(&data, size, point);
                let Some(Hover::Layer { layer }) = found else {
                    return;
                };
                let mut text =
                    vec![words.fill(key::LAYERS_NAME, &[("n", &(layer + 1).to_string())])];
                for (run, norms) in (0..2).zip(data.norms) {
                    if let Some(norm) = norms.get(layer) {
                        text.push(format!(
                            "{} {}",
                            letter(lab, run),
                            format::value(f64::from(*norm))
                        ));
                    }
                }
                lines = Some(text);
            });
            lines
        })),
        press: None,
    };
    figure(lab, key::DETAIL_GRADIENTS, "small", canvas(lab, chart))
}
