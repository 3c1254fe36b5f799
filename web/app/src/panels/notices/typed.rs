//! What was typed into a field and is not taken.

use batchnorm_lab::numeric::decimal;
use batchnorm_lab::settings::Range;

use crate::controls::reading;
use crate::i18n::key;
use crate::panels::messages::{action, card};
use crate::state::{Lab, Refused};
use crate::ui::El;

/// What a field does not take, in the field's own name; the field is described by it.
pub(super) fn typed(lab: Lab) -> Option<El> {
    let (words, refused) = (lab.view.words, lab.view.refused.get()?);
    let Refused {
        row,
        place,
        text,
        range,
    } = refused;
    let (name, used) = match place {
        None => {
            let label = words.find(&format!("control.{}.label", row.name));
            (label, lab.run.now.with_untracked(|now| row.text(now)))
        }
        Some(place) => {
            let (size, prefix) = lab.run.now.with_untracked(|now| {
                let block = now.layers.get(place);
                block.map_or((0, ""), |block| (block.size, block.row().prefix))
            });
            let kind = words.find(&format!("block.{prefix}"));
            let values = [("n", &*(place + 1).to_string()), ("kind", &*kind)];
            (words.fill(key::LAYERS_WIDTH, &values), size.to_string())
        }
    };
    let (bounds, is_whole) = match range {
        Range::Integer { min, max } => (Some((min as f64, max as f64)), true),
        Range::Real { min, max, .. } => (Some((min, max)), false),
        _ => (None, false),
    };
    let number = decimal::parse(&reading::plain(&text, is_whole));
    let (key, bound) = match (bounds, number) {
        (None, _) => (key::MESSAGE_NOT_TAKEN, range.to_text()),
        (Some((_, max)), Some(number)) if number > max => {
            (key::MESSAGE_ABOVE, decimal::format(max))
        }
        (Some((min, _)), Some(number)) if number < min => {
            (key::MESSAGE_BELOW, decimal::format(min))
        }
        (Some(_), Some(_)) => (key::MESSAGE_NOT_WHOLE, String::new()),
        (Some(_), None) => (key::MESSAGE_NOT_A_NUMBER, String::new()),
    };
    let values = [
        ("name", &*name),
        ("value", &*text),
        ("bound", &*bound),
        ("allowed", &*bound),
        ("used", &*used),
    ];
    let dismiss = action(words.get(key::MESSAGE_DISMISS), move || {
        lab.view.refused.set(None)
    });
    Some(card("typed", &words.fill(key, &values), vec![dismiss]).attr("id", "refused"))
}
