//! Several devices in one place: carries what each sends to all. For tests, claims and pictures, which have no workers.

use super::{Device, Stage};
use crate::error::Error;

/// Makes one step of all devices, of which number r has `shards[r]` rows; `sent` hears of every message its stage and bytes.
///
/// # Errors
/// As of `Device::begin`: then nothing has changed.
///
/// # Panics
/// If there is no device, or a step is under way.
pub fn step_together(
    devices: &mut [Device],
    shards: &[usize],
    mut sent: impl FnMut(Stage, usize),
) -> Result<(), Error> {
    for (place, device) in devices.iter_mut().enumerate() {
        device.begin(place, shards)?;
    }
    while devices[0].stage() != Stage::Idle {
        let mut all = Vec::new();
        for device in devices.iter() {
            sent(device.stage(), size_of_val(device.message()));
            all.extend_from_slice(device.message());
        }
        for device in devices.iter_mut() {
            device.hear(&all);
        }
    }
    Ok(())
}

/// The largest difference of two lists of numbers, relative where those of the second are above 1; NaN where one is.
///
/// # Panics
/// If they are of different lengths.
pub fn deviation(own: &[f32], whole: &[f32]) -> f32 {
    assert_eq!(own.len(), whole.len(), "numbers of another network");
    let off = |(own, whole): (&f32, &f32)| (own - whole).abs() / whole.abs().max(1.0);
    let all = own.iter().zip(whole).map(off);
    // One that is no number is no less, and stays.
    all.fold(0.0, |most, off| match most.is_nan() || off <= most {
        true => most,
        false => off,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_is_the_largest_and_relative_above_one() {
        assert_eq!(deviation(&[], &[]), 0.0);
        assert_eq!(deviation(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
        assert_eq!(deviation(&[0.5, 2.0], &[0.25, 2.0]), 0.25);
        assert_eq!(deviation(&[0.0, 110.0], &[0.0, 100.0]), 0.1);
        for bad in [[f32::NAN, 9.0], [9.0, f32::NAN], [f32::INFINITY, f32::NAN]] {
            assert!(deviation(&bad, &[1.0, 1.0]).is_nan(), "{bad:?}");
        }
        assert_eq!(deviation(&[f32::INFINITY, 0.0], &[1.0, 1.0]), f32::INFINITY);
    }
}
