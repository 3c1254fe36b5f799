//! The still pictures of the lessons: `stills/` of the site, written by `web/app/examples/stills.rs` when it is built.
//!
//! For each lesson of `src/lessons` and each language (`en`, `zh-Hans`) there are
//! - `stills/<lesson>.<lang>.svg`, 720 × 460, for a figure of 560 px of width and more,
//! - `stills/<lesson>.<lang>.narrow.svg`, 360 × 680, for a narrower one,
//! - `stills/<lesson>.problem.<lang>.svg` and `….narrow.svg`, the state that the lesson's first step names, for its page,
//!
//! for `index.html` `stills/page.svg` and `stills/page.narrow.svg`: the first lesson's, in which a browser shows the words
//! of its reader's language (`<switch>`),
//!
//! and `stills/index.json`: lesson → language → `title`, `alt`, `caption`, and `problem`, what is seen
//! of the lesson's first state, for hosts and static pages.
//!
//! Each file is right in two ways:
//! - as a picture by itself (`<img>`, `background`): it has its style sheet in it and follows the reader's system, or
//!   the `color-scheme` of the page around;
//! - written into a shadow root, to follow the page's theme: under `style-src 'self'` a `<style>` element is refused, so
//!   cut it out and adopt its text. There is exactly one, without attributes:
//!   `const [head, css, tail] = text.split(/<\/?style>/)`, then parse `head + tail` and `sheet.replaceSync(css)`.
//!   Every selector begins with `.s` (the root's class `s`, then `s-0`, `s-1`, …), except `:root`, which a shadow root
//!   does not have. Colours are `--bn-color-…` of `web/styles/tokens.css` where these are set, else `light-dark()` by
//!   the `color-scheme` in force: of the host's page, or set on the element for a `theme` of its own.
//!
//! The round mark with a triangle stands 16 px from the left (narrow: 12), beside the caption; the button of the element
//! covers the picture. Nothing in a file is fetched from elsewhere, and no mark has a `style` attribute.

use anyhow::Result;

use crate::site::Site;
use crate::stage::{run, stage};

/// Trains the lessons' runs natively, in one program, and writes their pictures.
///
/// # Errors
/// The example does not compile or run.
pub fn build(site: &Site) -> Result<()> {
    stage("drawing the still pictures of the lessons", || {
        let folder = site.folder.join("stills");
        let example = ["--package", "batchnorm-lab-app", "--example", "stills"];
        let mut command = site.workspace.cargo(&["run", "--quiet"]);
        run(command.args(example).arg("--").arg(folder))
    })
}
