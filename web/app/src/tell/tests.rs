//! What is told of real runs, in both languages: trained here, not made up.

use batchnorm_lab::data::Dataset;
use batchnorm_lab::lessons::lesson;
use batchnorm_lab::protocol::{BatchNoiseReport, Command, Event, Frame, ObservedSet};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::trainer::Trainer;

use super::*;
use crate::cells::{Cells, Form, Kind};
use crate::compared::Compared;
use crate::devices::{Comparison, DeviceOptions, native as together};
use crate::grid::{CellState, Grid, GridAxis, GridOptions, native};
use crate::history::History;
use crate::i18n::Lang;
use crate::measured::{
    Backwards, ByClasses, Companies, Drifts, Folds, Landscapes, Profiles, Weights,
    native::backward as pass_back, native::folds,
};
use crate::number_line::{Affine, NumberLine, Points};

const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");

/// A run as the page knows it.
struct Run {
    trainer: Trainer,
    now: Settings,
    frame: Option<Frame>,
    history: History,
    noise: Option<BatchNoiseReport>,
    sweep: Option<Grid>,
    race: Option<Grid>,
    landscape: Option<Landscapes>,
    profiles: Option<Profiles>,
    compared: Option<Compared>,
    corrections: Option<Compared>,
    drift: Option<Drifts>,
    weights: Option<Weights>,
    by_class: Option<ByClasses>,
    company: Option<Companies>,
    devices: Option<Comparison>,
    number_line: Option<NumberLine>,
    cells: Option<Cells>,
    backward: Option<Backwards>,
    folded: Option<Folds>,
    data: Dataset,
}

impl Run {
    fn open(link: &str) -> Self {
        let (now, errors) = Settings::from_text(link);
        assert_eq!(errors, []);
        let mut trainer = Trainer::new();
        trainer.handle(Command::Data(DIGITS.to_vec()));
        trainer.handle(Command::Configure {
            run: 1,
            settings: link.into(),
            checkpoint: None,
        });
        Self {
            data: Dataset::with_bytes(&now, DIGITS).expect("a set of points"),
            trainer,
            now,
            frame: None,
            history: History::default(),
            noise: None,
            sweep: None,
            race: None,
            landscape: None,
            profiles: None,
            compared: None,
            corrections: None,
            drift: None,
            weights: None,
            by_class: None,
            company: None,
            devices: None,
            number_line: None,
            cells: None,
            backward: None,
            folded: None,
        }
    }

    /// The run after so many steps, with a frame before the first and after each tenth of them.
    fn after(link: &str, steps: u32) -> Self {
        let mut run = Self::open(link);
        run.take_frame();
        for _ in 0..10 {
            run.step(steps / 10);
        }
        run
    }

    fn step(&mut self, steps: u32) {
        self.trainer.handle(Command::Step { steps });
        while self.trainer.is_urgent() {
            self.trainer.step();
        }
        self.take_frame();
    }

    fn take_frame(&mut self) {
        let Event::Frame(frame) = self.trainer.frame() else {
            panic!("a frame was asked");
        };
        self.history.feed(&frame);
        self.frame = Some(*frame);
    }

    fn measure(&mut self, command: Command) {
        self.trainer.handle(command);
        while self.trainer.has_background() {
            self.trainer.background();
        }
        for event in self.trainer.take_events() {
            if let Event::BatchNoise(report) = event {
                self.noise = Some(*report);
            }
        }
    }

    fn seen(&self, lang: Lang) -> Seen<'_> {
        Seen {
            lang,
            now: &self.now,
            frame: self.frame.as_ref(),
            history: &self.history,
            noise: self.noise.as_ref(),
            sweep: self.sweep.as_ref(),
            race_grid: self.race.as_ref(),
            landscape: self.landscape.as_ref(),
            profiles: self.profiles.as_ref(),
            compared: self.compared.as_ref(),
            corrections: self.corrections.as_ref(),
            drift: self.drift.as_ref(),
            weights: self.weights.as_ref(),
            by_class: self.by_class.as_ref(),
            company: self.company.as_ref(),
            devices: self.devices.as_ref(),
            number_line: self.number_line.as_ref(),
            cells: self.cells.as_ref(),
            backward: self.backward.as_ref(),
            folded: self.folded.as_ref(),
            test: Some(&self.data.test),
        }
    }
}

type Tell = fn(&Seen) -> Told;

