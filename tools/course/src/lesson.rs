//! What a lesson is once it is read: its steps in order, their questions, and the marks in its text.

/// A step of a lesson, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    /// The failing or puzzling state.
    Problem,
    /// What the reader commits to before anything runs.
    Guess,
    /// The run to its stated stop.
    Run,
    /// What was to be seen, answered from that run.
    See,
    /// Why it is so.
    Why,
    /// The refutation.
    NotSo,
    /// Goals that the run's state ticks off.
    Try,
    /// What later lessons ask of this one; in this lesson itself, those of earlier ones.
    Recall,
    /// One sentence, and sources.
    TakeHome,
}

impl StepKind {
    /// All, in order, by the names that a heading carries.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Problem, "problem"),
        (Self::Guess, "guess"),
        (Self::Run, "run"),
        (Self::See, "see"),
        (Self::Why, "why"),
        (Self::NotSo, "not-so"),
        (Self::Try, "try"),
        (Self::Recall, "recall"),
        (Self::TakeHome, "take-home"),
    ];

    /// The name that a heading carries.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// What a mark in the text means; the text of a link is what the reader sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `place:panel`: a place in the figure that is lit.
    Place(String),
    /// `control:setting`: a control of the figure that is lit.
    Control(String),
    /// `claim:name`: a claim with its badge.
    Claim(String),
    /// `value:name`: a number of the run on the screen.
    Value(String),
    /// `goal:condition`: what the run's state must be.
    Goal(String),
    /// `run:settings`: what is set, and how far it runs.
    Run(String),
    /// `from:number`: where a number of the selected unit comes from, a block that opens.
    From(String),
    /// `figure:panel`: a panel of the same run, in a figure of its own that opens.
    Figure(String),
    /// `lesson:id`: another lesson.
    Lesson(String),
    /// `fault:id`: a fault of the fault theatre.
    Fault(String),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One of the answers, whose place is known: counted from 0.
    Choice(usize),
    /// One of the answers, by their values; which is right the named observation of the run says.
    See(String),
    /// A number, whose right value the named observation says; the answers are: too low, near, too high.
    Number(String),
    /// A curve, compared with the named one; the answers are: near, elsewhere.
    Curve(String),
}

/// An answer and what is said to who gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTML of one line.
    pub label: String,
    /// Of a question that the run answers: the value that makes it right.
    pub value: Option<String>,
    /// HTML of paragraphs.
    pub feedback: String,
    /// Its plain text, for the check.
    pub feedback_text: String,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// HTML of one line.
    pub asked: String,
    /// How it is answered.
    pub kind: Asked,
    /// In the order of the file.
    pub answers: Vec<Answer>,
}

/// One step as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which.
    pub kind: StepKind,
    /// HTML of one line.
    pub heading: String,
    /// HTML of what stands before the question or the goals.
    pub body: String,
    /// HTML elements, one each block, for the comparison of languages.
    pub shape: Vec<String>,
    /// HTML of what only who teaches reads.
    pub notes: String,
    /// If it asks.
    pub question: Option<Question>,
    /// Conditions with HTML of a line each.
    pub goals: Vec<(String, String)>,
    /// Every mark, in order.
    pub marks: Vec<Mark>,
}

/// One lesson in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Its name in links, and its folder.
    pub id: String,
    /// HTML of one line.
    pub title: String,
    /// HTML of paragraphs; its first sentence can be read aloud.
    pub lead: String,
    /// Its plain text.
    pub lead_text: String,
    /// In the order of the file.
    pub sections: Vec<Section>,
}

/// One question of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name in files of answers.
    pub id: String,
    /// HTML of one line.
    pub heading: String,
    /// A choice.
    pub question: Question,
}

/// The twelve questions that show which misconceptions a reader has, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// Plain.
    pub title: String,
    /// HTML of paragraphs.
    pub lead: String,
    /// Its plain text.
    pub lead_text: String,
    /// In order.
    pub items: Vec<Item>,
    /// Every mark, in order.
    pub marks: Vec<Mark>,
}

impl Lesson {
    /// The step of that kind, if it is written.
    pub fn section(&self, kind: StepKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == kind)
    }

    /// Every mark, in order.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.sections.iter().flat_map(|section| &section.marks)
    }
}
