//! Where whole runs end: a bar of test accuracy for each, its name beside it, and a mark where it stood before settings
//! changed.

use super::run_curves::style;
use crate::charts::frame::axis::Axis;
use crate::charts::frame::plot::{LABEL_SIZE, NamePlace, Plot, TICK_SIZE, draw_x_ticks};
use crate::charts::paint::painter::{Painter, Point};
use crate::charts::paint::surface::{Align, Baseline};
use crate::charts::paint::text_metrics::{fit, text_width};
use crate::charts::{Chart, Hover};
use crate::compared::{Compared, Comparison, Progress};
use crate::format;
use crate::small_sort::Bound;

/// The runs as far as they are trained.
#[derive(Clone, Copy, Debug)]
pub struct RunBars<'a> {
    /// What came of them; nothing before they are begun.
    pub of: Option<&'a Compared>,
    /// What they are.
    pub row: &'a Comparison,
    /// Names of the runs.
    pub names: &'a [&'a str],
    /// The heading above each; empty where there is none.
    pub groups: &'a [&'a str],
    /// Name of the level axis.
    pub x_name: &'a str,
    /// What the mark of an earlier accuracy means.
    pub before: &'a str,
    /// The run that is read.
    pub selected: Option<usize>,
}

/// Where things lie.
struct Layout {
    plot: Plot,
    x: Axis,
    /// Top of each bar's row, and of its group's heading.
    rows: Vec<(f64, Option<f64>)>,
    /// Height of a row.
    height: f64,
}

impl Chart for RunBars<'_> {
    fn draw(&self, painter: &mut Painter) {
        let Layout {
            plot,
            x,
            rows,
            height,
        } = self.layout(painter.size(), painter.scale);
        painter.clear();
        let theme = *painter.theme;
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            painter.rule_down(x.px(share), plot.top, plot.bottom, 1.0, theme.grid);
        }
        for (place, (top, heading)) in rows.iter().enumerate() {
            if let Some(heading) = heading {
                let at = (painter.px(2.0), heading + height / 2.0);
                let text = fit(self.groups[place], painter.px(LABEL_SIZE), painter.width);
                let (start, middle) = (Align::Start, Baseline::Middle);
                painter.text(&text, at, LABEL_SIZE, theme.text, start, middle);
            }
            self.draw_bar(painter, &plot, &x, place, *top, height);
        }
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0];
        let ticks: Vec<(f64, String)> = ticks.iter().map(|share| (*share, whole(*share))).collect();
        draw_x_ticks(painter, &plot, &x, &ticks, self.x_name, NamePlace::Below);
        self.draw_key(painter, &plot);
    }

    /// The bar whose row a point lies in.
    fn locate(&self, size: Point, point: Point) -> Option<Hover> {
        let Layout { rows, height, .. } = self.layout(size, 1.0);
        let is_at = |top: &f64| (*top..*top + height).contains(&point.1);
        let place = rows.iter().position(|(top, _)| is_at(top))?;
        Some(Hover::Cell { place })
    }
}

