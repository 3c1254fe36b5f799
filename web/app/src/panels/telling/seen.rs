//! What is on the screen, for those who tell of it.

use batchnorm_lab::data::Dataset;
use batchnorm_lab::settings::choice::DatasetKind;

use crate::measured::{kept, known};
use crate::state::Lab;
use crate::tell::Seen;
use crate::{compared, devices};

/// Runs `of` on what is on the screen. Follows nothing but the language.
pub(in crate::panels) fn with_seen<R>(lab: Lab, of: impl FnOnce(&Seen) -> R) -> R {
    let run = lab.run;
    let lang = lab.view.words.0.get();
    let number = run.number.get_untracked();
    // What an older run has left says nothing of this one.
    let frame = run.frame.get_untracked();
    let frame = frame.filter(|frame| frame.run == number);
    let noise = run.batch_noise.get_untracked();
    let sweep = run.sweep.get_untracked();
    let now = run.now.get_untracked();
    let data = match now.data {
        DatasetKind::Sequences => Dataset::with_bytes(&now, &[]).ok(),
        _ => None,
    };
    let race_grid = run.race_grid.get_untracked();
    let landscape = run.landscape.get_untracked();
    let profiles = run.profiles.get_untracked();
    let runs = run.compared.get_untracked();
    let corrections = run.corrections.get_untracked();
    let drift = run.drift.get_untracked();
    let weights = run.weights.get_untracked();
    let by_class = run.by_class.get_untracked();
    let company = run.company.get_untracked();
    let together = run.devices.get_untracked();
    let number_line = run.number_line.get_untracked();
    let cells = run.cells.get_untracked();
    let backward = run.backward.get_untracked();
    let folded = run.folded.get_untracked();
    run.history.with_untracked(|history| {
        of(&Seen {
            lang,
            now: &now,
            frame: frame.as_deref(),
            history,
            noise: noise.as_deref(),
            sweep: sweep.as_ref(),
            race_grid: race_grid.as_ref(),
            landscape: known(&landscape),
            profiles: known(&profiles),
            compared: compared::known(&runs),
            corrections: compared::known(&corrections),
            drift: known(&drift),
            weights: known(&weights),
            by_class: known(&by_class),
            company: known(&company),
            devices: devices::known(&together),
            number_line: kept(&number_line),
            cells: kept(&cells),
            backward: known(&backward),
            folded: known(&folded),
            test: data.as_ref().map(|data| &data.test),
        })
    })
}
