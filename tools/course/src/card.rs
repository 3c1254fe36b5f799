//! The picture that stands for a lesson where its address is shared: the charts of its still picture as PNG, which is what such
//! places read. Without letters: none of their fonts is in the repository, and the title stands beside the picture.

use anyhow::{Context, Result};
use resvg::tiny_skia::{Color, Paint, Pixmap, Rect, Transform};
use resvg::usvg::{Options, Tree};

/// What such places ask for, pixels.
pub(crate) const SIZE: (u32, u32) = (1200, 630);

/// Where the panels of a wide still picture stand: below the title and its sentence, above what the run came to.
const STAGE: (f32, f32) = (80.0, 372.0);

/// The picture.
///
/// # Errors
/// The still picture is no SVG, or names a colour that it does not have.
pub(crate) fn card(still: &str) -> Result<Vec<u8>> {
    let tree = Tree::from_str(&in_light(still)?, &Options::default())?;
    let (width, height) = (SIZE.0 as f32, SIZE.1 as f32);
    let scale = width / tree.size().width();
    let margin = (height - (STAGE.1 - STAGE.0) * scale) / 2.0;
    let mut picture = Pixmap::new(SIZE.0, SIZE.1).context("no room for a picture")?;
    picture.fill(Color::WHITE);
    let place = Transform::from_row(scale, 0.0, 0.0, scale, 0.0, margin - STAGE.0 * scale);
    resvg::render(&tree, place, &mut picture.as_mut());
    let mut blank = Paint::default();
    blank.set_color(Color::WHITE);
    for top in [0.0, height - margin] {
        let strip = Rect::from_xywh(0.0, top, width, margin).context("no margin")?;
        picture.fill_rect(strip, &blank, Transform::identity(), None);
    }
    Ok(picture.encode_png()?)
}

/// The picture with the colours of a light page written out: variables and both schemes are read by browsers alone.
fn in_light(still: &str) -> Result<String> {
    let (head, rest) = still.split_once("<style>").context("no style")?;
    let (style, body) = rest.split_once("</style>").context("no style")?;
    let (root, rules) = style.split_once(".s-").context("no rules")?;
    let rules = rules.split("@media").next().unwrap_or_default();
    let mut rules = format!(".s-{rules}");
    for declared in root.split(['{', ';']) {
        let Some((name, value)) = declared.split_once(":var(--bn-color-") else {
            continue;
        };
        let light = value
            .split_once("light-dark(")
            .context("no light colour")?
            .1;
        let light = light.split(',').next().unwrap_or_default();
        rules = rules.replace(&format!("var({name})"), light);
    }
    Ok(format!("{head}<style>{}</style>{body}", mixed(&rules)?))
}

/// Each mixture of two colours as the colour that it is.
fn mixed(rules: &str) -> Result<String> {
    let mut parts = rules.split("color-mix(in srgb,");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let read = || {
            let (mixture, rest) = part.split_once(')')?;
            let (one, other) = mixture.split_once(',')?;
            let (one, share) = one.strip_suffix('%')?.split_once(' ')?;
            let share = share.parse::<f32>().ok()? / 100.0;
            let (one, other) = (channels(one)?, channels(other)?);
            let [r, g, b] = [0, 1, 2].map(|at| {
                let mixed = f32::from(one[at]) * share + f32::from(other[at]) * (1.0 - share);
                mixed.round() as u8
            });
            Some(format!("#{r:02x}{g:02x}{b:02x}{rest}"))
        };
        text += &read().with_context(|| format!("no mixture: {part}"))?;
    }
    Ok(text)
}

/// Red, green and blue of `#rgb` or `#rrggbb`.
fn channels(color: &str) -> Option<[u8; 3]> {
    let digits = color.strip_prefix('#')?;
    let each = digits.len() / 3;
    let channel = |at: usize| {
        let part = digits.get(at * each..(at + 1) * each)?;
        u8::from_str_radix(&part.repeat(3 - each), 16).ok()
    };
    Some([channel(0)?, channel(1)?, channel(2)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"s\" width=\"720\" height=\"460\" viewBox=\"0 0 720 460\"><style>:root{color-scheme:light dark}.s{--s0:var(--bn-color-text,light-dark(#f00,#0f0));--s1:var(--bn-color-background,light-dark(#fff,#000));stroke-linejoin:round}.s-0{fill:color-mix(in srgb,var(--s0) 40%,var(--s1))}\n@media print{.s{color-scheme:light}}</style><path class=\"s-0\" d=\"m0 0h360v460h-360z\"/></svg>";

    #[test]
    fn a_card_has_the_panels_in_the_colours_of_a_light_page() {
        let picture = Pixmap::decode_png(&card(STILL).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), SIZE);
        let at = |x, y| {
            let pixel = picture.pixel(x, y).unwrap();
            [pixel.red(), pixel.green(), pixel.blue()]
        };
        assert_eq!(at(300, 315), [255, 153, 153]);
        assert_eq!(at(900, 315), [255; 3]);
        // Beyond the panels nothing is shown.
        assert_eq!((at(300, 10), at(300, 620)), ([255; 3], [255; 3]));
    }
}
