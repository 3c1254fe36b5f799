//! When a voice speaks up: seldom, and only if it has something else to say. Has no clock; whoever asks says the time.

/// Something that may happen once in so many milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    gap: f64,
    last: f64,
}

impl Pace {
    /// At most once in `gap` milliseconds; the first time at once.
    pub fn new(gap: f64) -> Self {
        Self {
            gap,
            last: f64::NEG_INFINITY,
        }
    }

    /// How long it has still to wait at `now`; 0 is not at all.
    pub fn wait(&self, now: f64) -> f64 {
        (self.last + self.gap - now).max(0.0)
    }

    /// It happens at `now`.
    pub fn mark(&mut self, now: f64) {
        self.last = now;
    }
}

/// What is to be done with a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// Say it.
    Say,
    /// Ask again in so many milliseconds.
    Later(f64),
    /// Keep to what was said; the next frame is time enough.
    Keep,
}

/// Decides which sentence is said.
#[derive(Clone, Copy, Debug)]
pub struct Announcer {
    pace: Pace,
    said: Option<u32>,
}

impl Announcer {
    /// Says something at most once in `gap` milliseconds.
    pub fn new(gap: f64) -> Self {
        Self {
            pace: Pace::new(gap),
            said: None,
        }
    }

    /// Forgets what was said, so that the next sentence is said at once: another run, another language.
    pub fn begin_anew(&mut self) {
        *self = Self::new(self.pace.gap);
    }

    /// A sentence of that meaning could be said at `now`. `is_at_rest`: no frame will come by itself, so that other
    /// digits are worth saying too, which `is_other` tells.
    pub fn hear(&mut self, now: f64, meaning: u32, is_at_rest: bool, is_other: bool) -> Turn {
        let is_news = self.said != Some(meaning) || (is_at_rest && is_other);
        if !is_news {
            return Turn::Keep;
        }
        match self.pace.wait(now) {
            0.0 => {
                self.pace.mark(now);
                self.said = Some(meaning);
                Turn::Say
            }
            wait if is_at_rest => Turn::Later(wait),
            _ => Turn::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_at_full_speed_is_told_of_once_in_five_seconds_and_only_if_its_meaning_changes() {
        let mut announcer = Announcer::new(5000.0);
        // Sixty frames a second; the meaning changes every two seconds, later no more.
        let meaning = |now: f64| (now.min(20_000.0) / 2000.0) as u32;
        let frames = (0..3000).map(|frame| f64::from(frame) * 1000.0 / 60.0);
        let said: Vec<f64> = frames
            .filter(|now| announcer.hear(*now, meaning(*now), false, true) == Turn::Say)
            .collect();
        assert!(
            said.windows(2).all(|pair| pair[1] - pair[0] >= 5000.0),
            "{said:?}"
        );
        assert_eq!(said.len(), 5, "{said:?}");
    }

    #[test]
    fn where_a_run_stops_its_last_figures_are_said_once_it_is_time() {
        let mut announcer = Announcer::new(5000.0);
        assert_eq!(announcer.hear(0.0, 1, false, true), Turn::Say);
        assert_eq!(announcer.hear(2000.0, 2, false, true), Turn::Keep);
        assert_eq!(announcer.hear(2100.0, 2, true, true), Turn::Later(2900.0));
        assert_eq!(announcer.hear(5000.0, 2, true, true), Turn::Say);
        // Nothing else to say; then other digits of the same meaning, by hand.
        assert_eq!(announcer.hear(5001.0, 2, true, false), Turn::Keep);
        assert_eq!(announcer.hear(30_000.0, 2, true, true), Turn::Say);
        // Playing, digits alone are no news.
        assert_eq!(announcer.hear(60_000.0, 2, false, true), Turn::Keep);
    }

    #[test]
    fn another_run_is_told_of_at_once() {
        let mut announcer = Announcer::new(5000.0);
        assert_eq!(announcer.hear(0.0, 1, true, true), Turn::Say);
        announcer.begin_anew();
        assert_eq!(announcer.hear(10.0, 1, true, true), Turn::Say);
    }
}