const ALL: &[(&str, Tell)] = &[
    ("layers", layers),
    ("boundary", boundary),
    ("loss", loss),
    ("accuracy", accuracy),
    ("three-accuracies", three_accuracies),
    ("gamma-beta", gamma_beta),
    ("moments", moments),
    ("gradients", gradients),
    ("selected-unit", selected_unit),
    ("x-hat-noise", x_hat_noise),
    ("statistics-noise", statistics_noise),
    ("sweep", sweep),
    ("race-grid", race_grid),
    ("landscape", landscape),
    ("depth-profile", depth_profile),
    ("compared-runs", compared_runs),
    ("r-and-d", r_and_d),
    ("drift", drift),
    ("weight-norm", weight_norm),
    ("by-class", by_class),
    ("sharing", sharing),
    ("devices", devices),
    ("number-line", number_line),
    ("which-cells", which_cells),
    ("backward", backward),
    ("fold", fold),
    ("frameworks", frameworks),
    ("numbers", numbers),
    ("status", status),
];

/// Everything that is told is whole in both languages, and means the same.
fn check(run: &Run, what: &str) {
    for (name, tell) in ALL.iter().copied() {
        let [en, zh] = Lang::ALL.map(|lang| tell(&run.seen(lang)));
        for told in [&en, &zh] {
            let sentence = &told.sentence;
            assert!(sentence.ends_with(['.', '。']), "{what} {name}: {sentence}");
            for wrong in ["{", "  ", "NaN", "inf", ".."] {
                assert!(!sentence.contains(wrong), "{what} {name}: {sentence}");
            }
            let width = told.table.head.len();
            let is_whole = told.table.rows.iter().all(|row| row.len() == width);
            assert!(is_whole, "{what} {name}: {:?}", told.table);
            let head = &told.table.head;
            assert!(head.iter().all(|name| !name.trim().is_empty()), "{head:?}");
        }
        assert_eq!(en.meaning, zh.meaning, "{what} {name}");
        assert_eq!(en.table.rows.len(), zh.table.rows.len(), "{what} {name}");
    }
}

#[track_caller]
fn says(run: &Run, tell: Tell, words: &[&str]) {
    let sentence = tell(&run.seen(Lang::En)).sentence;
    for word in words {
        assert!(sentence.contains(word), "`{word}` in: {sentence}");
    }
}

#[test]
fn the_first_look_one_stuck_and_one_learned() {
    let run = Run::after("", 300);
    check(&run, "first look");
    says(
        &run,
        loss,
        &[
            "A's loss has not moved since step",
            "as guessing gives",
            "B's loss fell from",
        ],
    );
    says(
        &run,
        accuracy,
        &[
            "A gets",
            "no better than guessing",
            "B gets",
            "it passed 95\u{202f}% at step",
        ],
    );
    says(
        &run,
        gradients,
        &["A's gradient vanishes", "B's gradient reaches every layer"],
    );
    says(&run, boundary, &["B's boundary separates the classes"]);
    says(
        &run,
        layers,
        &[
            "in layer 6 all points look nearly the same",
            "B's values",
            "all become x̂",
        ],
    );
    says(
        &run,
        status,
        &[
            "A (unnormalised) is stuck: its loss stays at 0.69",
            "B (BatchNorm) has learned it",
        ],
    );
    says(
        &run,
        selected_unit,
        &[
            "A, layer 1, unit 1: 64 values",
            "B, layer 1, unit 1: 64 values",
            "become x̂ = 0",
        ],
    );
    says(&run, three_accuracies, &["A uses no statistics of a batch"]);
}

#[test]
fn sentence_and_table_are_of_the_same_figures() {
    let run = Run::after("", 100);
    let seen = run.seen(Lang::En);
    let frame = run.frame.as_ref().expect("a frame");
    let told = loss(&seen);
    let newest = &told.table.rows[0];
    assert_eq!(newest[0], "100");
    assert_eq!(newest[5], crate::format::exact(frame.sides[1].loss.train));
    let in_words = crate::format::value(f64::from(frame.sides[1].loss.train));
    assert!(told.sentence.contains(&in_words), "{}", told.sentence);
    assert_eq!(told.table.rows.len(), run.history.curves.len());
    let told = layers(&seen);
    assert_eq!(told.table.rows.len(), 12);
    let std = frame.sides[1].layers[5].before.std;
    assert_eq!(told.table.rows[11][3], crate::format::exact(std));
    let told = selected_unit(&seen);
    let point = frame.sides[1].selected_unit.normalized[3];
    assert_eq!(told.table.rows[64 + 3][4], crate::format::exact(point));
}

#[test]
fn before_the_first_frame_and_before_the_first_step() {
    let mut run = Run::open("");
    check(&run, "nothing");
    says(&run, loss, &["Nothing has been measured yet."]);
    assert_eq!(loss(&run.seen(Lang::En)).table.rows.len(), 0);
    run.take_frame();
    check(&run, "step 0");
    says(&run, loss, &["A's loss starts at", "B's loss starts at"]);
    says(&run, gradients, &["no gradient before the first step"]);
    says(&run, sweep, &["Not measured yet."]);
    says(&run, race_grid, &["No network is trained yet."]);
}

