//! Mean and standard deviation of a distribution, marked under its base line.

use super::axis::Axis;
use crate::charts::paint::painter::Painter;
use crate::charts::paint::theme::Rgb;

/// A triangle at the mean and a bar of one deviation to each side, under the line at height `base`, device pixels.
pub(crate) fn draw_moments_mark(
    painter: &mut Painter,
    x: &Axis,
    base: f64,
    (mean, std): (f32, f32),
    color: Rgb,
) {
    let (mean, std) = (f64::from(mean), f64::from(std));
    if !mean.is_finite() {
        return;
    }
    let y = base + painter.px(6.0);
    if std.is_finite() {
        let (from, to) = (x.px(mean - std), x.px(mean + std));
        painter.rule_across(y, from, to, 1.5, color);
        for end in [from, to] {
            painter.rule_down(end, y - painter.px(2.5), y + painter.px(2.5), 1.0, color);
        }
    }
    let (at, half) = (x.px(mean), painter.px(3.5));
    let tip = base + painter.px(1.0);
    painter.polygon(
        &[(at, tip), (at + half, y + half), (at - half, y + half)],
        color,
    );
}
