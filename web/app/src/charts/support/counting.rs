//! A plotters backend that only counts what is drawn, and says what of it lies outside.

use batchnorm_lab::protocol::BINS;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

/// Counts marks and remembers texts.
#[derive(Default)]
pub(in crate::charts) struct Counting {
    pub(super) size: (u32, u32),
    pub(in crate::charts) marks: usize,
    pub(in crate::charts) texts: Vec<String>,
    /// Sizes of the texts.
    pub(super) sizes: Vec<f64>,
    /// What lay outside.
    pub(super) outside: Vec<String>,
}

impl Counting {
    fn count(&mut self, what: &str, points: &[BackendCoord], margin: i32) {
        self.marks += 1;
        let (w, h) = (self.size.0 as i32, self.size.1 as i32);
        for (x, y) in points {
            let inside = (margin..=w - margin).contains(x) && (margin..=h - margin).contains(y);
            // Anti-aliasing of half a pixel at the very edge is not seen.
            if !inside {
                self.outside.push(format!("{what} {points:?} in {w}x{h}"));
            }
        }
    }
}

type Outcome = Result<(), DrawingErrorKind<std::io::Error>>;

impl DrawingBackend for Counting {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, _: BackendColor) -> Outcome {
        panic!("a chart drew a single pixel at {point:?}");
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        _: &S,
        fill: bool,
    ) -> Outcome {
        assert!(fill && from.0 <= to.0 && from.1 <= to.1);
        self.count("rectangle", &[from, to], 0);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        assert!(path.len() >= 2 && path.len() <= 2000);
        self.count("path", &path, style.stroke_width() as i32 / 2);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        _: &S,
    ) -> Outcome {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        assert!(path.len() >= 3 && path.len() <= 2 * BINS + 4);
        self.count("polygon", &path, 0);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        _: &S,
        _: bool,
    ) -> Outcome {
        self.count("circle", &[center], radius as i32);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Outcome {
        // An estimate of its own: Helvetica's mean letter, a whole em for Chinese.
        let ems: f64 = text
            .chars()
            .map(|c| if c < '\u{2e80}' { 0.46 } else { 1.0 })
            .sum();
        let (w, h) = ((ems * style.size()) as i32, style.size() as i32);
        let left = match style.anchor().h_pos {
            HPos::Left => x,
            HPos::Center => x - w / 2,
            HPos::Right => x - w,
        };
        let top = match style.anchor().v_pos {
            VPos::Top => y,
            VPos::Center => y - h / 2,
            VPos::Bottom => y - h,
        };
        let right = left
            + if text.chars().count() < 4 {
                w * 3 / 4
            } else {
                w
            };
        self.count(text, &[(left, top), (right, top + h)], 0);
        self.texts.push(text.to_owned());
        self.sizes.push(style.size());
        Ok(())
    }
}
