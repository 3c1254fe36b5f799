//! The static page of one lesson: whole text, formulas, still picture, answers in closed details. A script makes it live.

use std::fmt::Write as _;

use batchnorm_lab::lessons::lesson as row_of;
use batchnorm_lab::settings::{SETTINGS, Settings};

use crate::frame::Frame;
use crate::inline::escape;
use crate::lesson::{Asked, Lesson, Mark, Question, Section, StepKind};
use crate::record::Record;
use crate::site::Still;
use crate::words::Words;

/// What a lesson's page is made of, besides its own text.
pub(crate) struct Around<'a> {
    /// All lessons of this language, in teaching order.
    pub course: &'a [Lesson],
    pub language: &'a str,
    pub other: (&'a str, &'a Words),
    pub words: &'a Words,
    pub record: &'a Record,
    pub still: &'a Still,
    pub base: Option<&'a str>,
}

/// The page of the lesson at that place of the course.
pub(crate) fn lesson_page(place: usize, around: &Around<'_>) -> String {
    let (lesson, words) = (&around.course[place], around.words);
    let root = "../../../";
    let (other_language, other_words) = around.other;
    let other_page = format!("{root}{other_language}/lessons/{}/", lesson.id);
    let frame = Frame {
        language: around.language,
        other: (other_language, &other_page, other_words),
        root,
        place: &format!("{}/lessons/{}/", around.language, lesson.id),
        base: around.base,
        title: &around.still.title,
        description: &lesson.lead_text,
        picture: &lesson.id,
        words,
    };
    let near = |place: Option<usize>| place.and_then(|place| around.course.get(place));
    let mut ways = format!(
        "<span class=\"where\">{}</span>\n",
        words.fill(
            "lesson",
            &[
                ("n", &(place + 1).to_string()),
                ("all", &around.course.len().to_string()),
            ],
        )
    );
    let ends = [
        (near(place.checked_sub(1)), "prev", "previous", "←"),
        (near(Some(place + 1)), "next", "next", "→"),
    ];
    for (lesson, rel, key, arrow) in ends {
        if let Some(Lesson { id, title, .. }) = lesson {
            let name = words.get(key);
            ways += &format!(
                "<a rel=\"{rel}\" href=\"../{id}/\" title=\"{name}: {title}\">{arrow}<span class=\"way\"> {title}</span></a>\n"
            );
        }
    }
    let links = format!(
        "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"oembed.json\" title=\"{}\">\n",
        escape(&around.still.title)
    );
    frame.page(&links, &ways, &main(place, around))
}

fn main(place: usize, around: &Around<'_>) -> String {
    let (lesson, words) = (&around.course[place], around.words);
    let (id, title, lead) = (&lesson.id, &lesson.title, &lesson.lead);
    let mut text = format!(
        "<main class=\"lesson\" data-lesson=\"{id}\" data-preset=\"{}\">
<header class=\"lead\"><h1>{title}</h1>
{lead}</header>
<div class=\"figure\"><batchnorm-lab lesson=\"{id}\" hide=\"title\">{}</batchnorm-lab></div>
<div class=\"steps\">
",
        escape(&preset(id)),
        problem(id, around.language, &around.still.problem),
    );
    for section in &lesson.sections {
        let made = if section.kind != StepKind::Recall {
            step(section, words)
        } else if place < EARLIER[0] {
            continue;
        } else {
            recall(place, section, around)
        };
        text += &around.record.badged(&made);
    }
    text + &legend(words) + "</div>\n</main>\n"
}

/// The picture of what the lesson begins with: read without scripts, and shown until the figure stands there.
fn problem(id: &str, language: &str, alt: &str) -> String {
    let still = format!("../../../stills/{id}.problem.{language}");
    format!(
        "<picture slot=\"poster\"><source media=\"(max-width: 608px)\" srcset=\"{still}.narrow.svg\" width=\"360\" height=\"680\"><img src=\"{still}.svg\" width=\"720\" height=\"460\" alt=\"{}\"></picture>",
        escape(alt),
    )
}

/// The value of every setting in the lesson, as JSON: conditions compare with it.
fn preset(id: &str) -> String {
    let link = row_of(id).map_or("", |row| row.settings);
    let (settings, _) = Settings::from_text(link);
    let values = SETTINGS.iter().map(|row| {
        (
            row.name.to_owned(),
            serde_json::Value::from(row.text(&settings)),
        )
    });
    serde_json::Value::Object(values.collect()).to_string()
}

/// What the marks in the text mean.
fn legend(words: &Words) -> String {
    let rows = [
        ("mark-place", "legend-place"),
        ("mark-run", "legend-run"),
        ("value", "legend-value"),
        ("mark-claim", "legend-claim"),
    ];
    let rows = rows.map(|(class, key)| {
        let (name, told) = (words.get(&format!("{key}-name")), words.get(key));
        format!("<li><span class=\"{class}\">{name}</span> {told}</li>\n")
    });
    format!(
        "<details class=\"legend\"><summary>{}</summary>\n<ul>\n{}</ul></details>\n",
        words.get("legend"),
        rows.concat()
    )
}