impl RunBars<'_> {
    fn layout(&self, size: Point, scale: f64) -> Layout {
        let width = size.0 / scale;
        let widest = self.names.iter().fold(0.0, |most: f64, name| {
            most.max(text_width(name, LABEL_SIZE))
        });
        let left = (widest + 10.0).bound(30.0, (width * 0.42).max(30.0));
        let has_mark = self.has_mark();
        let top = if has_mark { 20.0 } else { 4.0 };
        let bottom = NamePlace::Below.margin();
        let plot = Plot::within(size, scale, [top, 66.0_f64.min(width * 0.25), bottom, left]);
        let x = Axis::linear(0.0, 1.0, plot.left, plot.right);
        let headings = self.groups.iter().filter(|group| !group.is_empty()).count();
        let count = (self.row.variants.len() + headings).max(1) as f64;
        let height = (plot.height() / count).min(44.0 * scale);
        let mut top = plot.top;
        let mut rows = Vec::new();
        for place in 0..self.row.variants.len() {
            let mut heading = None;
            if self
                .groups
                .get(place)
                .is_some_and(|group| !group.is_empty())
            {
                heading = Some(top);
                top += height;
            }
            rows.push((top, heading));
            top += height;
        }
        Layout {
            plot,
            x,
            rows,
            height,
        }
    }

    fn has_mark(&self) -> bool {
        let places = 0..self.row.variants.len();
        let mut marks = places.filter_map(|place| self.of?.before(place));
        marks.next().is_some()
    }

    fn draw_bar(
        &self,
        painter: &mut Painter,
        plot: &Plot,
        x: &Axis,
        place: usize,
        top: f64,
        height: f64,
    ) {
        let theme = *painter.theme;
        let middle = top + height / 2.0;
        let half = (height * 0.32).min(painter.px(12.0));
        let room = plot.left - painter.px(6.0);
        let name = self.names.get(place).copied().unwrap_or_default();
        let name = fit(name, painter.px(LABEL_SIZE), room);
        let is_read = self.selected == Some(place);
        let color = if is_read { theme.text } else { theme.muted };
        let at = (plot.left - painter.px(6.0), middle);
        painter.text(&name, at, LABEL_SIZE, color, Align::End, Baseline::Middle);
        let said = self.said(place);
        let score = self.of.and_then(|of| of.score(place));
        let mut end = plot.left;
        if let Some(score) = score {
            let (color, _) = style(&theme, self.row.variants[place].line);
            end = x.px(f64::from(score));
            painter.rectangle((plot.left, middle - half), (end, middle + half), color);
        }
        if let Some(before) = self.of.and_then(|of| of.before(place)) {
            let at = x.px(f64::from(before).bound(0.0, 1.0));
            painter.rule_down(at, middle - half, middle + half, 2.0, theme.text);
            end = end.max(at);
        }
        let (color, start) = (theme.text, Align::Start);
        let at = (end + painter.px(6.0), middle);
        let said = fit(&said, painter.px(TICK_SIZE), painter.width - at.0);
        painter.text(&said, at, TICK_SIZE, color, start, Baseline::Middle);
    }

    /// What stands at the end of a bar.
    fn said(&self, place: usize) -> String {
        let Some(of) = self.of else {
            return String::new();
        };
        match &of.runs[place] {
            Progress::Waiting => "…".into(),
            Progress::At(step) => {
                let share = *step as f64 / self.row.steps.max(1) as f64;
                ["… ", &whole(share)].concat()
            }
            Progress::Done(_) => of.score(place).map_or("×".into(), format::percent),
        }
    }

    /// What the mark means, above the bars.
    fn draw_key(&self, painter: &mut Painter, plot: &Plot) {
        if !self.has_mark() {
            return;
        }
        let (color, middle) = (painter.theme.text, plot.top - painter.px(11.0));
        let half = painter.px(6.0);
        painter.rule_down(plot.left, middle - half, middle + half, 2.0, color);
        let at = (plot.left + painter.px(6.0), middle);
        let text = fit(self.before, painter.px(TICK_SIZE), painter.width - at.0);
        let (start, baseline) = (Align::Start, Baseline::Middle);
        painter.text(&text, at, TICK_SIZE, color, start, baseline);
    }
}

/// A share in whole percent.
fn whole(share: f64) -> String {
    [&*format::count((share * 100.0).round() as u64), "\u{202f}%"].concat()
}

#[cfg(test)]
mod tests {
    use super::super::run_curves::tests::runs;
    use super::*;
    use crate::charts::support::{check, texts};
    use crate::compared::comparison;

    fn show(of: Option<&Compared>, see: &mut dyn FnMut(&RunBars)) {
        see(&RunBars {
            of,
            row: comparison("dropout"),
            names: &["neither", "dropout", "BatchNorm", "both"],
            groups: &["batch of 4", "", "batch of 32", ""],
            x_name: "test accuracy",
            before: "before the change",
            selected: Some(1),
        });
    }

    #[test]
    fn any_bars_are_drawn_within() {
        let words = ["neither", "both", "batch of 4", "test accuracy", "…"];
        check(60, &words, |case, draw| {
            let of = (case.points.len() > 30).then(|| {
                let of: Vec<f32> = case.points.iter().map(|of| of.abs().min(1.0)).collect();
                runs("dropout", &of)
            });
            show(of.as_ref(), &mut |of| draw(of));
        });
    }

    #[test]
    fn a_bar_is_found_in_its_row_and_says_its_accuracy() {
        let of = runs("dropout", &[0.25, 0.5, 0.75]);
        show(Some(&of), &mut |chart| {
            let layout = chart.layout((360.0, 240.0), 1.0);
            for (place, (top, _)) in layout.rows.iter().enumerate() {
                let at = (200.0, top + layout.height / 2.0);
                let found = chart.locate((360.0, 240.0), at);
                assert_eq!(found, Some(Hover::Cell { place }));
            }
            let texts = texts(chart, (360, 240));
            let wanted = format::percent(of.score(0).expect("a score"));
            assert!(texts.contains(&wanted), "{wanted} in {texts:?}");
        });
    }
}
