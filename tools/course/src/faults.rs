//! The fault theatre: faults that people report, each with a run that shows it, one that shows it mended, and the code to
//! change. Reads `assets/faults/<language>.md`, checks it, writes the page.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use batchnorm_lab::lessons::lesson as row_of;
use pulldown_cmark::{CodeBlockKind, Tag};

use crate::blocks::{Node, plain};
use crate::check::check_run;
use crate::frame::Frame;
use crate::inline::{escape, html};
use crate::lesson::Mark;
use crate::names::Names;
use crate::parse::{Blocks, front, is_heading};
use crate::site::Course;

/// Frameworks whose code is shown, by the words of the code's fence.
const FRAMEWORKS: [(&str, &str); 2] = [("pytorch", "PyTorch"), ("keras", "Keras")];
/// A framework's own words.
const MESSAGE: &str = "text";

/// One fault in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Its name in links and in the page's script.
    pub id: String,
    /// HTML of one line.
    heading: String,
    /// HTML: as people report it, what the framework says, why.
    body: String,
    /// Links of the runs that show it and that show it mended, with the words of their buttons.
    runs: [(String, String); 2],
    /// HTML of a line each: said where the run shows the fault, and where it does not.
    said: [String; 2],
    /// Words and code, by framework.
    code: Vec<(&'static str, String)>,
    /// Every mark, in order.
    marks: Vec<Mark>,
}

/// All faults in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faults {
    /// Plain.
    title: String,
    /// HTML of paragraphs.
    lead: String,
    /// Its plain text.
    lead_text: String,
    /// In order.
    pub faults: Vec<Fault>,
}

