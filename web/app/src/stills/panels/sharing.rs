//! The sequences of a batch, and who shares a mean at each step.

use super::{chart, run_name};
use crate::charts::Sharing;
use crate::i18n::key;
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument};
use crate::stills::words::Said;

pub(super) fn sharing(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let side = run.sides()[0];
    let norm = [run.settings.norm_a, run.settings.norm_b][side];
    let sides = run.company.as_ref().map_or(&[][..], |of| of.newest().1);
    let own = sides.iter().find(|one| usize::from(one.side) == side);
    let of = Sharing {
        of: own.map(|own| &own.of),
        is_shared: norm.mixes_rows(),
        side,
        rows_name: words.get(key::SHARING_ROWS),
        x_name: words.get(key::AXIS_STEP),
        y_name: words.get(match norm.mixes_rows() {
            true => key::SHARING_OFF,
            false => key::SHARING_NONE,
        }),
        pooled: words.get(key::SHARING_POOLED),
        selected: None,
    };
    let name = run_name(run, words, side);
    let title = [words.get(key::SHARING_TITLE), &name].join(" · ");
    chart(svg, &title, place, &of);
}