#[test]
fn runs_that_diverge_explode_or_die_are_named() {
    let run = Run::after("act=identity&lr=30&show=a&gain=100&layers=16-16-16", 100);
    check(&run, "diverged");
    says(&run, loss, &["A diverged at step"]);
    says(&run, status, &["A (unnormalised) diverged at step"]);
    // Its gradients stay as they were before, and so does their table.
    assert_eq!(gradients(&run.seen(Lang::En)).table.rows.len(), 3);

    let mut run = Run::after("act=relu&lr=0.03&opt=adam&show=a&layers=16-16", 10);
    let frame = run.frame.as_mut().expect("a frame");
    let loss = &mut frame.sides[0].loss;
    (loss.train, loss.batch) = (1e27, 1e27);
    says(
        &run,
        status,
        &["is exploding: its loss went from", "to 1e27"],
    );

    let run = Run::after("act=relu&lr=30&show=a&layers=8-8&seed=1", 200);
    check(&run, "dead");
    says(&run, status, &["A (unnormalised) is dead: in layer"]);
    says(&run, layers, &["every unit of A is off"]);
    says(&run, boundary, &["gives the whole plane to one class"]);
}

#[test]
fn a_batch_of_one_is_refused_and_the_rest_is_told() {
    let mut run = Run::open("batch=1");
    run.take_frame();
    check(&run, "batch of one");
    run.step(1);
    check(&run, "refused");
    says(&run, loss, &["B cannot take a step with this batch"]);
}

#[test]
fn what_nobody_looks_at_is_not_told_as_zero() {
    let mut run = Run::open("layers=8-8");
    run.trainer.handle(Command::Observe(ObservedSet::NONE));
    run.step(20);
    check(&run, "unobserved");
    says(&run, layers, &["Nothing has been measured yet."]);
    assert_eq!(layers(&run.seen(Lang::En)).table.rows.len(), 0);
    says(&run, selected_unit, &["Nothing has been measured yet."]);
    assert!(!status(&run.seen(Lang::En)).sentence.contains('±'));
}

#[test]
fn one_run_alone_is_told_alone() {
    for (view, other) in [("show=a", "B"), ("show=b", "A")] {
        let mut run = Run::after(view, 50);
        run.measure(Command::MeasureBatchNoise);
        check(&run, view);
        for (name, tell) in ALL.iter().copied() {
            let told = tell(&run.seen(Lang::En));
            let names_other = |text: &str| {
                text.split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == other)
            };
            assert!(!names_other(&told.sentence), "{name}: {}", told.sentence);
            assert!(
                !told.table.head.iter().any(|head| names_other(head)),
                "{name}"
            );
            assert!(!told.table.rows.iter().any(|row| row[0] == other), "{name}");
        }
    }
}

#[test]
fn kinds_of_normalisation_are_told_as_what_they_are() {
    let run = Run::after("a=layer&b=rms&layers=8-8", 100);
    check(&run, "layer and rms");
    says(
        &run,
        three_accuracies,
        &["A uses no statistics of a batch", "B uses no statistics"],
    );
    says(&run, moments, &["It keeps no running averages."]);
    let run = Run::after("a=none&b=none&layers=8-8", 20);
    check(&run, "none");
    says(&run, gamma_beta, &["No γ and β here"]);
    let run = Run::after("momentum=0.001&stats=running&layers=8-8", 100);
    check(&run, "lagging");
    says(&run, layers, &["not ±1 everywhere", "not this batch's own"]);
    says(&run, moments, &["running"]);
    let run = Run::after("frozen=affine&layers=8-8", 50);
    says(&run, gamma_beta, &["are frozen"]);
    let run = Run::after("layers=8-8", 400);
    says(&run, gamma_beta, &["γ has gone from 1 to between"]);
}

#[test]
fn running_averages_that_lag_are_blamed() {
    let link = batchnorm_lab::lessons::lesson("train-vs-inference").expect("a lesson");
    let run = Run::after(link.settings, 500);
    check(&run, "train-vs-inference");
    says(&run, three_accuracies, &["they lag behind"]);
    let gap = status(&run.seen(Lang::En)).sentence;
    assert!(
        gap.contains("by running, ") && gap.contains("by batch statistics"),
        "{gap}"
    );
}

#[test]
fn digits_and_sequences_are_told_in_their_own_terms() {
    let mut run = Run::open("data=digits&layers=c4-p&batch=32&act=relu");
    run.take_frame();
    check(&run, "digits at first");
    run.step(60);
    run.step(60);
    check(&run, "digits");
    says(
        &run,
        boundary,
        &["of the digits rightly; its commonest mistake is"],
    );
    let table = boundary(&run.seen(Lang::En)).table;
    assert_eq!((table.head.len(), table.rows.len()), (12, 20));
    let counts = table.rows[..10].iter().flat_map(|row| &row[2..]);
    let all: u32 = counts
        .map(|cell| cell.parse::<u32>().expect("a count"))
        .sum();
    assert_eq!(all, run.frame.as_ref().expect("a frame").evaluated[1]);

    let run = Run::after("data=sequences&layers=r8&batch=32", 20);
    check(&run, "sequences");
    says(&run, boundary, &["of the sequences right", "B"]);
    // Nine lengths of each run.
    assert_eq!(boundary(&run.seen(Lang::En)).table.rows.len(), 18);
}