impl Faults {
    /// Of the page, plain.
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// Those of the repository in a language, checked.
///
/// # Errors
/// What is missing, or named and not there.
pub(crate) fn read_faults(root: &Path, language: &str, names: &Names) -> Result<Faults> {
    let file = format!("assets/faults/{language}.md");
    let read = || -> Result<Faults> {
        let text = fs::read_to_string(root.join(&file))?;
        let faults = parse(&text)?;
        check(&faults, names)?;
        Ok(faults)
    };
    read().with_context(|| file.clone())
}

/// Both languages: the same faults with the same runs, marks and frameworks.
///
/// # Errors
/// The first difference.
pub(crate) fn check_faults(one: &Faults, other: &Faults) -> Result<()> {
    ensure!(one.faults.len() == other.faults.len(), "other faults");
    for (one, other) in one.faults.iter().zip(&other.faults) {
        ensure!(one.id == other.id, "`{}` and `{}`", one.id, other.id);
        ensure!(one.marks == other.marks, "`{}`: other marks", one.id);
    }
    Ok(())
}

fn parse(text: &str) -> Result<Faults> {
    let nodes = crate::blocks::tree(text)?;
    let (title, lead, mut after) = front(&nodes)?;
    let mut faults = Vec::new();
    while let Some((heading, rest)) = after.split_first() {
        let Node::Element(Tag::Heading { id: Some(id), .. }, words) = heading else {
            bail!("a fault begins with `## Heading {{#name}}`");
        };
        let end = rest.iter().position(is_heading).unwrap_or(rest.len());
        let fault = fault(id, words, &rest[..end]);
        faults.push(fault.with_context(|| format!("in `{id}`"))?);
        after = &rest[end..];
    }
    Ok(Faults {
        title: plain(title),
        lead: html(lead, &mut Vec::new())?,
        lead_text: plain(lead),
        faults,
    })
}

fn fault(id: &str, words: &[Node<'_>], blocks: Blocks<'_, '_>) -> Result<Fault> {
    let mut marks = Vec::new();
    let mut of = Fault {
        id: id.to_owned(),
        heading: html(words, &mut marks)?,
        body: String::new(),
        runs: Default::default(),
        said: Default::default(),
        code: Vec::new(),
        marks: Vec::new(),
    };
    for block in blocks {
        match block {
            Node::Element(Tag::BlockQuote(_), inside) => {
                let symptom = html(inside, &mut marks)?;
                writeln!(of.body, "<div class=\"symptom\">{symptom}</div>")?;
            }
            Node::Element(Tag::CodeBlock(CodeBlockKind::Fenced(kind)), inside) => {
                let code = escape(plain(inside).trim_end());
                let found = FRAMEWORKS.iter().find(|(word, _)| *word == &**kind);
                match found {
                    Some((_, name)) => of.code.push((name, code)),
                    None if &**kind == MESSAGE => {
                        writeln!(of.body, "<pre class=\"said-by\"><code>{code}</code></pre>")?;
                    }
                    None => bail!("code of `{kind}`"),
                }
            }
            Node::Element(Tag::List(None), items) => {
                let [there, gone] = &items[..] else {
                    bail!("two lines are said: of the fault, and of its absence");
                };
                of.said = [line(there, &mut marks)?, line(gone, &mut marks)?];
            }
            block => match runs(block) {
                Some(runs) => of.runs = runs,
                None => of.body += &html(std::slice::from_ref(block), &mut marks)?,
            },
        }
    }
    marks.extend(of.runs.iter().map(|(run, _)| Mark::Run(run.clone())));
    of.marks = marks;
    Ok(of)
}

fn line(item: &Node<'_>, marks: &mut Vec<Mark>) -> Result<String> {
    match item {
        Node::Element(Tag::Item, inside) => html(inside, marks),
        _ => bail!("no line of a list"),
    }
}

/// Of a paragraph of two marks `run:`, what they say.
fn runs(block: &Node<'_>) -> Option<[(String, String); 2]> {
    let Node::Element(Tag::Paragraph, inside) = block else {
        return None;
    };
    let links = inside.iter().filter_map(|node| match node {
        Node::Element(Tag::Link { dest_url, .. }, words) => {
            Some((dest_url.strip_prefix("run:")?.to_owned(), plain(words)))
        }
        _ => None,
    });
    <[(String, String); 2]>::try_from(links.collect::<Vec<_>>()).ok()
}

fn check(faults: &Faults, names: &Names) -> Result<()> {
    let ids: BTreeSet<&str> = faults.faults.iter().map(|of| of.id.as_str()).collect();
    let known: BTreeSet<&str> = names.faults.iter().map(String::as_str).collect();
    ensure!(
        ids == known && ids.len() == faults.faults.len(),
        "the script judges {known:?}, told are {ids:?}"
    );
    for of in &faults.faults {
        let id = &of.id;
        ensure!(
            of.body.starts_with("<div class=\"symptom\">"),
            "`{id}`: first the symptom"
        );
        for (run, _) in &of.runs {
            let (lesson, rest) = split(run);
            let row = row_of(lesson).with_context(|| format!("`{id}`: no lesson `{lesson}`"))?;
            check_run(row.settings, &rest).with_context(|| format!("in `{id}`"))?;
            ensure!(rest.contains("steps="), "`{id}`: how many steps?");
        }
        ensure!(
            of.said.iter().all(|said| !said.is_empty()),
            "`{id}`: what is said?"
        );
        let frameworks: Vec<&str> = of.code.iter().map(|(name, _)| *name).collect();
        ensure!(
            frameworks == FRAMEWORKS.map(|(_, name)| name),
            "`{id}`: {frameworks:?}"
        );
        for mark in &of.marks {
            match mark {
                Mark::Value(name) => ensure!(
                    names.quantities.contains(name) || names.fault_values.contains(name),
                    "`{id}`: `{name}` is no quantity"
                ),
                Mark::Lesson(lesson) => {
                    ensure!(row_of(lesson).is_some(), "`{id}`: no lesson `{lesson}`");
                }
                Mark::Run(_) => {}
                other => bail!("`{id}`: a fault has no {other:?}"),
            }
        }
    }
    Ok(())
}

/// The lesson of a run, and its settings.
fn split(run: &str) -> (&str, String) {
    let mut lesson = "";
    let mut rest = Vec::new();
    for part in run.split('&') {
        match part.strip_prefix("lesson=") {
            Some(id) => lesson = id,
            None => rest.push(part),
        }
    }
    (lesson, rest.join("&"))
}

/// The page.
pub(crate) fn faults_page(course: &Course, language: usize) -> String {
    let (own, other) = (&course.tongues[language], &course.tongues[1 - language]);
    let (words, all) = (&own.words, &own.faults);
    let root = "../../";
    let (lesson, _) = split(&all.faults[0].runs[0].0);
    let still = &course.stills[lesson][language];
    let picture = format!("stills/{lesson}.{}.svg", own.language);
    let mut body = format!(
        "<main class=\"lesson faults\">
<header class=\"lead\"><h1>{}</h1>
{}</header>
<div class=\"figure\"><batchnorm-lab lesson=\"{lesson}\"><img src=\"{root}{picture}\" width=\"720\" height=\"460\" alt=\"{}\"></batchnorm-lab></div>
<div class=\"steps\">
",
        escape(&all.title),
        all.lead,
        escape(&still.alt),
    );
    for (number, of) in all.faults.iter().enumerate() {
        body += &section(number + 1, of);
    }
    body += "</div>\n</main>\n";
    let twin = format!("{root}{}/faults/", other.language);
    Frame {
        language: own.language,
        other: (other.language, &twin, &other.words),
        root,
        place: &format!("{}/faults/", own.language),
        base: course.base.as_deref(),
        title: &all.title,
        description: &all.lead_text,
        picture: lesson,
        words,
    }
    .page("", "", &body)
}

fn section(number: usize, of: &Fault) -> String {
    let Fault { id, heading, .. } = of;
    let body = of.body.replace("href=\"../", "href=\"../lessons/");
    let mut text = format!(
        "<section class=\"step fault\" id=\"{id}\">\n<h2>{number}. {heading}</h2>\n{body}<p class=\"acts\">"
    );
    for ((run, words), act) in of.runs.iter().zip(["reproduce", "mend"]) {
        let run = escape(run);
        let link = lab_link(&run);
        let words = escape(words);
        write!(text, "<a class=\"button\" data-act=\"{act}\" data-run=\"{run}\" href=\"../../?lab#{link}\">{words}</a> ").ok();
    }
    text += "</p>\n<div class=\"live verdict\" role=\"status\"></div>\n";
    for (said, verdict) in of.said.iter().zip(["there", "gone"]) {
        writeln!(text, "<template data-said=\"{verdict}\">{said}</template>").ok();
    }
    for (name, code) in &of.code {
        writeln!(text, "<h3>{name}</h3>\n<pre><code>{code}</code></pre>").ok();
    }
    text + "</section>\n"
}

/// Without the steps, which only the page's script takes.
fn lab_link(run: &str) -> String {
    let parts = run
        .split("&amp;")
        .filter(|part| !part.starts_with("steps="));
    parts.collect::<Vec<_>>().join("&amp;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "# Faults\n\nA lead.\n\n## One {#one}\n\n> “It fails.”\n\n```text\nError: it fails\n```\n\nBecause.\n\n\
        [Reproduce](run:lesson=noise&batch=2&steps=3) [Mend](run:lesson=noise&batch=9&steps=3)\n\n\
        - It is [–](value:step).\n- It is gone.\n\n```pytorch\na < b\n```\n\n```keras\nc\n```\n";

    fn names() -> Names {
        Names {
            faults: ["one".to_owned()].into(),
            quantities: ["step".to_owned()].into(),
            ..Names::default()
        }
    }

    #[test]
    fn a_fault_is_read_and_what_is_missing_is_named() {
        let faults = parse(ONE).unwrap();
        check(&faults, &names()).unwrap();
        let of = &faults.faults[0];
        assert_eq!(of.runs[1].0, "lesson=noise&batch=9&steps=3");
        assert!(of.said[0].contains("data-value=\"step\""), "{of:?}");
        assert_eq!(of.code[0], ("PyTorch", "a &lt; b".to_owned()));
        let page = section(1, of);
        let wanted = "data-act=\"mend\" data-run=\"lesson=noise&amp;batch=9&amp;steps=3\" href=\"../../?lab#lesson=noise&amp;batch=9\"";
        assert!(page.contains(wanted), "{page}");
        for (from, to) in [
            ("> “It fails.”\n\n", ""),
            ("#one", "#two"),
            ("batch=9", "batch=none"),
            ("lesson=noise&batch=9", "batch=9"),
            ("value:step", "value:pace"),
            ("```keras\nc\n```\n", ""),
            ("- It is gone.\n", ""),
        ] {
            let wrong = ONE.replace(from, to);
            let read = parse(&wrong).and_then(|faults| check(&faults, &names()));
            assert!(read.is_err(), "{from}");
        }
    }
}
