//! What was asked of a run and is not answered: steps, one after the other. Trains nothing.

/// `Command::Play`, `Pause` and `Step` since the run was configured.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Steps to do for each that is not answered, oldest first; never 0 for the first.
    due: Vec<u32>,
    /// How many are answered, and how many when a frame was last made.
    answered: u32,
    told: u32,
}

impl Asked {
    /// How many are answered.
    pub(super) fn answered(&self) -> u32 {
        self.answered
    }

    /// Whether the page has not been told of some answer.
    pub(super) fn owes_answer(&self) -> bool {
        self.told != self.answered
    }

    /// A frame tells the page.
    pub(super) fn tell(&mut self) {
        self.told = self.answered;
    }

    /// Steps until the oldest is answered; 0 if all are.
    pub(super) fn steps(&self) -> u32 {
        self.due.first().copied().unwrap_or(0)
    }

    /// So many steps, after what is due already.
    pub(super) fn add(&mut self, steps: u32) {
        self.due.push(steps);
        self.settle();
    }

    /// So many steps were made, no more than the oldest wants; whether that answers it.
    pub(super) fn made(&mut self, steps: u32) -> bool {
        let Some(first) = self.due.first_mut() else {
            return false;
        };
        *first = first.saturating_sub(steps);
        let is_answered = *first == 0;
        self.settle();
        is_answered
    }

    /// Nothing more is done: all are answered as they stand.
    pub(super) fn cancel(&mut self) {
        self.answered += self.due.len() as u32;
        self.due.clear();
    }

    /// Takes over what `other` is, in the memory there is.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.due.clone_from(&other.due);
        self.answered = other.answered;
        self.told = other.told;
    }

    /// Where nothing is to be done the answer is there.
    fn settle(&mut self) {
        while self.due.first() == Some(&0) {
            self.due.remove(0);
            self.answered += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_add_up_and_each_is_answered_at_its_end() {
        let mut asked = Asked::default();
        for steps in [5, 0, 3] {
            asked.add(steps);
        }
        assert_eq!((asked.steps(), asked.answered()), (5, 0));
        assert!(!asked.made(4) && asked.made(1));
        // What asks for nothing is answered with what is before it.
        assert_eq!((asked.steps(), asked.answered()), (3, 2));
        asked.cancel();
        assert_eq!((asked.steps(), asked.answered()), (0, 3));
        asked.add(0);
        assert_eq!((asked.steps(), asked.answered()), (0, 4));
        assert!(!asked.made(1));
    }
}
