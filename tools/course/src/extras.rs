//! Pages beside the lessons: the myths, which are the refutations of all lessons, and the inventory of misconceptions.

use std::fmt::Write as _;

use crate::frame::Frame;
use crate::inline::escape;
use crate::lesson::StepKind;
use crate::page::form;
use crate::site::Course;

/// The refutations on one page, each with the way to its run.
pub(crate) fn myths_page(course: &Course, language: usize) -> String {
    let own = &course.tongues[language];
    let words = &own.words;
    let mut body = format!(
        "<main class=\"plain\">\n<header class=\"lead\"><h1>{}</h1>\n<p>{}</p></header>\n",
        words.get("myths"),
        words.get("myths-lead"),
    );
    for lesson in &own.lessons {
        let Some(section) = lesson.section(StepKind::NotSo) else {
            continue;
        };
        let (id, heading) = (&lesson.id, &section.heading);
        // What only the lesson's own page makes live is text here.
        let text = course.record.badged(&section.body);
        let text = text.replace("../../../claims.html", "../../claims.html");
        let text = text.replace("href=\"../", "href=\"../lessons/");
        let text = text.replace("href=\"../lessons/../claims", "href=\"../../claims");
        let title = words.fill("from-lesson", &[("title", &lesson.title)]);
        let see = words.get("see-it");
        writeln!(
            body,
            "<section class=\"step myth\" id=\"{id}\">\n<h2>{heading}</h2>\n{text}<p><a href=\"../lessons/{id}/?step=not-so\">{see}</a> <span class=\"from\">{title}</span></p>\n</section>"
        )
        .ok();
    }
    body += "</main>\n";
    frame(
        course,
        language,
        "myths",
        words.get("myths"),
        words.get("myths-lead"),
    )
    .page("", "", &body)
}

/// The twelve questions, usable before and after the course.
pub(crate) fn inventory_page(course: &Course, language: usize) -> String {
    let own = &course.tongues[language];
    let (words, inventory) = (&own.words, &own.inventory);
    let mut body = format!(
        "<main class=\"plain inventory\">\n<header class=\"lead\"><h1>{}</h1>\n{}</header>\n<div class=\"live sitting\"></div>\n",
        escape(&inventory.title),
        inventory.lead,
    );
    for (number, item) in inventory.items.iter().enumerate() {
        let asked = form(&item.question, &item.id, words);
        let (id, heading) = (&item.id, &item.heading);
        writeln!(
            body,
            "<section class=\"step item\" id=\"{id}\">\n<h2>{}. {heading}</h2>\n{}</section>",
            number + 1,
            asked.replace("href=\"../", "href=\"../lessons/"),
        )
        .ok();
    }
    body += "<div class=\"live result\"></div>\n</main>\n";
    frame(
        course,
        language,
        "inventory",
        &inventory.title,
        &inventory.lead_text,
    )
    .page("", "", &body)
}

fn frame<'a>(
    course: &'a Course,
    language: usize,
    page: &'static str,
    title: &'a str,
    description: &'a str,
) -> Frame<'a> {
    let (own, other) = (&course.tongues[language], &course.tongues[1 - language]);
    // From the root, and from the page in the other language.
    let (place, other_page) = match (page, language) {
        ("myths", 0) => ("en/myths/", "../../zh-Hans/myths/"),
        ("myths", _) => ("zh-Hans/myths/", "../../en/myths/"),
        (_, 0) => ("en/inventory/", "../../zh-Hans/inventory/"),
        _ => ("zh-Hans/inventory/", "../../en/inventory/"),
    };
    Frame {
        language: own.language,
        other: (other.language, other_page, &other.words),
        root: "../../",
        place,
        base: course.base.as_deref(),
        title,
        description,
        picture: &own.lessons[0].id,
        words: &own.words,
    }
}
