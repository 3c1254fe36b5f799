//! Changes of parameters after which a network computes the same: against the network itself, on every normalisation and block
//! that they are for; and what they refuse.

use crate::job_runs::{self, job};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::equivalences::{
    effective_rate, fold_network, scale_weights, undo_norms, weight_norm,
};
use batchnorm_lab::jobs::{JobRun, Measure};
use batchnorm_lab::network::{Mode, Network, Scratch};

const ROWS: usize = 40;

fn trained(link: &str, steps: u64) -> JobRun {
    job_runs::trained(job(link, 1, steps, Measure::default()), 1000)
}

fn output(network: &Network, run: &JobRun, mode: Mode<'_>) -> Vec<f32> {
    let x = run.dataset().train.points(0..ROWS).x;
    let mut scratch = Scratch::default();
    let output = network.infer(x, ROWS, mode, &mut scratch);
    output.expect("rows enough").values().to_vec()
}

#[track_caller]
fn close(what: &str, got: &[f32], want: &[f32], tolerance: f32) {
    let largest = want.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
    for (got, want) in got.iter().zip(want) {
        let off = (got - want).abs();
        assert!(off <= tolerance * largest, "{what}: {got}, not {want}");
    }
}

#[test]
fn a_folded_network_gives_at_inference_what_it_gave() {
    for link in [
        "data=spiral&layers=8-8&act=relu",
        "layers=6-6&affine=off&eps=0.1",
        "layers=6-6&b=sync&convention=keras&momentum=0.9",
        "data=digits&samples=300&layers=c4-p-c6s2-g-8&act=relu&batch=16",
    ] {
        let run = trained(link, 30);
        let settings = &run.job().settings;
        let folded = fold_network(run.network(), run.hidden(), settings, FULL).expect("folds");
        let want = output(run.network(), &run, Mode::Running);
        close(link, &output(&folded, &run, Mode::Running), &want, 1e-5);
        // It has lost what it needs no more, and no longer asks for statistics.
        assert!(
            folded.buffers().is_empty()
                && folded
                    .views()
                    .iter()
                    .all(|(name, _)| !name.contains("norm"))
        );
    }
}

#[test]
fn what_has_no_layer_before_it_is_not_folded() {
    let run = trained("data=sequences&layers=r6&batch=16", 2);
    let error = fold_network(run.network(), run.hidden(), &run.job().settings, FULL);
    assert_eq!(error.expect_err("a recurrence").code(), "shape");
}

#[test]
fn an_undone_network_gives_what_it_would_without_normalisation() {
    for link in ["data=spiral&layers=8-8-8&act=relu", "layers=6-6&eps=0.01"] {
        let run = trained(link, 30);
        let mut network = run.network().clone();
        let x = run.dataset().train.points(0..ROWS).x;
        undo_norms(
            &mut network,
            run.hidden(),
            run.job().settings.epsilon,
            x,
            ROWS,
        )
        .expect("rows");
        let plain_link = format!("{link}&b=none");
        let mut plain = trained(&plain_link, 1).network().clone();
        for (name, place) in plain.views().to_vec() {
            plain.parameters_mut()[place].copy_from_slice(network.parameter(&name));
        }
        let want = output(&plain, &run, Mode::Batch);
        close(link, &output(&network, &run, Mode::Batch), &want, 1e-4);
        // Elsewhere it still normalises: other rows have other moments.
        let own = output(run.network(), &run, Mode::Batch);
        assert_ne!(output(&network, &run, Mode::Batch), own);
    }
}

#[test]
fn scaled_weights_leave_the_output_and_their_norm_is_told() {
    let run = trained("data=spiral&layers=8-8&act=relu&eps=1e-12", 30);
    let norm = weight_norm(run.network(), run.hidden());
    for factor in [10.0, 0.25] {
        let mut network = run.network().clone();
        scale_weights(&mut network, run.hidden(), factor);
        let want = output(run.network(), &run, Mode::Batch);
        close("scaled", &output(&network, &run, Mode::Batch), &want, 1e-4);
        let scaled = weight_norm(&network, run.hidden());
        assert!(
            (scaled / norm - factor).abs() < 1e-5 * factor,
            "{scaled}, {norm}"
        );
        let slower = effective_rate(0.1, norm) / effective_rate(0.1, scaled);
        assert!((slower / (factor * factor) - 1.0).abs() < 1e-4, "{slower}");
    }
    let output_weights = run.network().parameter("output.weight");
    let mut scaled = run.network().clone();
    scale_weights(&mut scaled, run.hidden(), 3.0);
    assert_eq!(
        scaled.parameter("output.weight"),
        output_weights,
        "no normalisation follows"
    );
}

#[test]
fn a_domain_shifts_in_a_run_as_if_it_had_been_so() {
    // From step 10 on the points are those of the shifted domain, and back again from step 20.
    let run = trained("layers=6-6&changes=10:shift=1,20:shift=0", 20);
    let straight = trained("layers=6-6&shift=1", 20);
    assert_eq!(run.dataset().train, straight.dataset().train);
    let back = trained("layers=6-6&changes=10:shift=1,20:shift=0", 21);
    let plain = trained("layers=6-6", 21);
    assert_eq!(back.dataset().train, plain.dataset().train);
    for (moved, drawn) in straight
        .dataset()
        .train
        .x
        .iter()
        .zip(&plain.dataset().train.x)
    {
        assert!((moved - (drawn * 1.5 + 0.3)).abs() < 1e-6);
    }
}
