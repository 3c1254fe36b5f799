//! The same trained here, one device after the other. In no page.

use batchnorm_lab::devices::{Device, LayerStatistics, Sharing, Stage, step_together};
use batchnorm_lab::error::Error;
use batchnorm_lab::settings::Settings;

use super::{Compared, Comparison, DeviceOptions, LOOKS, LayerMoments, OneDevice, WAYS};

/// All ways, trained to their end.
///
/// # Panics
/// If the settings describe no network, or a way other than that of each its own cannot be trained.
pub fn compare(settings: &Settings, options: DeviceOptions, digits: &[u8]) -> Comparison {
    let shards = options.shards(settings.batch_size());
    let mut all = Comparison::new(shards.clone());
    for (place, word) in WAYS.iter().enumerate() {
        let sharing = Sharing::named(word).expect("a way to share");
        match train(settings, sharing, &shards, digits, place, &mut all) {
            Ok(()) => {}
            Err(_) if sharing == Sharing::Local => {
                all.ways[place].is_refused = true;
            }
            Err(error) => panic!("{word}: {error}"),
        }
    }
    all
}

fn train(
    settings: &Settings,
    sharing: Sharing,
    shards: &[usize],
    digits: &[u8],
    place: usize,
    all: &mut Comparison,
) -> Result<(), Error> {
    let alone = match sharing {
        Sharing::Group => Sharing::Group,
        _ => Sharing::Local,
    };
    let make = |sharing, count| -> Result<Vec<Device>, Error> {
        let made = (0..count).map(|_| Device::new(settings, sharing, digits));
        made.collect()
    };
    let (mut own, mut whole) = (make(sharing, shards.len())?, make(alone, 1)?);
    let total: usize = shards.iter().sum();
    for step in 1..=LOOKS[LOOKS.len() - 1] {
        let mut bytes = [0; 3];
        step_together(&mut whole, &[total], |_, _| {})?;
        step_together(&mut own, shards, |stage, sent| {
            let of = match stage {
                Stage::Moments(_) => 0,
                Stage::Sums(_) => 1,
                Stage::Gradients | Stage::Idle => 2,
            };
            bytes[of] += sent as u64;
        })?;
        if LOOKS.contains(&step) {
            all.take(
                place,
                Compared {
                    step: u64::from(step),
                    parameters: [own[0].parameters(), whole[0].parameters()],
                    devices: own.iter().zip(shards).map(one).collect(),
                    whole: moments(&whole[0].statistics()),
                    bytes: bytes.map(|of| of / shards.len() as u64),
                },
            );
        }
    }
    Ok(())
}

fn one((device, rows): (&Device, &usize)) -> OneDevice {
    OneDevice {
        rows: *rows,
        layers: moments(&device.statistics()),
    }
}

fn moments(of: &[LayerStatistics]) -> Vec<LayerMoments> {
    let of = of
        .iter()
        .map(|LayerStatistics { mean, variance }| LayerMoments {
            mean: mean.clone(),
            variance: variance.clone(),
        });
    of.collect()
}
