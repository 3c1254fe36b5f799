//! Order for a handful of things, bounds for one. Refuses nothing; sorting takes time with the square of their number.

/// A number kept between two others; NaN becomes the lower one.
pub(crate) trait Bound {
    /// The nearest number from `low` to `high`. Unlike `clamp` it never fails: what that would say of a NaN brings
    /// 2 kB brotli of formatting.
    fn bound(self, low: Self, high: Self) -> Self;
}

#[allow(clippy::manual_clamp)]
impl Bound for f64 {
    fn bound(self, low: Self, high: Self) -> Self {
        self.max(low).min(high)
    }
}

#[allow(clippy::manual_clamp)]
impl Bound for f32 {
    fn bound(self, low: Self, high: Self) -> Self {
        self.max(low).min(high)
    }
}

/// Sorts by insertion; what is equal keeps its order. The standard library's sorts are made for thousands and weigh
/// 4 kB brotli; charts have a dozen labels.
pub(crate) fn sort_few<T>(items: &mut [T], is_after: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && is_after(&items[at - 1], &items[at]) {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_bound() {
        assert_eq!(
            [-1.0, 0.5, 9.0].map(|v: f64| v.bound(0.0, 1.0)),
            [0.0, 0.5, 1.0]
        );
        assert_eq!(f32::NAN.bound(0.0, 1.0), 0.0);
    }

    #[test]
    fn a_few_are_sorted_and_equals_keep_their_order() {
        let mut items = [(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (1, 'e')];
        sort_few(&mut items, |a, b| a.0 > b.0);
        assert_eq!(items, [(1, 'b'), (1, 'e'), (2, 'd'), (3, 'a'), (3, 'c')]);
        let mut none: [i32; 0] = [];
        sort_few(&mut none, |a, b| a > b);
    }
}
