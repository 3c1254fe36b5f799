//! The home of the course in one language: the first lesson's figure moving, and the course section by section.

use std::fmt::Write as _;

use crate::frame::Frame;
use crate::inline::escape;
use crate::lesson::Lesson;
use crate::names::parts;
use crate::page::minutes;
use crate::site::{Course, Still};

/// The page.
pub(crate) fn home_page(course: &Course, language: usize) -> String {
    let own = &course.tongues[language];
    let other = &course.tongues[1 - language];
    let words = &own.words;
    let other_page = format!("../{}/", other.language);
    let frame = Frame {
        language: own.language,
        other: (other.language, &other_page, &other.words),
        root: "../",
        place: &format!("{}/", own.language),
        base: course.base.as_deref(),
        title: words.get("title"),
        description: words.get("description"),
        picture: &own.lessons[0].id,
        words,
    };
    frame.page("", "", &main(course, language))
}

fn main(course: &Course, language: usize) -> String {
    let own = &course.tongues[language];
    let words = &own.words;
    let first = &own.lessons[0];
    let first_still = &course.stills[&first.id][language];
    let mut text = format!(
        "<main class=\"home\">
<section class=\"hero\">
<div class=\"lead\"><h1>{}</h1>
<p>{}</p>
<p class=\"acts\"><a class=\"button\" href=\"lessons/{id}/\">{}</a> <button type=\"button\" class=\"live quiet\" data-act=\"show\">{}</button></p></div>
<div class=\"figure\"><batchnorm-lab lesson=\"{id}\" state=\"lesson={id}&amp;show=a\" reveal=\"auto\" autoplay loading=\"eager\" hide=\"title,play,step,reset,open-lab,data,batch,lr\"><img src=\"../stills/{id}.{language}.svg\" width=\"720\" height=\"460\" alt=\"{}\"></batchnorm-lab></div>
</section>
<section class=\"sections\" aria-labelledby=\"sections\">
<h2 id=\"sections\">{}</h2>
<p class=\"live progress\" data-part=\"progress\"></p>
",
        words.get("hero"),
        words.get("hero-lead"),
        words.get("hero-guess"),
        words.get("hero-show"),
        escape(&first_still.alt),
        words.get("sections"),
        id = first.id,
        language = own.language,
    );
    for (number, lessons) in parts() {
        let n = number.to_string();
        writeln!(
            text,
            "<section class=\"part\"><h3><span class=\"kind\">{}</span> {}</h3>\n<ul class=\"cards\">",
            words.fill("section", &[("n", &n)]),
            words.get(&format!("part-{number}")),
        )
        .ok();
        for id in lessons {
            let place = own.lessons.iter().position(|lesson| lesson.id == id);
            if let Some(place) = place {
                text += &card(
                    place,
                    &own.lessons[place],
                    own.language,
                    &course.stills[id][language],
                    words,
                );
            }
        }
        text += "</ul></section>\n";
    }
    writeln!(
        text,
        "</section>
<section class=\"more\"><ul>
<li><a href=\"../?lab#lesson=sandbox\">{}</a>: {}</li>
<li><a href=\"faults/\">{}</a></li>
<li><a href=\"myths/\">{}</a></li>
<li><a href=\"inventory/\">{}</a></li>
<li><a href=\"../claims.html\">{}</a></li>
<li><a href=\"../grid.html\">{}</a></li>
<li><a href=\"../devices.html\">{}</a></li>
</ul></section>
</main>",
        words.get("lab"),
        words.get("lab-lead"),
        escape(own.faults.title()),
        words.get("myths"),
        escape(&own.inventory.title),
        words.get("claims"),
        words.get("grid"),
        words.get("devices"),
    )
    .ok();
    text
}

fn card(
    place: usize,
    lesson: &Lesson,
    language: &str,
    still: &Still,
    words: &crate::words::Words,
) -> String {
    let time = minutes(lesson, language).to_string();
    let id = &lesson.id;
    format!(
        "<li class=\"card\" data-lesson=\"{id}\"><a href=\"lessons/{id}/\"><img loading=\"lazy\" src=\"../stills/{id}.{language}.svg\" width=\"720\" height=\"460\" alt=\"\"><span class=\"card-title\">{}. {}</span></a>
<p>{}</p>
<p class=\"card-foot\">{}<span class=\"live state\"></span></p></li>
",
        place + 1,
        escape(&still.title),
        escape(first_sentence(&lesson.lead_text)),
        words.fill("minutes", &[("n", &time)]),
    )
}

/// Up to the first full stop or question mark.
fn first_sentence(text: &str) -> &str {
    let end = text.char_indices().find_map(|(at, letter)| match letter {
        '。' | '？' => Some(at + letter.len_utf8()),
        '.' | '?' if text[at + 1..].starts_with(' ') => Some(at + 1),
        _ => None,
    });
    &text[..end.unwrap_or(text.len())]
}
