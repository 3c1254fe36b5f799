//! The left column: what a reader turns most often, and the rest folded away. What stands where says the table of
//! settings.

use batchnorm_lab::settings::{Group, SETTINGS, Settings};

use crate::controls::control;
use crate::i18n::{Key, key};
use crate::small_sort::sort_few;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, derive, el};

/// The settings.
pub fn settings(lab: Lab) -> El {
    let folded = |title: Key| el("details").child(el("summary").tell(lab, title));
    let panel = el("section")
        .class("settings")
        .attr("data-area", "settings")
        .named(lab, key::SETTINGS_LABEL);
    controls(lab, panel, Group::First)
        .child(controls(lab, folded(key::SETTINGS_SIDES), Group::Sides))
        .child(controls(
            lab,
            folded(key::SETTINGS_LEARNING),
            Group::Learning,
        ))
}

/// The controls of a group, of which some come and go with the choices of others.
fn controls(lab: Lab, of: El, group: Group) -> El {
    let shown = derive(move || lab.run.now.with(|now| rows(group, now)));
    of.each(move || shown.get(), move |row| control(lab, &SETTINGS[row]))
}

/// The settings of a group that are of use, in their order, by their places in the table.
fn rows(group: Group, settings: &Settings) -> Vec<usize> {
    let place = |row: usize| SETTINGS[row].place.filter(|place| place.group == group);
    let is_shown = |row: &usize| place(*row).is_some_and(|place| (place.is_of_use)(settings));
    let order = |row: usize| place(row).map_or(0, |place| place.order);
    let mut rows: Vec<usize> = (0..SETTINGS.len()).filter(is_shown).collect();
    sort_few(&mut rows, |a, b| order(*a) > order(*b));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_shows_what_is_of_use_in_the_order_of_its_rows() {
        let names = |group, link: &str| {
            let (settings, _) = Settings::from_text(link);
            let rows = rows(group, &settings);
            let names: Vec<&str> = rows.into_iter().map(|row| SETTINGS[row].name).collect();
            names.join(" ")
        };
        for (group, link, shown) in [
            (Group::First, "", "data noise batch lr stats layers act"),
            (Group::Sides, "b=none", "show a b eps"),
            (Group::Sides, "b=layer", "show a b eps affine frozen"),
            (
                Group::Sides,
                "b=renorm",
                "show a b eps momentum convention track affine frozen rmax dmax",
            ),
            (
                Group::Learning,
                "",
                "opt sgdm nesterov wd init gain loss samples split batches shift",
            ),
            (
                Group::Learning,
                "opt=adam",
                "opt wd init gain loss samples split batches shift",
            ),
        ] {
            assert_eq!(names(group, link), shown, "{link}");
        }
    }
}