#[test]
fn measurements_are_told_once_they_are_there() {
    let mut run = Run::after("layers=8-8&batch=16", 100);
    says(&run, x_hat_noise, &["Not measured yet"]);
    run.measure(Command::MeasureBatchNoise);
    check(&run, "measured");
    says(
        &run,
        x_hat_noise,
        &[
            "In random batches of 2 the pinned point's x̂ jitters by ±",
            "At 16 it is ±",
        ],
    );
    let report = run.noise.as_ref().expect("a report");
    let table = x_hat_noise(&run.seen(Lang::En)).table;
    assert_eq!(table.rows.len(), report.rows.len());
    assert_eq!(
        table.rows[0][1],
        crate::format::exact(report.rows[0].x_hat_sd)
    );
    run.step(5);
    says(&run, x_hat_noise, &["This was measured at step 100."]);
}

/// An axis over a setting.
fn axis(setting: &str, values: &[&str]) -> GridAxis {
    GridAxis {
        setting: setting.into(),
        values: values.iter().map(|value| (*value).into()).collect(),
    }
}

#[test]
fn grids_are_told_by_how_many_learned_and_by_what_breaks() {
    let mut run = Run::after("layers=16-16&act=relu&init=he-normal&sgdm=0", 10);
    run.now.set("data", "gauss").expect("a setting");
    let race = GridOptions {
        x: axis("lr", &["0.0001", "0.1"]),
        y: Some(axis("act", &["relu", "identity"])),
        steps: 200,
        seeds: 1,
    };
    run.race = Some(native::train(&run.now, &race, DIGITS));
    let sweep_of = GridOptions {
        x: axis("batch", &["2", "64"]),
        y: Some(axis("b", &["none", "batch"])),
        steps: 100,
        seeds: 3,
    };
    run.sweep = Some(native::train(&run.now, &sweep_of, DIGITS));
    check(&run, "grids");
    says(
        &run,
        race_grid,
        &[
            "Of A's 4 networks",
            "Of B's 4 networks",
            "learning rate 0.1",
        ],
    );
    says(&run, sweep, &["unnormalised", "BatchNorm", "batch size"]);
    let seen = run.seen(Lang::En);
    let told = race_grid(&seen).table;
    assert_eq!((told.rows.len(), told.head.len()), (8, 7));
    let first = run.race.as_ref().and_then(|grid| grid.trained(0));
    let right = 100.0 * first.expect("a network").score();
    assert_eq!(told.rows[0][4], crate::format::exact(right));
    let told = sweep(&seen).table;
    assert_eq!((told.rows.len(), told.head.len()), (4, 8));
    // The middle seed lies between the ends.
    let number = |cell: &String| cell.parse::<f32>().expect("a number");
    for row in &told.rows {
        assert!(number(&row[5]) <= number(&row[3]) && number(&row[3]) <= number(&row[6]));
    }
    // Of one that is not whole it says how far it is, and nothing of what there is none.
    let grid = run.race.as_mut().expect("a grid");
    grid.cells.truncate(4);
    grid.cells.resize(8, CellState::At(3));
    check(&run, "half a grid");
    says(&run, race_grid, &["4 of 8 networks are trained."]);
}

