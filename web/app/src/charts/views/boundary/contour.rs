//! Where a grid of values changes sign, as few long lines (marching squares). Draws nothing.

/// Lines of grid coordinates, x to the right, y down, one unit a cell.
pub(crate) type Contour = Vec<Vec<(f64, f64)>>;

/// The zero line of a `side`² grid stored row by row. Cells with a value that is not finite have none.
///
/// # Panics
/// If `values` is not `side`² long.
pub(crate) fn zero_line(values: &[f32], side: usize) -> Contour {
    assert_eq!(values.len(), side * side, "a grid is square");
    let mut links = Links {
        next: vec![[NONE; 2]; 2 * side * side],
    };
    let at = |x: usize, y: usize| f64::from(values[y * side + x]);
    for y in 0..side.saturating_sub(1) {
        for x in 0..side - 1 {
            let corners = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)];
            if corners.iter().all(|v| v.is_finite()) {
                // Edges by the corner they start from: top, right, bottom, left.
                let edges = [
                    2 * (y * side + x),
                    2 * (y * side + x + 1) + 1,
                    2 * ((y + 1) * side + x),
                    2 * (y * side + x) + 1,
                ];
                links.cell(&corners, &edges);
            }
        }
    }
    let place = |edge: usize| {
        let (x, y) = ((edge / 2) % side, edge / 2 / side);
        let (dx, dy) = if edge.is_multiple_of(2) {
            (1, 0)
        } else {
            (0, 1)
        };
        let (a, b) = (at(x, y), at(x + dx, y + dy));
        let share = a / (a - b);
        (x as f64 + share * dx as f64, y as f64 + share * dy as f64)
    };
    links.walk(place)
}

const NONE: usize = usize::MAX;

/// Which crossed edges follow each other: at most two neighbours each.
struct Links {
    next: Vec<[usize; 2]>,
}

impl Links {
    fn cell(&mut self, corners: &[f64; 4], edges: &[usize; 4]) {
        let positive = corners.map(|v| v > 0.0);
        let crossed: Vec<usize> = (0..4)
            .filter(|i| positive[*i] != positive[(i + 1) % 4])
            .collect();
        match crossed[..] {
            [a, b] => self.join(edges[a], edges[b]),
            // A saddle: the mean decides which corners belong together.
            [0, 1, 2, 3] => {
                let center = corners.iter().sum::<f64>() > 0.0;
                if center == positive[0] {
                    self.join(edges[0], edges[1]);
                    self.join(edges[2], edges[3]);
                } else {
                    self.join(edges[0], edges[3]);
                    self.join(edges[1], edges[2]);
                }
            }
            _ => {}
        }
    }

    fn join(&mut self, a: usize, b: usize) {
        for (from, to) in [(a, b), (b, a)] {
            let slots = &mut self.next[from];
            slots[usize::from(slots[0] != NONE)] = to;
        }
    }

    fn take(&mut self, from: usize) -> Option<usize> {
        let slot = self.next[from].iter().position(|to| *to != NONE)?;
        let to = std::mem::replace(&mut self.next[from][slot], NONE);
        if let Some(back) = self.next[to].iter().position(|edge| *edge == from) {
            self.next[to][back] = NONE;
        }
        Some(to)
    }

    /// Open lines from their ends first, then what is left: rings.
    fn walk(&mut self, place: impl Fn(usize) -> (f64, f64)) -> Contour {
        let mut lines = Vec::new();
        for only_ends in [true, false] {
            for start in 0..self.next.len() {
                let neighbours = self.next[start].iter().filter(|to| **to != NONE).count();
                if neighbours == 0 || (only_ends && neighbours == 2) {
                    continue;
                }
                let mut line = vec![place(start)];
                let mut edge = start;
                while let Some(to) = self.take(edge) {
                    line.push(place(to));
                    edge = to;
                }
                lines.push(line);
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(side: usize, value: impl Fn(f64, f64) -> f64) -> Vec<f32> {
        (0..side * side)
            .map(|i| value((i % side) as f64, (i / side) as f64) as f32)
            .collect()
    }

    #[test]
    fn a_circle_is_one_closed_ring_on_its_radius() {
        let distance = |x: f64, y: f64| (x - 20.0).hypot(y - 20.0);
        let lines = zero_line(&grid(41, |x, y| distance(x, y) - 12.3), 41);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].len() > 60);
        for (x, y) in &lines[0] {
            assert!((distance(*x, *y) - 12.3).abs() < 0.05);
        }
    }

    #[test]
    fn a_straight_line_is_one_open_line() {
        let lines = zero_line(&grid(9, |x, _| x - 3.25), 9);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|(x, _)| (x - 3.25).abs() < 1e-6));
        assert_eq!(lines[0].len(), 9);
    }

    #[test]
    fn a_saddle_and_gaps_do_not_break_the_walk() {
        let saddle = grid(12, |x, y| (x - 5.5) * (y - 5.5));
        let points: usize = zero_line(&saddle, 12).iter().map(Vec::len).sum();
        assert!(points >= 22, "{points}");
        let mut holes = grid(12, |x, y| x - y + 0.5);
        holes[40] = f32::NAN;
        holes[41] = f32::INFINITY;
        assert!(zero_line(&holes, 12).len() >= 2);
        assert!(zero_line(&[f32::NAN; 4], 2).is_empty());
    }
}