fn open(section: &Section, words: &Words) -> String {
    let (name, heading) = (section.kind.name(), &section.heading);
    let label = words.get(&format!("step-{name}"));
    // Said once where the heading is no other.
    let label = match heading == label {
        true => String::new(),
        false => format!("<p class=\"kind\">{label}</p>\n"),
    };
    format!(
        "<section class=\"step\" id=\"{name}\" data-step=\"{name}\" aria-labelledby=\"{name}-heading\">
{label}<h2 id=\"{name}-heading\">{heading}</h2>
"
    )
}

fn step(section: &Section, words: &Words) -> String {
    let mut text = open(section, words) + &section.body;
    if let Some(question) = &section.question {
        text += &form(question, section.kind.name(), words);
    }
    if !section.goals.is_empty() {
        text += "<ul class=\"goals\">\n";
        for (condition, label) in &section.goals {
            writeln!(text, "<li data-goal=\"{}\">{label}</li>", escape(condition)).ok();
        }
        text += "</ul>\n";
    }
    if section.kind == StepKind::Run {
        let run = section.marks.iter().find_map(|mark| match mark {
            Mark::Run(run) => Some(run.as_str()),
            _ => None,
        });
        let run = escape(run.unwrap_or_default());
        writeln!(
            text,
            "<div class=\"live run-it\" data-run-it=\"{run}\"></div>"
        )
        .ok();
    }
    text + &section.notes + "</section>\n"
}

/// How many lessons ago those were whose questions are asked again.
const EARLIER: [usize; 2] = [3, 7];

/// The questions of the lessons three and seven before this one.
fn recall(place: usize, section: &Section, around: &Around<'_>) -> String {
    let words = around.words;
    let mut text = open(section, words);
    let earlier: Vec<&Lesson> = EARLIER
        .iter()
        .filter_map(|back| around.course.get(place.checked_sub(*back)?))
        .collect();
    for lesson in earlier {
        let title = format!("<a href=\"../{}/\">{}</a>", lesson.id, lesson.title);
        let from = words.fill("from-lesson", &[("title", &title)]);
        writeln!(text, "<p class=\"from\">{from}</p>").ok();
        let asked = lesson.section(StepKind::Recall);
        if let Some(question) = asked.and_then(|of| of.question.as_ref()) {
            text += &form(question, &format!("recall-{}", lesson.id), words);
        }
    }
    text + &section.notes + "</section>\n"
}

/// A question whose answers can be chosen; what is said to each stands in closed details.
pub(crate) fn form(question: &Question, name: &str, words: &Words) -> String {
    let Question {
        asked,
        kind,
        answers,
    } = question;
    let (kind, key) = match kind {
        Asked::Choice(right) => ("choice", right.to_string()),
        Asked::See(name) => ("see", name.clone()),
        Asked::Number(name) => ("number", name.clone()),
        Asked::Curve(name) => ("curve", name.clone()),
    };
    let mut text = format!(
        "<form class=\"question\" data-kind=\"{kind}\" data-key=\"{key}\">
<fieldset><legend id=\"{name}-asked\">{asked}</legend>
"
    );
    match kind {
        "number" => {
            let near = words.get("near");
            writeln!(text, "<input type=\"number\" name=\"{name}\" step=\"any\" min=\"0\" required aria-labelledby=\"{name}-asked\" aria-describedby=\"{name}-near\"> <small id=\"{name}-near\">{near}</small>").ok();
        }
        "curve" => text += "<div class=\"live draw\"></div>\n",
        _ => {
            for (place, answer) in answers.iter().enumerate() {
                let value = answer.value.as_ref();
                let value = value.map_or_else(|| place.to_string(), Clone::clone);
                let label = &answer.label;
                writeln!(text, "<label class=\"answer\"><input type=\"radio\" name=\"{name}\" value=\"{value}\"> <span>{label}</span></label>").ok();
            }
        }
    }
    text += "</fieldset>\n<div class=\"live acts\"></div>\n";
    writeln!(
        text,
        "<details class=\"answers\"><summary>{}</summary>",
        words.get("answers")
    )
    .ok();
    for (place, answer) in answers.iter().enumerate() {
        let is_right = matches!(&question.kind, Asked::Choice(right) if *right == place)
            || matches!(&question.kind, Asked::Number(_) if place == 1)
            || matches!(&question.kind, Asked::Curve(_) if place == 0);
        let value = answer.value.as_ref();
        let value = value.map_or_else(|| place.to_string(), Clone::clone);
        let mark = if is_right { " ✓" } else { "" };
        let (label, feedback) = (&answer.label, &answer.feedback);
        writeln!(text, "<div class=\"feedback\" data-for=\"{value}\"><p class=\"which\">{label}{mark}</p>\n{feedback}</div>").ok();
    }
    text + "</details>\n<div class=\"live verdict\" role=\"status\"></div>\n</form>\n"
}

/// Minutes that a lesson takes: its words read at an easy pace, and three for the run and the goals.
pub(crate) fn minutes(lesson: &Lesson, language: &str) -> usize {
    let letters: usize = lesson.sections.iter().map(|of| of.body.len()).sum();
    let a_minute = if language == "en" { 900 } else { 1000 };
    3 + letters.div_ceil(a_minute)
}