#[test]
fn what_is_measured_is_told_as_it_is() {
    use crate::measured::native::{landscapes, profiles};

    let deep = |width: &str, depth: usize| vec![width; depth].join("-");
    let link = format!(
        "data=spiral&act=relu&init=he-normal&sgdm=0&lr=0.01&layers={}",
        deep("16", 10)
    );
    for (gain, step, words) in [
        (
            "1.4",
            0,
            &[
                "States seen: 1, the last at step 0.",
                "There A's highest loss",
            ][..],
        ),
        (
            "1.4",
            200,
            &[
                "States seen: 20, the last at step 200.",
                "There A's highest loss",
            ],
        ),
        // The other half: the network whose weights are well scaled is the flatter one.
        ("1", 200, &["There B's highest loss"]),
    ] {
        let mut run = Run::open(&format!("{link}&gain={gain}"));
        run.landscape = Some(landscapes(&run.now, step, DIGITS));
        check(&run, "landscape");
        says(&run, landscape, words);
        let told = landscape(&run.seen(Lang::En)).table;
        assert_eq!((told.rows.len(), told.head.len()), (20, 7));
        let of = run.landscape.as_ref().expect("measured");
        let side = &of.newest().1[1];
        assert_eq!(told.rows[19][3], crate::format::exact(side.last[9]));
        assert_eq!(told.rows[19][5], crate::format::exact(side.high[9]));
    }
    let link = format!(
        "data=spiral&act=relu&init=he-normal&sgdm=0&lr=0.1&batch=64&layers={}",
        deep("32", 20)
    );
    for (gain, words) in [
        (
            "0.7",
            &[
                "unnormalised: the signal vanishes",
                "BatchNorm: the signal stays",
            ][..],
        ),
        (
            "1.4",
            &[
                "unnormalised: the signal explodes",
                "RMSNorm: the signal stays",
            ],
        ),
    ] {
        let mut run = Run::open(&format!("{link}&gain={gain}"));
        run.profiles = Some(profiles(&run.now, 0, DIGITS));
        check(&run, "depth profile");
        says(&run, depth_profile, words);
        says(
            &run,
            depth_profile,
            &["Its gradient grows towards the first layer, ×1.2"],
        );
        let told = depth_profile(&run.seen(Lang::En)).table;
        assert_eq!((told.rows.len(), told.head.len()), (80, 6));
        assert_eq!(told.rows[0][2], told.rows[0][3], "now is the start");
    }
}

#[test]
fn whole_runs_are_told_by_where_they_end() {
    use crate::compared::native::compared;
    use crate::compared::{Progress, WholeRun};

    let mut run = Run::open("samples=200&layers=8&a=none&b=batch&act=relu");
    run.compared = Some(compared("", &run.now, DIGITS));
    check(&run, "two runs");
    let told = compared_runs(&run.seen(Lang::En));
    assert_eq!((told.table.rows.len(), told.table.head.len()), (2, 7));
    let of = run.compared.as_mut().expect("trained");
    let end = of.trained(1).expect("a run").end;
    assert_eq!(told.table.rows[1][4], crate::format::exact(end.running));
    // One that is ahead, then one that is not there yet.
    let ended = |right: f32| {
        Progress::Done(Box::new(WholeRun {
            end: crate::compared::Look {
                running: right,
                ..end
            },
            ..WholeRun::default()
        }))
    };
    of.runs = vec![ended(0.7), ended(0.75)];
    check(&run, "B is ahead");
    says(&run, compared_runs, &["Ahead on the test points: B."]);
    let of = run.compared.as_mut().expect("trained");
    of.runs = vec![ended(0.75), ended(0.745)];
    check(&run, "about the same");
    says(
        &run,
        compared_runs,
        &["no run is ahead by more than a point"],
    );
    let of = run.compared.as_mut().expect("trained");
    of.runs[1] = Progress::At(40);
    check(&run, "one of two");
    says(&run, compared_runs, &["1 of 2 networks are trained."]);
}

#[test]
fn r_and_d_are_told_where_their_bounds_are_open() {
    use crate::compared::native::corrections;

    let mut run = Run::open("data=spiral&layers=8-8&act=relu&b=renorm&batch=4&rmax=2&dmax=1");
    run.corrections = Some(corrections("", &run.now, DIGITS));
    check(&run, "r and d");
    says(
        &run,
        r_and_d,
        &[
            "From step 400 on r may be up to 2.00, d up to 1.00.",
            "There r was from",
        ],
    );
    let told = r_and_d(&run.seen(Lang::En)).table;
    assert_eq!((told.rows.len(), told.head.len()), (41, 9));
}

#[test]
fn the_drift_is_told_as_it_is() {
    use crate::measured::native::drifts;

    let link = "data=spiral&layers=16-16-16-16&act=relu&inject=0.1&init=he-normal&sgdm=0";
    let link = |more: &str| [link, more].concat();
    for (link, step, words) in [
        (link("&lr=0.3"), 0, &["A: nothing has moved yet."][..]),
        (
            link("&lr=0.3"),
            1600,
            &[
                "drift over 10 steps",
                "A: layer 4 drifts the most",
                "layer 1 the least",
                "The last layer of A drifts",
            ],
        ),
        // What stands still does not drift: the other way round.
        (link("&lr=0.01"), 400, &["The last layer of B drifts"]),
        (link("&lr=0.0001&show=b"), 400, &["has come to rest"]),
        (
            link("&lr=0.03&b=noisy"),
            400,
            &["The last layer of B drifts"],
        ),
        (
            "layers=6-6&act=identity&a=none&lr=30&gain=10&samples=200&batch=20".into(),
            60,
            &["diverged"],
        ),
    ] {
        let mut run = Run::open(&link);
        run.drift = Some(drifts(&run.now, step, 10, DIGITS));
        check(&run, &link);
        says(&run, drift, words);
        let told = drift(&run.seen(Lang::En)).table;
        let sides = run.drift.as_ref().expect("measured").newest().1;
        let layers: usize = sides.iter().map(|side| side.depth()).sum();
        assert_eq!((told.rows.len(), told.head.len()), (layers, 9));
        let (_, last) = sides[0].states.last().expect("a state");
        assert_eq!(told.rows[0][4], crate::format::exact(last[0].mean));
    }
}

