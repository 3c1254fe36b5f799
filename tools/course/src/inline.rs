//! Words to HTML: emphasis, formulas as MathML, links, and the marks that a script makes live.

use std::fmt::Write as _;

use anyhow::{Context, Result, anyhow, bail};
use pulldown_cmark::Tag;
use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage, push_mathml};

use crate::blocks::Node;
use crate::lesson::Mark;
use crate::origins;

/// HTML of words and blocks; the marks in them are added to `marks`.
///
/// # Errors
/// A formula is no LaTeX, a link has no meaning, or there is a block that lessons do not have.
pub(crate) fn html(nodes: &[Node<'_>], marks: &mut Vec<Mark>) -> Result<String> {
    let mut text = String::new();
    for node in nodes {
        match node {
            Node::Text(words) => text += &escape(words),
            Node::Code(words) => write!(text, "<code>{}</code>", escape(words))?,
            Node::Math(latex, is_display) => text += &mathml(latex, *is_display)?,
            Node::Tick(_) => {}
            Node::Break => text.push('\n'),
            Node::Element(tag, inside) => text += &element(tag, inside, marks)?,
        }
    }
    Ok(text)
}

fn element(tag: &Tag<'_>, inside: &[Node<'_>], marks: &mut Vec<Mark>) -> Result<String> {
    let name = match tag {
        Tag::Link { dest_url, .. } => return link(dest_url, inside, marks),
        Tag::Paragraph => match inside {
            [Node::Element(Tag::Link { dest_url, .. }, words)] => match dest_url.split_once(':') {
                Some(("from", name)) => {
                    marks.push(Mark::From(name.to_owned()));
                    return origins::block(name, &html(words, marks)?);
                }
                Some(("figure", name)) => {
                    marks.push(Mark::Figure(name.to_owned()));
                    return Ok(origins::figure(name, &html(words, marks)?));
                }
                _ => "p",
            },
            _ => "p",
        },
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::List(None) => "ul",
        Tag::List(Some(_)) => "ol",
        Tag::Item => "li",
        Tag::BlockQuote(_) => "blockquote",
        Tag::CodeBlock(_) => {
            return Ok(format!(
                "<pre><code>{}</code></pre>\n",
                html(inside, marks)?
            ));
        }
        other => bail!("a lesson has no {other:?}"),
    };
    let within = html(inside, marks)?;
    let end = if matches!(name, "em" | "strong") {
        ""
    } else {
        "\n"
    };
    Ok(format!("<{name}>{within}</{name}>{end}"))
}

fn link(address: &str, inside: &[Node<'_>], marks: &mut Vec<Mark>) -> Result<String> {
    let words = html(inside, marks)?;
    if address.starts_with("https://") {
        return Ok(format!("<a href=\"{}\">{words}</a>", escape(address)));
    }
    let (scheme, rest) = address
        .split_once(':')
        .with_context(|| format!("`{address}` is no mark and no address"))?;
    let value = escape(rest);
    let (mark, text): (fn(String) -> Mark, _) = match scheme {
        "place" => (Mark::Place, span("place", &value, &words)),
        "control" => (Mark::Control, span("control", &value, &words)),
        "claim" => (
            Mark::Claim,
            format!(
                "<a class=\"claim\" data-claim=\"{value}\" href=\"../../../claims.html#{value}\">{words}</a>"
            ),
        ),
        "value" => (
            Mark::Value,
            format!("<output class=\"value\" data-value=\"{value}\">{words}</output>"),
        ),
        "run" => (Mark::Run, span("run", &value, &words)),
        "lesson" => (Mark::Lesson, format!("<a href=\"../{value}/\">{words}</a>")),
        "fault" => (
            Mark::Fault,
            format!("<a href=\"../../faults/#{value}\">{words}</a>"),
        ),
        // Read where the question or the goal is made of it.
        "goal" => (Mark::Goal, words),
        "from" | "figure" => bail!("`{address}` stands in a paragraph of its own"),
        "see" | "number" | "curve" | "answer" => return Ok(words),
        other => bail!("`{other}:` is no mark"),
    };
    marks.push(mark(rest.to_owned()));
    Ok(text)
}

fn span(name: &str, value: &str, words: &str) -> String {
    format!("<span class=\"{name}\" data-{name}=\"{value}\">{words}</span>")
}

/// MathML of a formula, with its LaTeX for readers that prefer it.
pub(crate) fn mathml(latex: &str, is_display: bool) -> Result<String> {
    let storage = Storage::new();
    let mut errors = Parser::new(latex, &storage).filter_map(Result::err);
    if let Some(error) = errors.next() {
        return Err(anyhow!("`{latex}` is no formula: {error}"));
    }
    let storage = Storage::new();
    let config = RenderConfig {
        display_mode: if is_display {
            DisplayMode::Block
        } else {
            DisplayMode::Inline
        },
        annotation: Some(latex),
        ..RenderConfig::default()
    };
    let mut text = String::new();
    push_mathml(&mut text, Parser::new(latex, &storage), config)
        .with_context(|| format!("`{latex}`"))?;
    // The crate writes the sign of millionths where the letter is meant. What is wider than its column is scrolled by keys.
    let text = text.replace('µ', "μ");
    Ok(text.replacen(
        "<math display=\"block\"",
        "<math display=\"block\" tabindex=\"0\"",
        1,
    ))
}

/// Words as they stand in HTML and between its quotes.
pub(crate) fn escape(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => text += "&amp;",
            '<' => text += "&lt;",
            '>' => text += "&gt;",
            '"' => text += "&quot;",
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::tree;

    #[test]
    fn marks_become_what_a_script_finds_and_unknown_ones_are_errors() {
        let check = |text: &str, wanted: &str| {
            let mut marks = Vec::new();
            let made = html(&tree(text).unwrap(), &mut marks).unwrap();
            assert!(made.contains(wanted), "{text}: {made}");
        };
        check(
            "[loss](place:loss)",
            "<span class=\"place\" data-place=\"loss\">loss</span>",
        );
        check(
            "[9](value:step)",
            "<output class=\"value\" data-value=\"step\">9</output>",
        );
        check("a < b & *c*", "a &lt; b &amp; <em>c</em>");
        check("$\\mu_B$", "<msub><mi>μ</mi>");
        check(
            "[Where from?](from:mean)",
            "<details class=\"from\" data-from=\"mean\"><summary>Where from?</summary>",
        );
        check(
            "[More](figure:backward)",
            "<details class=\"from live\" data-figure=\"backward\"><summary>More</summary>",
        );
        check("[x](https://a.b/?c=d&e)", "href=\"https://a.b/?c=d&amp;e\"");
        for wrong in [
            "[x](nowhere:y)",
            "[x](plain)",
            "[x](from:median)",
            "in [x](from:mean) words",
            "$\\nosuch$",
            "# a\n## b",
        ] {
            let read = tree(wrong).and_then(|nodes| html(&nodes, &mut Vec::new()));
            assert!(read.is_err(), "{wrong}");
        }
    }
}
