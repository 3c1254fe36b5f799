//! Questions and goals: lists whose items are answers, or conditions of the run.

use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::Tag;

use crate::blocks::{Node, link_of, plain};
use crate::inline::html;
use crate::lesson::{Answer, Asked, Mark, Question};

/// Whether a block is a list of answers.
pub(crate) fn is_answers(node: &Node<'_>) -> bool {
    items(node).is_some_and(|items| {
        items.first().is_some_and(|item| {
            let (label, _) = parts(item);
            matches!(label.first(), Some(Node::Tick(_))) || link_of(label, "answer").is_some()
        })
    })
}

/// Whether a block is a list of goals.
pub(crate) fn is_goals(node: &Node<'_>) -> bool {
    items(node).is_some_and(|items| {
        items
            .first()
            .is_some_and(|item| link_of(item, "goal").is_some())
    })
}

/// The question of a paragraph and the list after it.
///
/// # Errors
/// Its answers do not fit how it is asked.
pub(crate) fn question(
    asked: &Node<'_>,
    list: &Node<'_>,
    marks: &mut Vec<Mark>,
) -> Result<Question> {
    let Node::Element(Tag::Paragraph, words) = asked else {
        bail!("before a list of answers stands a paragraph that asks");
    };
    let named = |scheme: &str| link_of(words, scheme);
    let asked = html(words, marks)?;
    let mut answers = Vec::new();
    let mut ticked = Vec::new();
    for (place, item) in items(list)
        .context("answers are a list")?
        .iter()
        .enumerate()
    {
        let (label, rest) = parts(item);
        if let Some(Node::Tick(true)) = label.first() {
            ticked.push(place);
        }
        answers.push(Answer {
            label: html(label, marks)?,
            value: link_of(label, "answer"),
            feedback: html(rest, marks)?,
            feedback_text: plain(rest),
        });
    }
    let one_right = || {
        ensure!(ticked.len() == 1, "one answer is ticked: {asked}");
        Ok(ticked[0])
    };
    let kind = if let Some(name) = named("see") {
        let has_values = answers.iter().all(|answer| answer.value.is_some());
        ensure!(
            has_values && ticked.is_empty(),
            "answers of `see:` have values: {asked}"
        );
        Asked::See(name)
    } else if let Some(name) = named("number") {
        ensure!(
            one_right()? == 1 && answers.len() == 3,
            "a number's answers are: too low, [x] near, too high"
        );
        Asked::Number(name)
    } else if let Some(name) = named("curve") {
        ensure!(
            one_right()? == 0 && answers.len() == 2,
            "a curve's answers are: [x] near, elsewhere"
        );
        Asked::Curve(name)
    } else {
        Asked::Choice(one_right()?)
    };
    ensure!(answers.len() >= 2, "two answers at least: {asked}");
    Ok(Question {
        asked,
        kind,
        answers,
    })
}

/// Conditions with the words for them.
///
/// # Errors
/// An item has no condition.
pub(crate) fn goals(list: &Node<'_>, marks: &mut Vec<Mark>) -> Result<Vec<(String, String)>> {
    let items = items(list).context("goals are a list")?;
    items
        .iter()
        .map(|item| {
            let condition = link_of(item, "goal").context("each goal has a condition")?;
            let (label, _) = parts(item);
            Ok((condition, html(label, marks)?))
        })
        .collect()
}

fn items<'n, 'a>(node: &'n Node<'a>) -> Option<Vec<&'n [Node<'a>]>> {
    let Node::Element(Tag::List(_), items) = node else {
        return None;
    };
    let insides = items.iter().filter_map(|item| match item {
        Node::Element(Tag::Item, inside) => Some(inside.as_slice()),
        _ => None,
    });
    Some(insides.collect())
}

/// An item's first line, and the blocks below it. Items without blank lines have no paragraph around the line.
fn parts<'n, 'a>(item: &'n [Node<'a>]) -> (&'n [Node<'a>], &'n [Node<'a>]) {
    if let Some(Node::Element(Tag::Paragraph, label)) = item.first() {
        return (label, &item[1..]);
    }
    let is_block = |node: &Node<'_>| {
        matches!(
            node,
            Node::Element(Tag::Paragraph | Tag::List(_) | Tag::BlockQuote(_), _)
        )
    };
    let end = item.iter().position(is_block).unwrap_or(item.len());
    item.split_at(end)
}