#[test]
fn the_weights_are_told_as_they_are() {
    use crate::measured::native::weights;

    let link = "data=spiral&layers=16-16&act=relu&init=he-normal&sgdm=0&show=b";
    for (more, step, factor, words) in [
        (
            "&wd=0.01",
            400,
            10.0,
            &[
                "decay 0.01: ‖W‖ has shrunk",
                "no decay: ‖W‖ ",
                "times as large as without decay",
                "times 10: the output stays",
                ", 0 of ",
                "the gradient is 0.100 times as long",
            ][..],
        ),
        ("", 400, 0.1, &["no decay: ‖W‖ ", "All of them times 0.1"]),
        (
            "&b=none",
            40,
            10.0,
            &["no normalisation follows any weights"],
        ),
        ("", 0, 1.0, &["no decay: ‖W‖ is"]),
    ] {
        let mut run = Run::open(&[link, more].concat());
        run.weights = Some(weights(&run.now, step, factor, DIGITS));
        check(&run, more);
        says(&run, weight_norm, words);
        let told = weight_norm(&run.seen(Lang::En)).table;
        let paths = run.weights.as_ref().expect("measured").newest().1;
        assert_eq!((told.rows.len(), told.head.len()), (paths.len(), 10));
        let last = paths[0].states.last().expect("a state");
        assert_eq!(told.rows[0][2], crate::format::exact(last.norm));
    }
}

#[test]
fn what_a_batch_shares_is_told() {
    use crate::measured::native::{by_classes, companies};
    let link = lesson("one-class-batches").expect("a lesson").settings;
    for (order, words) in [
        (
            "by-class",
            ["A: in training the classes do not", "B: the classes lie"],
        ),
        ("shuffled", ["A: the classes lie", "B: the classes lie"]),
    ] {
        let mut run = Run::open(&format!("{link}&batches={order}"));
        run.by_class = Some(by_classes(&run.now, 0, DIGITS));
        check(&run, "by class");
        says(&run, by_class, &words);
        let told = by_class(&run.seen(Lang::En)).table;
        assert_eq!((told.rows.len(), told.head.len()), (4, 6));
    }
    let link = lesson("sequences").expect("a lesson").settings;
    for (norm, words) in [
        ("batch", "standard deviations at step 1, and by most"),
        ("rms", "nothing is shared"),
    ] {
        let mut run = Run::open(&format!("{link}&a={norm}"));
        run.company = Some(companies(&run.now, 0, DIGITS));
        check(&run, "sharing");
        says(&run, sharing, &[words]);
        assert_eq!(sharing(&run.seen(Lang::En)).table.rows.len(), 12);
    }
}

#[test]
fn a_meaning_stays_while_digits_change_and_changes_with_the_statement() {
    let mut run = Run::after("", 300);
    let before = [loss, accuracy, status].map(|tell: Tell| tell(&run.seen(Lang::En)));
    run.step(7);
    let after = [loss, accuracy, status].map(|tell: Tell| tell(&run.seen(Lang::En)));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(
            before.meaning, after.meaning,
            "{} {}",
            before.sentence, after.sentence
        );
    }
    assert_ne!(before[2].sentence, after[2].sentence);
    let early = status(&Run::after("", 20).seen(Lang::En));
    assert_ne!(early.meaning, after[2].meaning, "{}", early.sentence);
}

#[test]
fn the_copy_has_a_line_a_row_and_plain_numbers() {
    let table = ToldTable {
        head: vec!["step".into(), "A\tloss".into()],
        rows: vec![
            vec!["1\u{202f}000".into(), "−1.5e−7".into()],
            vec!["0".into(), "–".into()],
        ],
    };
    assert_eq!(table.to_tsv(), "step\tA loss\n1000\t-1.5e-7\n0\t\n");
}

#[test]
fn several_devices_say_what_each_way_costs_and_how_far_it_leads() {
    let lesson = batchnorm_lab::lessons::lesson("sync-bn").expect("a lesson");
    let mut run = Run::open(lesson.settings);
    run.take_frame();
    says(&run, devices, &["Nothing"]);
    let options = DeviceOptions::default();
    run.devices = Some(together::compare(&run.now, options, DIGITS));
    check(&run, "devices");
    says(
        &run,
        devices,
        &[
            "on 4 devices, with 8, 8, 8, 8 rows",
            "synchronised: after 100 steps",
            "each device sends 780 bytes of statistics and 2\u{202f}820 of gradients",
            "GroupNorm: after 100 steps",
            "no statistics, and",
        ],
    );
    let told = devices(&run.seen(Lang::En));
    assert_eq!(told.table.rows.len(), 4);
    let off = |way: usize| told.table.rows[way][3].replace('−', "-").parse::<f32>();
    let (sync, averaged) = (off(0).expect("a number"), off(1).expect("a number"));
    assert!(averaged > 10.0 * sync, "{sync} {averaged}");
}

