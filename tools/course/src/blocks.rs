//! Markdown as a tree. Knows no lesson.

use anyhow::{Result, bail};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};

/// A piece of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    /// With what is in it.
    Element(Tag<'a>, Vec<Node<'a>>),
    /// Words.
    Text(CowStr<'a>),
    /// Words of a program.
    Code(CowStr<'a>),
    /// LaTeX, and whether it stands on a line of its own.
    Math(CowStr<'a>, bool),
    /// The box of an answer, and whether it is ticked.
    Tick(bool),
    /// A line's end.
    Break,
}

/// The whole text.
///
/// # Errors
/// It holds HTML, footnotes or rules: a lesson's file has none.
pub(crate) fn tree(text: &str) -> Result<Vec<Node<'_>>> {
    let options =
        Options::ENABLE_TASKLISTS | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_MATH;
    let mut open: Vec<(Tag<'_>, Vec<Node<'_>>)> = Vec::new();
    let mut top = Vec::new();
    for event in Parser::new_ext(text, options) {
        let node = match event {
            Event::Start(tag) => {
                open.push((tag, Vec::new()));
                continue;
            }
            Event::End(_) => match open.pop() {
                Some((tag, inside)) => Node::Element(tag, inside),
                None => bail!("an end without a beginning"),
            },
            Event::Text(text) => Node::Text(text),
            Event::Code(code) => Node::Code(code),
            Event::InlineMath(latex) => Node::Math(latex, false),
            Event::DisplayMath(latex) => Node::Math(latex, true),
            Event::TaskListMarker(is_ticked) => Node::Tick(is_ticked),
            Event::SoftBreak | Event::HardBreak => Node::Break,
            Event::Html(text) | Event::InlineHtml(text) => bail!("HTML in a lesson: `{text}`"),
            Event::FootnoteReference(_) | Event::Rule => {
                bail!("footnotes and rules have no place in a lesson")
            }
        };
        match open.last_mut() {
            Some((_, inside)) => inside.push(node),
            None => top.push(node),
        }
    }
    Ok(top)
}

/// Its words without any marks.
pub(crate) fn plain(nodes: &[Node<'_>]) -> String {
    let mut text = String::new();
    for node in nodes {
        match node {
            Node::Element(_, inside) => text += &plain(inside),
            Node::Text(words) | Node::Code(words) | Node::Math(words, _) => text += words,
            Node::Break => text.push(' '),
            Node::Tick(_) => {}
        }
    }
    text.trim().to_owned()
}

/// The address of the first link that has that scheme, and what stands after it.
pub(crate) fn link_of(nodes: &[Node<'_>], scheme: &str) -> Option<String> {
    nodes.iter().find_map(|node| match node {
        Node::Element(Tag::Link { dest_url, .. }, _) => {
            let rest = dest_url.strip_prefix(scheme)?.strip_prefix(':')?;
            Some(rest.to_owned())
        }
        Node::Element(_, inside) => link_of(inside, scheme),
        _ => None,
    })
}
