//! Fifty layers: as a link, trained, recorded, sent and taken up elsewhere; one more is refused.

use crate::reader::{change, checkpoint, frame_of, open, open_with_digits, resume, settle, step};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, Measure, Until};
use batchnorm_lab::protocol::Event;
use batchnorm_lab::settings::choice::Norm;
use batchnorm_lab::settings::{MAX_LAYERS, Settings};
use batchnorm_lab::trainer::Trainer;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn layers(block: &str, count: usize) -> String {
    vec![block; count].join("-")
}

#[wasm_bindgen_test(unsupported = test)]
fn as_many_layers_as_are_allowed_are_a_link_and_one_more_is_refused() {
    for (blocks, selected, refused) in [
        (1, 0, ""),
        (20, 19, ""),
        (MAX_LAYERS, MAX_LAYERS - 1, ""),
        (MAX_LAYERS + 1, 0, "layers"),
        (500, 0, "layers"),
        (MAX_LAYERS, MAX_LAYERS, "layer"),
    ] {
        let mut link = format!("layers={}", layers("8", blocks));
        if selected > 0 {
            link.push_str(&format!("&layer={selected}"));
        }
        let (settings, errors) = Settings::from_text(&link);
        let field = errors.first().map_or("", |error| error.field());
        assert_eq!(
            field, refused,
            "{blocks} blocks, layer {selected}: {errors:?}"
        );
        match errors.first() {
            None => assert_eq!(settings.to_text(), link),
            Some(error) => {
                let most = match field {
                    "layers" => format!("1..{MAX_LAYERS} ("),
                    _ => format!("0..{}", MAX_LAYERS - 1),
                };
                assert!(error.to_string().contains(&most), "{error}");
            }
        }
    }
}

/// What was recorded comes in messages that can be read again, and none is larger than one point or a few.
fn send(trainer: &mut Trainer, units: usize) -> usize {
    let mut points = 0;
    while let Some(event) = trainer.recorded() {
        let bytes = event.to_bytes();
        let most = 800_000.max(40 * units + 200_000);
        assert!(
            bytes.len() < most,
            "{} bytes for {units} units",
            bytes.len()
        );
        let Ok(Event::Recorded(some)) = Event::from_bytes(&bytes) else {
            panic!("what was recorded")
        };
        points += some.len();
    }
    points
}

#[wasm_bindgen_test(unsupported = test)]
fn fifty_layers_train_are_recorded_and_taken_up_elsewhere() {
    for (link, block, steps) in [
        ("act=relu&init=he-normal&lr=0.01&batch=16", "4", 200),
        ("act=relu&init=he-normal&lr=0.01&batch=4", "128", 3),
        (
            "data=digits&samples=60&batch=4&act=relu&init=he-normal&lr=0.01",
            "c2",
            6,
        ),
        (
            "data=sequences&samples=60&batch=4&a=layer&b=rms&lr=0.01",
            "4",
            6,
        ),
    ] {
        let link = format!("{link}&layers={}", layers(block, MAX_LAYERS));
        let mut trainer = open_with_digits(&link);
        let frame = step(&mut trainer, steps);
        let sides = &frame.sides;
        assert_eq!(sides.len(), 2, "{link}");
        for side in sides {
            assert_eq!((side.layers.len(), side.diverged_at), (MAX_LAYERS, None));
        }
        let units: usize = sides
            .iter()
            .flat_map(|side| &side.layers)
            .map(|layer| layer.batch_mean.len())
            .sum();
        let sent = Event::Frame(Box::new(frame.clone()));
        assert_eq!(Event::from_bytes(&sent.to_bytes()), Ok(sent), "{link}");
        assert!(send(&mut trainer, units) > 2);
        // Half of the way, then in another worker.
        let mut first = open_with_digits(&link);
        step(&mut first, steps / 2);
        let event = Event::Checkpoint(Box::new(checkpoint(&first)));
        let Ok(Event::Checkpoint(taken)) = Event::from_bytes(&event.to_bytes()) else {
            panic!("a checkpoint")
        };
        let mut second = resume(&link, Some(taken));
        settle(&mut second);
        step(&mut second, steps - steps / 2);
        assert_eq!(frame_of(&mut second).sides, frame.sides, "{link}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_batch_for_which_there_is_no_room_is_refused_with_the_largest_that_there_is_and_that_is_offered()
 {
    for (link, block, most) in [
        (
            "data=digits&samples=1797&split=90&batch=1617",
            "c64",
            Some(488),
        ),
        (
            "data=digits&samples=1797&split=90&batch=489",
            "c64",
            Some(488),
        ),
        ("data=digits&samples=1797&split=90&batch=488", "c64", None),
        // The widest dense pair on the most points.
        ("samples=4000&split=90&batch=4000&a=rms", "128", None),
        (
            "data=sequences&samples=4000&split=90&batch=4000",
            "128",
            Some(1302),
        ),
    ] {
        let (settings, errors) =
            Settings::from_text(&format!("{link}&layers={}", layers(block, MAX_LAYERS)));
        assert_eq!(errors, [], "{link}");
        let error = (FULL.network)(Norm::Batch, &settings).err();
        let Some(most) = most else {
            assert_eq!(error, None, "{link}");
            continue;
        };
        assert_eq!(settings.largest_batch(), most, "{link}");
        let error = error.expect(link);
        let told = error.to_string();
        assert_eq!(error.field(), "batch", "{told}");
        assert!(told.ends_with(&format!("is not in 1..{most}")), "{told}");
        let near = settings.nearest_buildable();
        assert_eq!(u64::from(near.batch), most);
        assert!((FULL.network)(Norm::Batch, &near).is_ok(), "{link}");
    }
    let later = "data=digits&samples=1797&split=90&batch=8&changes=5:batch=1617";
    let (settings, _) =
        Settings::from_text(&format!("{later}&layers={}", layers("c64", MAX_LAYERS)));
    let job = Job {
        settings,
        side: 1,
        steps: 9,
        until: Until::Diverged,
        curve_points: 1,
        measure: Measure::default(),
    };
    assert_eq!(
        job.check(FULL).err().map(|error| error.field().to_owned()),
        Some("batch".into())
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_batch_moved_to_a_size_for_which_there_is_no_room_is_refused_and_the_run_is_kept() {
    let link = format!(
        "data=sequences&samples=4000&split=90&batch=8&layers={}",
        layers("128", MAX_LAYERS)
    );
    let mut trainer = open(&link);
    step(&mut trainer, 1);
    let learned = checkpoint(&trainer).sides;
    // Whoever moves on to a larger size yet is refused too, and nothing is looked at of such a batch.
    for batch in [1303, 3600] {
        change(&mut trainer, &format!("batch={batch}"));
        for frame in [frame_of(&mut trainer), step(&mut trainer, 3)] {
            assert_eq!(frame.step, 1, "{batch}");
        }
        for side in frame_of(&mut trainer).sides {
            let refused = side.refused.expect("a reason").message;
            assert!(refused.contains(&batch.to_string()), "{refused}");
            assert!(refused.ends_with("is not in 1..1302"), "{refused}");
        }
        assert_eq!(checkpoint(&trainer).sides, learned, "{batch}");
    }
    change(&mut trainer, "batch=8");
    let frame = step(&mut trainer, 1);
    assert_eq!(frame.step, 2);
    assert!(frame.sides.iter().all(|side| side.refused.is_none()));
    let mut other = open(&link);
    step(&mut other, 2);
    assert_eq!(checkpoint(&trainer).sides, checkpoint(&other).sides);
}