#[test]
fn a_batch_on_lines_is_told_with_the_kernels_numbers() {
    let mut run = Run::after("data=gauss&layers=4&show=b&batch=8", 20);
    let batch = batch_of(&run.seen(Lang::En)).expect("a batch was observed");
    let side = &run.frame.as_ref().expect("a frame").sides[0];
    assert_eq!(batch.points.x, side.selected_unit.before);
    let affine = |[gamma, beta]: [f32; 2]| Affine {
        gamma,
        beta,
        epsilon: run.now.epsilon,
    };
    let mut line = NumberLine::new(&batch.points, affine(batch.learned), 0);
    line.of = Some(batch.of);
    // What the run itself had after each step.
    for (mine, of_run) in [
        (&line.stages[2], &side.selected_unit.normalized),
        (&line.stages[3], &side.selected_unit.after),
    ] {
        for (mine, of_run) in mine.iter().zip(of_run) {
            assert!((mine - of_run).abs() < 1e-5, "{mine} {of_run}");
        }
    }
    run.number_line = Some(line);
    check(&run, "batch of the run");
    says(
        &run,
        number_line,
        &["8 values of unit 1 in layer 1 at step 20"],
    );
    let own = Points::of(&[100.0, 0.0, 0.5, 1.0]);
    run.number_line = Some(NumberLine::new(&own, affine([1.0, 0.0]), 0));
    check(&run, "own numbers");
    let words = [
        "4 numbers of your own",
        "3 lie below 0 and 1 above",
        "The farthest is 1.73; none can be farther than 1.73.",
    ];
    says(&run, number_line, &words);
    run.number_line = Some(NumberLine::new(
        &Points::of(&[1.0, 3.0]),
        affine([1.0, 0.0]),
        0,
    ));
    says(&run, number_line, &["as many lie below 0 as above, 1 each"]);
    let told = number_line(&run.seen(Lang::En)).table;
    assert_eq!((told.rows.len(), told.head.len()), (2, 6));
}

#[test]
fn what_a_cell_shares_is_told_of_the_networks_own_values() {
    let mut run = Run::open("data=digits&samples=600&split=80&layers=c4-p&a=group&batch=16");
    let mut cells = crate::measured::native::cells(&run.now, 0, DIGITS);
    assert_eq!(
        (
            cells.layer.rows,
            cells.layer.channels,
            cells.layer.positions
        ),
        (16, 4, 64)
    );
    run.cells = Some(cells.clone());
    check(&run, "a cell");
    says(&run, which_cells, &["of image 2", "with 128 cells"]);
    for (groups, words) in [
        (1, "has the same cells as LayerNorm"),
        (4, "has the same cells as InstanceNorm"),
    ] {
        cells.groups = groups;
        run.cells = Some(cells.clone());
        check(&run, "a cell of groups");
        says(&run, which_cells, &[words]);
    }
    (cells.form, cells.kind) = (Form::Sequence, Kind::Layer);
    run.cells = Some(cells);
    check(&run, "a cell of a sequence");
    says(&run, which_cells, &["of sequence 2", "with 4 cells"]);
    let told = which_cells(&run.seen(Lang::En)).table;
    assert_eq!((told.rows.len(), told.head.len()), (5, 5));
}

#[test]
fn what_goes_back_sums_to_nothing_and_of_two_values_nothing_is_left() {
    for (link, steps, words) in [
        (
            "",
            100,
            &[
                "B, layer 1, unit 1, step 100, 64 values: Σdx = ",
                "the bias never learns",
                "of term 1 alone",
            ][..],
        ),
        (
            "layers=32-32&act=relu&init=he-normal&batch=2&unit=4",
            50,
            &["unit 5", "2 values", "with two values x̂ is ±1"],
        ),
        (
            "b=batch&frozen=both",
            20,
            &["its statistics are frozen", "does not vanish"],
        ),
        ("a=batch&b=layer", 20, &["A, layer 1"]),
        (
            "data=digits&samples=300&layers=c3-8&batch=8",
            10,
            &["512 values", "the first 64 of 512"],
        ),
        ("b=group", 10, &["which no run shown has"]),
    ] {
        let mut run = Run::after(link, steps);
        run.backward = pass_back(&run.now, u64::from(steps), DIGITS);
        check(&run, link);
        says(&run, backward, words);
        if let Some(of) = run.backward.as_ref() {
            let of = &of.newest().1[0];
            let told = backward(&run.seen(Lang::En)).table;
            assert_eq!(told.rows.len(), of.shown.len(), "{link}");
            assert_eq!(told.rows[0][1], crate::format::exact(of.shown[0].x));
            assert_eq!(told.rows[0][7], crate::format::exact(of.shown[0].d_x));
        }
    }
}

