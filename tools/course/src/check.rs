//! What a lesson must have, what its marks may name, and that both languages say the same.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use batchnorm_lab::lessons::lesson as row_of;
use batchnorm_lab::settings::{Settings, setting};

use crate::lesson::{Asked, Inventory, Item, Lesson, Mark, Question, Section, StepKind};
use crate::names::{Names, claims_of};

/// Shortest feedback, in letters, of English and of Chinese: elaborated, not "wrong".
const SHORTEST: [(&str, usize); 2] = [("en", 60), ("zh-Hans", 25)];

/// How many misconceptions the inventory asks for.
const ITEMS: usize = 12;

/// How conditions compare.
const COMPARISONS: [&str; 4] = [">=", "<=", ">", "<"];

/// One lesson in one language.
///
/// # Errors
/// What is missing, or named and not there.
pub fn check_lesson(lesson: &Lesson, language: &str, names: &Names) -> Result<()> {
    for (kind, name) in StepKind::ALL {
        let section = lesson.section(kind);
        let section = section.with_context(|| format!("the step `{name}` is missing"))?;
        let asks = matches!(kind, StepKind::Guess | StepKind::See | StepKind::Recall);
        ensure!(
            section.question.is_some() == asks,
            "`{name}` asks: {}",
            !asks
        );
        ensure!(
            section.goals.is_empty() == (kind != StepKind::Try),
            "`{name}`: goals"
        );
        let is_seen = |asked: &Asked| matches!(asked, Asked::See(_) | Asked::Number(_));
        if let Some(question) = &section.question {
            match kind {
                StepKind::See => ensure!(
                    is_seen(&question.kind),
                    "what was seen is answered from the run"
                ),
                StepKind::Recall => ensure!(
                    matches!(question.kind, Asked::Choice(_)),
                    "`recall` is a choice"
                ),
                _ => {}
            }
        }
    }
    let tries = lesson.section(StepKind::Try).map_or(0, |of| of.goals.len());
    ensure!((2..=3).contains(&tries), "two or three goals, not {tries}");
    let shortest = shortest_of(language)?;
    let questions = lesson.sections.iter().filter_map(|of| of.question.as_ref());
    check_feedback(questions, shortest)?;
    for section in &lesson.sections {
        check_marks(lesson, section, names)
            .with_context(|| format!("in `{}`", section.kind.name()))?;
    }
    check_guidance(lesson)?;
    check_claims(lesson)
}

fn shortest_of(language: &str) -> Result<usize> {
    let found = SHORTEST.iter().find(|(own, _)| *own == language);
    let (_, shortest) =
        found.with_context(|| format!("`{language}` is no language of the course"))?;
    Ok(*shortest)
}

/// Each answer has an explanation of its own.
fn check_feedback<'a>(
    questions: impl Iterator<Item = &'a Question>,
    shortest: usize,
) -> Result<()> {
    let mut seen = BTreeSet::new();
    for question in questions {
        for answer in &question.answers {
            let letters = answer.feedback_text.chars().count();
            let label = &answer.label;
            ensure!(
                letters >= shortest,
                "feedback of {letters} letters, at least {shortest}: {label}"
            );
            ensure!(
                seen.insert(&answer.feedback_text),
                "twice the same feedback: {label}"
            );
        }
    }
    Ok(())
}

/// The inventory in one language: twelve choices, each with feedback of its own and a link to a lesson that shows it.
///
/// # Errors
/// What is missing, or named and not there.
pub fn check_inventory(inventory: &Inventory, language: &str) -> Result<()> {
    let items = &inventory.items;
    ensure!(items.len() == ITEMS, "{} items, not {ITEMS}", items.len());
    let names: BTreeSet<&str> = items.iter().map(|item| item.id.as_str()).collect();
    ensure!(names.len() == ITEMS, "two items have one name");
    for item in items {
        ensure!(
            matches!(item.question.kind, Asked::Choice(_)),
            "`{}` is a choice",
            item.id
        );
    }
    let questions = items.iter().map(|item| &item.question);
    check_feedback(questions, shortest_of(language)?)?;
    for mark in &inventory.marks {
        match mark {
            Mark::Lesson(id) => ensure!(row_of(id).is_some(), "there is no lesson `{id}`"),
            other => bail!("an inventory has no {other:?}"),
        }
    }
    Ok(())
}

/// Both languages: the same items with the same right answers.
///
/// # Errors
/// The first difference.
pub fn check_inventories(one: &Inventory, other: &Inventory) -> Result<()> {
    ensure!(one.marks == other.marks, "other links");
    for (one, other) in one.items.iter().zip(&other.items) {
        let of = |item: &Item| {
            let question = &item.question;
            (
                item.id.clone(),
                question.kind.clone(),
                question.answers.len(),
            )
        };
        ensure!(of(one) == of(other), "{:?} and {:?}", of(one), of(other));
    }
    Ok(())
}

