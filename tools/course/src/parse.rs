//! A lesson's file, read: title, lead, steps.

use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::{HeadingLevel, Tag};

use crate::blocks::{Node, plain, tree};
use crate::inline::html;
use crate::lesson::{Inventory, Item, Lesson, Section, StepKind};
use crate::questions::{goals, is_answers, is_goals, question};

/// The lesson of that file.
///
/// # Errors
/// It is not written as `assets/lessons/README.md` tells.
pub fn parse(id: &str, text: &str) -> Result<Lesson> {
    let nodes = tree(text)?;
    let (title, lead, mut blocks) = front(&nodes)?;
    ensure!(
        !lead.is_empty(),
        "after the title stands a paragraph that leads in"
    );
    let mut lesson = Lesson {
        id: id.to_owned(),
        title: html(title, &mut Vec::new())?,
        lead: html(lead, &mut Vec::new())?,
        lead_text: plain(lead),
        sections: Vec::new(),
    };
    while let Some((heading, rest)) = blocks.split_first() {
        let end = rest.iter().position(is_heading).unwrap_or(rest.len());
        let (inside, after) = rest.split_at(end);
        let section = section(heading, inside)?;
        let is_later = lesson
            .sections
            .last()
            .is_none_or(|last| last.kind < section.kind);
        ensure!(is_later, "`{}` stands too late", section.kind.name());
        lesson.sections.push(section);
        blocks = after;
    }
    Ok(lesson)
}

/// The items of the inventory's file: name, heading and what is asked, in order.
///
/// # Errors
/// An item does not ask, or is no choice.
pub fn parse_items(text: &str) -> Result<Inventory> {
    let nodes = tree(text)?;
    let (title, lead, mut after) = front(&nodes)?;
    let mut marks = Vec::new();
    let mut items = Vec::new();
    while let Some((heading, rest)) = after.split_first() {
        let Node::Element(Tag::Heading { id: Some(id), .. }, words) = heading else {
            bail!("an item begins with `## Heading {{#name}}`");
        };
        let end = rest.iter().position(is_heading).unwrap_or(rest.len());
        let [asked, list] = &rest[..end] else {
            bail!("`{id}`: an item is a paragraph that asks and its answers");
        };
        items.push(Item {
            id: id.to_string(),
            heading: html(words, &mut marks)?,
            question: question(asked, list, &mut marks).with_context(|| format!("in `{id}`"))?,
        });
        after = &rest[end..];
    }
    Ok(Inventory {
        title: plain(title),
        lead: html(lead, &mut marks)?,
        lead_text: plain(lead),
        items,
        marks,
    })
}

pub(crate) type Blocks<'n, 'a> = &'n [Node<'a>];

/// The words of the title, the blocks before the next heading, and all from there on.
pub(crate) fn front<'n, 'a>(
    nodes: Blocks<'n, 'a>,
) -> Result<(Blocks<'n, 'a>, Blocks<'n, 'a>, Blocks<'n, 'a>)> {
    let Some((Node::Element(Tag::Heading { level, .. }, title), rest)) = nodes.split_first() else {
        bail!("a file begins with its title: `# …`");
    };
    ensure!(
        *level == HeadingLevel::H1,
        "a file begins with its title: `# …`"
    );
    let end = rest.iter().position(is_heading).unwrap_or(rest.len());
    let (lead, after) = rest.split_at(end);
    Ok((title, lead, after))
}

pub(crate) fn is_heading(node: &Node<'_>) -> bool {
    matches!(node, Node::Element(Tag::Heading { .. }, _))
}

fn section(heading: &Node<'_>, blocks: &[Node<'_>]) -> Result<Section> {
    let Node::Element(
        Tag::Heading {
            level: HeadingLevel::H2,
            id: Some(id),
            ..
        },
        words,
    ) = heading
    else {
        bail!("a step begins with `## Heading {{#name}}`");
    };
    let kind = StepKind::ALL.iter().find(|(_, name)| *name == &**id);
    let (kind, name) = *kind.with_context(|| format!("`{id}` is no step"))?;
    let mut marks = Vec::new();
    let mut section = Section {
        kind,
        heading: html(words, &mut marks)?,
        body: String::new(),
        shape: Vec::new(),
        notes: String::new(),
        question: None,
        goals: Vec::new(),
        marks: Vec::new(),
    };
    let mut blocks = blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        if let Some(list) = blocks.next_if(|next| is_answers(next)) {
            ensure!(section.question.is_none(), "`{name}` asks once");
            let asked =
                question(block, list, &mut marks).with_context(|| format!("in `{name}`"))?;
            section.question = Some(asked);
            section.shape.push("question".to_owned());
        } else if matches!(block, Node::Element(Tag::BlockQuote(_), _)) {
            let mut named = Vec::new();
            section.notes += &html(std::slice::from_ref(block), &mut named)?;
            ensure!(
                named.is_empty(),
                "in `{name}`: a note has no {:?}",
                named[0]
            );
            section.shape.push("note".to_owned());
        } else if is_goals(block) {
            section.goals = goals(block, &mut marks).with_context(|| format!("in `{name}`"))?;
            section.shape.push("goals".to_owned());
        } else {
            let made = html(std::slice::from_ref(block), &mut marks);
            let made = made.with_context(|| format!("in `{name}`"))?;
            let element = made.split(['>', ' ']).next().unwrap_or_default();
            section
                .shape
                .push(element.trim_start_matches('<').to_owned());
            section.body += &made;
        }
    }
    section.marks = marks;
    Ok(section)
}