#[test]
fn a_number_ends_with_what_the_frame_has() {
    for (link, steps) in [
        ("", 40),
        ("stats=running&momentum=0.01", 40),
        ("convention=keras&momentum=0.9&unit=3&layer=2", 40),
    ] {
        let run = Run::after(link, steps);
        check(&run, link);
        let told = numbers(&run.seen(Lang::En)).table;
        let side = &run.frame.as_ref().expect("a frame").sides[1];
        let (layer, unit) = (
            run.now.selected_layer as usize,
            run.now.selected_unit as usize,
        );
        let (stats, of) = (&side.layers[layer], &side.selected_unit);
        let ends = [
            stats.batch_mean[unit],
            stats.batch_var[unit],
            of.normalized[0],
            of.after[0],
        ];
        for (row, end) in told.rows.iter().zip(ends) {
            let end = format!("= {}", crate::format::value(f64::from(end)));
            assert!(row[2].ends_with(&end), "{link}: {row:?}, not {end}");
        }
        for (row, old) in told.rows[4..]
            .iter()
            .zip([&stats.running_mean, &stats.running_var])
        {
            let start = format!("{} → ", crate::format::value(f64::from(old[unit])));
            assert!(row[2].starts_with(&start), "{link}: {row:?}");
        }
        // The line of the kernel is the source's.
        for row in &told.rows {
            let (file, line) = row[3].split_once(':').expect("file and line");
            let source =
                std::fs::read_to_string(format!("{}/../../{file}", env!("CARGO_MANIFEST_DIR")));
            let source = source.expect("the kernel's source");
            let line = source
                .lines()
                .nth(line.parse::<usize>().expect("a line") - 1);
            let words = [
                "sum_and_low",
                "squares / n",
                "let x_hat",
                "gamma.mul_add",
                "running_mean, mean",
                "variance * unbias",
            ];
            assert!(
                words
                    .iter()
                    .any(|word| line.expect("a line").contains(word)),
                "{row:?}"
            );
        }
    }
    let run = Run::after("b=layer", 10);
    says(&run, numbers, &["over the batch"]);
}

#[test]
fn a_folded_network_gives_the_same_and_what_cannot_be_folded_says_why() {
    use batchnorm_lab::measure::CallTime;

    for (link, words) in [
        (
            "data=spiral&layers=16-16-16&act=relu&show=b",
            &[
                "B, step 20: over 64 points the scores of the folded network differ by",
                "In layer 1, unit 1, every weight is times s =",
                "801 numbers in 10 layers have become 609 in 7.",
                "is measured on your device",
            ][..],
        ),
        (
            "layers=4-6&a=batch&b=none&layer=1&unit=5",
            &["A, step 20", "In layer 2, unit 6,"],
        ),
        (
            "b=layer",
            &["only a normalisation over the batch", "LayerNorm"],
        ),
        ("b=batch&track=off&stats=batch", &["no running averages"]),
        (
            "data=sequences&samples=300&layers=r6&batch=16",
            &["the last state of a recurrence"],
        ),
    ] {
        let mut run = Run::after(link, 20);
        run.folded = folds(&run.now, 20, DIGITS);
        check(&run, link);
        says(&run, fold, words);
        if run.folded.is_none() {
            continue;
        }
        let rows = fold(&run.seen(Lang::En)).table.rows;
        if let Some(now) = run.folded.as_mut().and_then(|of| of.now.as_mut()) {
            let time = |points, micros| CallTime { points, micros };
            now.1[0].times = vec![time(256, [20.0, 15.0]), time(1, [3.0, 1.5])];
        }
        check(&run, link);
        says(
            &run,
            fold,
            &[
                "A call with 256 points takes 20.0 µs with BatchNorm and 15.0 µs folded, ×0.75.",
                "With a single point it takes 3.00 µs and 1.50 µs, ×0.50.",
            ],
        );
        let timed = fold(&run.seen(Lang::En)).table.rows;
        assert_eq!(timed.len(), rows.len() + 2);
        assert_eq!(rows.len(), 9 + 64);
        // A clock that stood still has no times.
        if let Some(now) = run.folded.as_mut().and_then(|of| of.now.as_mut()) {
            now.1[0]
                .times
                .iter_mut()
                .for_each(|time| time.micros = [f64::NAN; 2]);
        }
        check(&run, link);
        says(&run, fold, &["is measured on your device"]);
    }
}
