//! What is told of real runs, in both languages: trained here, not made up.

use batchnorm_lab::data::Dataset;
use batchnorm_lab::protocol::{BatchNoiseReport, Command, Event, Frame, ObservedSet};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::trainer::Trainer;

use super::*;
use crate::grid::{CellState, Grid, GridAxis, GridOptions, native};
use crate::history::History;
use crate::i18n::Lang;
use crate::measured::{Backwards, Landscapes, Profiles, native::backward as pass_back};

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
    backward: Option<Backwards>,
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
            backward: None,
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
            backward: self.backward.as_ref(),
            test: Some(&self.data.test),
        }
    }
}

type Tell = fn(&Seen) -> Told;

const ALL: [(&str, Tell); 19] = [
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
    ("backward", backward),
    ("frameworks", frameworks),
    ("numbers", numbers),
    ("status", status),
];

/// Everything that is told is whole in both languages, and means the same.
fn check(run: &Run, what: &str) {
    for (name, tell) in ALL {
        let [en, zh] = Lang::ALL.map(|lang| tell(&run.seen(lang)));
        eprintln!("{what} {name}: {}\n    {}", en.sentence, zh.sentence);
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
        for (name, tell) in ALL {
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