fn check_marks(lesson: &Lesson, section: &Section, names: &Names) -> Result<()> {
    let row = row_of(&lesson.id).with_context(|| format!("`{}` is no lesson", lesson.id))?;
    for mark in &section.marks {
        match mark {
            Mark::Place(name) => ensure!(
                row.panels.contains(&name.as_str()),
                "the figure has no panel `{name}`"
            ),
            Mark::Control(name) => ensure!(
                row.controls.contains(&name.as_str()),
                "the figure has no control `{name}`"
            ),
            Mark::Claim(name) => ensure!(
                claims_of(&lesson.id).any(|own| own == name),
                "the lesson has no claim `{name}`"
            ),
            Mark::Value(name) => {
                ensure!(names.quantities.contains(name), "`{name}` is no quantity")
            }
            Mark::Lesson(id) => ensure!(row_of(id).is_some(), "there is no lesson `{id}`"),
            Mark::Run(text) => check_run(row.settings, text)?,
            Mark::Fault(id) => {
                ensure!(names.faults.contains(id), "there is no fault `{id}`");
                // The page of myths stands elsewhere.
                ensure!(section.kind != StepKind::NotSo, "`not-so` names no fault");
            }
            Mark::Figure(name) => ensure!(names.panels.contains(name), "`{name}` is no panel"),
            // A number that is none was refused where its block was made.
            Mark::Goal(_) | Mark::From(_) => {}
        }
    }
    for (condition, _) in &section.goals {
        check_condition(condition, names)?;
    }
    let asked = section.question.as_ref().map(|question| &question.kind);
    if let Some(Asked::See(name) | Asked::Number(name) | Asked::Curve(name)) = asked {
        ensure!(
            names.observations.contains(name),
            "`{name}` is no observation"
        );
    }
    if section.kind == StepKind::Run {
        let runs = section
            .marks
            .iter()
            .filter(|mark| matches!(mark, Mark::Run(_)));
        ensure!(runs.count() == 1, "the step `run` names one run");
    }
    Ok(())
}

/// `name=value&…`, of settings and `steps`.
pub(crate) fn check_run(preset: &str, text: &str) -> Result<()> {
    let mut link = preset.to_owned();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        match part.strip_prefix("steps=") {
            Some(steps) => {
                steps.parse::<u32>().with_context(|| format!("`{part}`"))?;
            }
            None => link = format!("{link}&{part}"),
        }
    }
    let (_, errors) = Settings::from_text(&link);
    ensure!(errors.is_empty(), "`{text}`: {errors:?}");
    Ok(())
}

/// `quantity>=number`, `setting=value`, several joined by `&`.
fn check_condition(text: &str, names: &Names) -> Result<()> {
    for part in text.split('&') {
        if let Some((name, number)) = COMPARISONS.iter().find_map(|sign| part.split_once(sign)) {
            ensure!(
                names.quantities.contains(name) || setting(name).is_ok(),
                "`{name}` is no quantity"
            );
            number.parse::<f64>().with_context(|| format!("`{part}`"))?;
        } else if let Some((name, value)) = part.split_once('=') {
            let row = setting(name).map_err(|error| anyhow::anyhow!("`{part}`: {error}"))?;
            ensure!(row.range.read(value).is_some(), "`{part}` is not allowed");
        } else {
            bail!("`{part}` is no condition");
        }
    }
    Ok(())
}

/// Light guidance: at most a third of the controls, and at least one, is named by instructions.
fn check_guidance(lesson: &Lesson) -> Result<()> {
    let named: BTreeSet<&str> = lesson
        .marks()
        .filter_map(|mark| match mark {
            Mark::Control(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let all = row_of(&lesson.id).map_or(0, |row| row.controls.len());
    let most = (all / 3).max(1);
    ensure!(
        (1..=most).contains(&named.len()),
        "of {all} controls 1 to {most} are named, not {}",
        named.len()
    );
    Ok(())
}

/// No claim of the lesson is left out of its text.
fn check_claims(lesson: &Lesson) -> Result<()> {
    for claim in claims_of(&lesson.id) {
        let mut marks = lesson.marks();
        ensure!(
            marks.any(|mark| *mark == Mark::Claim(claim.to_owned())),
            "the claim `{claim}` is not named"
        );
    }
    Ok(())
}

/// Both languages: the same steps, blocks, answers, goals and marks in the same order.
///
/// # Errors
/// The first difference.
pub fn check_pair(one: &Lesson, other: &Lesson) -> Result<()> {
    ensure!(one.sections.len() == other.sections.len(), "other steps");
    for (one, other) in one.sections.iter().zip(&other.sections) {
        let name = one.kind.name();
        ensure!(one.kind == other.kind, "other steps: `{name}`");
        ensure!(
            one.shape == other.shape,
            "in `{name}`: {:?} and {:?}",
            one.shape,
            other.shape
        );
        // The words of a language have an order of their own within a paragraph.
        let sorted = |of: &Section| {
            let mut marks: Vec<String> = of.marks.iter().map(|mark| format!("{mark:?}")).collect();
            marks.sort();
            marks
        };
        let (own, others) = (sorted(one), sorted(other));
        ensure!(own == others, "in `{name}`: {own:?} and {others:?}");
        let conditions = |of: &Section| {
            of.goals
                .iter()
                .map(|(goal, _)| goal.clone())
                .collect::<Vec<_>>()
        };
        ensure!(
            conditions(one) == conditions(other),
            "in `{name}`: other goals"
        );
        let asked = |of: &Section| {
            of.question.as_ref().map(|question| {
                let values = question.answers.iter().map(|answer| answer.value.clone());
                (question.kind.clone(), values.collect::<Vec<_>>())
            })
        };
        ensure!(asked(one) == asked(other), "in `{name}`: other answers");
    }
    Ok(())
}
