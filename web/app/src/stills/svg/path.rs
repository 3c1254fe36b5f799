//! Path data in as few letters as there are: relative, tenths of a pixel, points left out that nobody would miss.

/// A place in tenths of a pixel.
pub(super) type Place = (i32, i32);

/// Points of a path; `is_closed` joins the last with the first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subpath {
    pub points: Vec<Place>,
    pub is_closed: bool,
}

/// The points that matter (Ramer 1972, Douglas and Peucker 1973): no other is further than `tolerance` tenths from the
/// line through those that are left.
pub(super) fn simplified(points: &[Place], tolerance: f64) -> Vec<Place> {
    let Some(end) = points.len().checked_sub(1).filter(|end| *end >= 2) else {
        return points.to_vec();
    };
    let mut is_kept = vec![false; points.len()];
    (is_kept[0], is_kept[end]) = (true, true);
    let mut spans = vec![(0, end)];
    while let Some((from, to)) = spans.pop() {
        let distance = |index: &usize| reach(points[*index], points[from], points[to]);
        let between = from + 1..to;
        let Some(far) = between.max_by(|a, b| distance(a).total_cmp(&distance(b))) else {
            continue;
        };
        if distance(&far) > tolerance {
            is_kept[far] = true;
            spans.extend([(from, far), (far, to)]);
        }
    }
    let kept = points.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept);
    kept.map(|(point, _)| *point).collect()
}

/// Distance of a point from the line between two others; from their place where they are one.
fn reach(point: Place, from: Place, to: Place) -> f64 {
    let vector = |a: Place, b: Place| (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
    let ((x, y), (dx, dy)) = (vector(from, point), vector(from, to));
    let length = dx.hypot(dy);
    if length == 0.0 {
        return x.hypot(y);
    }
    let along = ((x * dx + y * dy) / length).clamp(0.0, length) / length;
    (x - dx * along).hypot(y - dy * along)
}

/// Path data of these subpaths, one after the other.
pub(super) fn data(subpaths: &[Subpath]) -> String {
    let mut writer = PathWriter::default();
    for subpath in subpaths {
        let Some(start) = subpath.points.first() else {
            continue;
        };
        // The first is absolute all the same, and lines after it are relative without being named.
        writer.go('m', *start);
        for point in &subpath.points[1..] {
            writer.go('l', *point);
        }
        if subpath.points.len() == 1 {
            // A line of no length: a dot, where its ends are round.
            writer.letter('h');
            writer.number(0);
        }
        if subpath.is_closed {
            writer.letter('z');
            writer.at = *start;
        }
    }
    writer.text
}

#[derive(Default)]
struct PathWriter {
    text: String,
    letter: char,
    at: Place,
    /// Whether the last number has a point: the next may begin with one.
    has_point: bool,
}

impl PathWriter {
    fn go(&mut self, letter: char, (x, y): Place) {
        let (dx, dy) = (x - self.at.0, y - self.at.1);
        self.at = (x, y);
        match (letter, dx, dy) {
            ('l', 0, 0) => {}
            ('l', dx, 0) => {
                self.letter('h');
                self.number(dx);
            }
            ('l', 0, dy) => {
                self.letter('v');
                self.number(dy);
            }
            _ => {
                self.letter(letter);
                self.number(dx);
                self.number(dy);
            }
        }
    }

    fn letter(&mut self, letter: char) {
        let is_understood = letter == self.letter || (letter, self.letter) == ('l', 'm');
        if !is_understood || "mz".contains(letter) {
            self.text.push(letter);
            self.has_point = true;
        }
        self.letter = letter;
    }

    /// A number of tenths.
    fn number(&mut self, tenths: i32) {
        let (whole, part) = (tenths.abs() / 10, tenths.abs() % 10);
        let begins_with_point = whole == 0 && part != 0;
        let is_first = self.text.ends_with(|last: char| last.is_alphabetic());
        if tenths < 0 {
            self.text.push('-');
        } else if !(is_first || (begins_with_point && self.has_point)) {
            self.text.push(' ');
        }
        if !begins_with_point {
            self.text += &whole.to_string();
        }
        if part != 0 {
            self.text += &format!(".{part}");
        }
        self.has_point = part != 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(subpaths: &[(&[Place], bool)]) -> String {
        let subpath = |(points, is_closed): &(&[Place], bool)| Subpath {
            points: points.to_vec(),
            is_closed: *is_closed,
        };
        data(&subpaths.iter().map(subpath).collect::<Vec<_>>())
    }

    #[test]
    fn data_are_short_and_say_where_to_go() {
        for (points, is_closed, want) in [
            (
                &[(10, 20), (30, 45), (30, 20)][..],
                false,
                "m1 2 2 2.5v-2.5",
            ),
            (&[(0, 0), (5, 5), (10, 11)], false, "m0 0 .5.5.5.6"),
            (&[(0, 0), (-5, 5)], false, "m0 0-.5.5"),
            (
                &[(100, 0), (200, 0), (200, 10), (100, 10)],
                true,
                "m10 0h10v1h-10z",
            ),
            (&[(15, 25)], false, "m1.5 2.5h0"),
        ] {
            assert_eq!(of(&[(points, is_closed)]), want);
        }
    }

    #[test]
    fn pieces_follow_each_other_from_where_the_last_began_or_ended() {
        let square: &[Place] = &[(0, 0), (10, 0), (10, 10)];
        assert_eq!(
            of(&[(square, true), (&[(20, 0)], false)]),
            "m0 0h1v1zm2 0h0"
        );
        assert_eq!(
            of(&[(square, false), (&[(20, 0)], false)]),
            "m0 0h1v1m1-1h0"
        );
    }

    #[test]
    fn only_points_on_the_way_are_left_out() {
        let way = [(0, 0), (10, 1), (20, 0), (30, 40), (40, 0)];
        assert_eq!(simplified(&way, 2.0), [(0, 0), (20, 0), (30, 40), (40, 0)]);
        assert_eq!(simplified(&way, 0.0), way);
        let ring = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)];
        assert_eq!(simplified(&ring, 1.0), ring);
    }
}
