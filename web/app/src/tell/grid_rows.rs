//! The figures of a grid: a row for each network that is done.

use super::saying::Saying;
use crate::grid::{Grid, label, name};
use crate::i18n::key;

/// Of several seeds a row has the figures of the middle one, and the ends of all.
pub(super) fn rows(saying: &mut Saying, grid: &Grid) {
    let lang = saying.seen.lang;
    let axes = [(&grid.x, 0), (&grid.y, 1)];
    let axes = axes.iter().filter(|(axis, _)| !axis.setting.is_empty());
    // Where the kinds are an axis, a side is none.
    let has_sides = grid.y.setting != "b";
    if has_sides {
        saying.columns(&[key::TELL_COLUMN_RUN]);
    }
    for (axis, _) in axes.clone() {
        saying.column(name(lang, &axis.setting).to_owned());
    }
    for kind in [
        key::STATISTICS_BATCH,
        key::STATISTICS_RUNNING,
        key::STATISTICS_FULL,
    ] {
        let name = [saying.word(kind), " %"].concat();
        saying.column(name);
    }
    if grid.seeds > 1 {
        saying.columns(&[key::TELL_COLUMN_LEAST, key::TELL_COLUMN_MOST]);
    }
    saying.columns(&[key::TELL_COLUMN_DIVERGED]);
    for place in 0..grid.cells.len() {
        let Some(one) = grid.trained(place) else {
            continue;
        };
        let at = grid.at(place);
        if has_sides {
            saying.run_cell(grid.sides[at[2]]);
        }
        for (axis, which) in axes.clone() {
            saying.cell(label(lang, &axis.setting, &axis.values[at[*which]]));
        }
        let ends = one.range.unwrap_or([one.score(); 2]);
        let ends = if grid.seeds > 1 { &ends[..] } else { &[] };
        for share in one.accuracy.iter().chain(ends) {
            match one.diverged_at {
                None => saying.figures(&[100.0 * share]),
                Some(_) => saying.cell("×".into()),
            }
        }
        match one.diverged_at {
            None => saying.cell("–".into()),
            Some(step) => saying.count_cell(step),
        }
        saying.end_row();
    }
}
