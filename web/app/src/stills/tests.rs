//! Every picture, read as a browser reads it: in its box, legible, by itself, and of its own run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use batchnorm_lab::lessons::{LESSONS, Lesson, lesson};
use roxmltree::{Document, Node};

use super::run::Run;
use super::words::Said;
use super::{Still, caption, draw_all, draw_problems};
use crate::charts::text_width;
use crate::i18n::Lang;

const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");

/// Those of the ends, then those of the problems.
fn stills() -> &'static [Still] {
    static STILLS: OnceLock<Vec<Still>> = OnceLock::new();
    STILLS.get_or_init(|| {
        let text = |id: &str| {
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/lessons");
            std::fs::read_to_string(format!("{root}/{id}/en.md")).expect("a lesson's text")
        };
        let mut all = draw_all(DIGITS);
        all.extend(draw_problems(taught(), text, DIGITS));
        all
    })
}

fn taught() -> &'static [Lesson] {
    &LESSONS[..LESSONS.len() - 1]
}

/// Calls `check` with each picture and its box.
fn each(check: impl Fn(&str, &Document, (f64, f64))) {
    assert_eq!(stills().len(), 2 * (LESSONS.len() + taught().len()));
    for still in stills() {
        for (shape, text, size) in [
            ("wide", &still.wide, (720.0, 460.0)),
            ("narrow", &still.narrow, (360.0, 680.0)),
        ] {
            let name = format!("{} {} {shape}", still.lesson, still.lang.tag());
            let document = Document::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            check(&name, &document, size);
        }
    }
}

fn text_of(document: &Document, kind: &str) -> String {
    let mut nodes = document
        .descendants()
        .filter(|node| node.tag_name().name() == kind);
    let node = nodes.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(nodes.next().is_none(), "two {kind}");
    node.text().unwrap_or_default().to_owned()
}

/// The rules of the style sheet, by class.
fn rules(document: &Document) -> BTreeMap<String, String> {
    let sheet = text_of(document, "style");
    sheet
        .split('}')
        .filter_map(|rule| rule.strip_prefix(".s-")?.split_once('{'))
        .map(|(class, rule)| (format!("s-{class}"), rule.to_owned()))
        .collect()
}

fn number(rule: &str, name: &str) -> Option<f64> {
    let rest = rule.split_once(name)?.1;
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[test]
fn a_picture_says_what_it_is_and_needs_nothing_else() {
    each(|name, document, (width, height)| {
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"), "{name}");
        let view = format!("0 0 {width} {height}");
        assert_eq!(root.attribute("viewBox"), Some(&*view), "{name}");
        let first: Vec<_> = root
            .children()
            .take(3)
            .map(|node| node.tag_name().name())
            .collect();
        assert_eq!(first, ["title", "desc", "style"], "{name}");
        assert!(text_of(document, "desc").len() > 60, "{name}");
        for node in document.descendants().filter(Node::is_element) {
            let kind = node.tag_name().name();
            assert!(
                ["svg", "title", "desc", "style", "path", "text"].contains(&kind),
                "{name}: {kind}"
            );
            for attribute in node.attributes() {
                let is_known = [
                    "class", "d", "x", "y", "role", "lang", "width", "height", "viewBox",
                ];
                assert!(
                    is_known.contains(&attribute.name()),
                    "{name}: {}",
                    attribute.name()
                );
            }
        }
    });
}

#[test]
fn the_sheet_may_be_adopted_by_a_page_and_follows_its_tokens() {
    each(|name, document, _| {
        let sheet = text_of(document, "style");
        assert!(
            !sheet.contains(['<', '>', '&', '@']) || sheet.matches('@').count() == 1,
            "{name}"
        );
        for what in ["url(", "@import", "http", "!important"] {
            assert!(!sheet.contains(what), "{name}: {what}");
        }
        assert!(
            sheet.starts_with(":root{color-scheme:light dark}.s{"),
            "{name}"
        );
        let screen = sheet.split("@media").next().unwrap_or_default();
        for rule in screen.split('}').skip(1).filter(|rule| !rule.is_empty()) {
            assert!(
                rule.starts_with(".s{") || rule.starts_with(".s ") || rule.starts_with(".s-"),
                "{name}: {rule}"
            );
        }
        // Every class that is used is there, and no other.
        let used: BTreeSet<&str> = document
            .descendants()
            .filter(|node| ["path", "text"].contains(&node.tag_name().name()))
            .filter_map(|node| node.attribute("class"))
            .collect();
        let rules = rules(document);
        let known: BTreeSet<&str> = rules.keys().map(String::as_str).collect();
        assert_eq!(used, known, "{name}");
        for token in ["background", "text", "muted"] {
            assert!(
                sheet.contains(&format!("var(--bn-color-{token},light-dark(#")),
                "{name}: {token}"
            );
        }
    });
}

#[test]
fn letters_are_legible_and_keep_apart() {
    each(|name, document, (width, height)| {
        let rules = rules(document);
        let mut places: Vec<([f64; 4], String)> = Vec::new();
        for node in document
            .descendants()
            .filter(|node| node.tag_name().name() == "text")
        {
            let rule = &rules[node.attribute("class").unwrap_or_default()];
            let size = number(rule, "font-size:").expect("every text has a size");
            assert!(size >= 12.0, "{name}: {rule}");
            let text = node.text().unwrap_or_default();
            let at = |axis| {
                node.attribute(axis)
                    .and_then(|v| v.parse::<f64>().ok())
                    .expect("a place")
            };
            let (x, y) = (at("x"), at("y"));
            // The estimate is on the wide side.
            let wide = text_width(text, size) * 0.88;
            let left = match rule {
                rule if rule.contains("anchor:end") => x - wide,
                rule if rule.contains("anchor:middle") => x - wide / 2.0,
                _ => x,
            };
            let place = [left, y - size * 0.72, left + wide, y + size * 0.1];
            let [l, t, r, b] = place;
            assert!(
                l >= 0.0 && t >= 0.0 && r <= width && b <= height,
                "{name}: {text} {place:?}"
            );
            assert!(!text.contains('…') || text == "…", "{name}: {text} is cut");
            for (other, said) in &places {
                let meets = l < other[2] && other[0] < r && t < other[3] && other[1] < b;
                assert!(
                    !meets,
                    "{name}: “{text}” {place:?} lies on “{said}” {other:?}"
                );
            }
            places.push((place, text.to_owned()));
        }
        assert!(places.len() > 10, "{name}");
    });
}

/// Points that path data come to.
fn points(data: &str) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let (mut at, mut start) = ((0.0, 0.0), (0.0, 0.0));
    let mut rest = data;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[1..];
        let end = rest
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let numbers = numbers(&rest[..end]);
        rest = &rest[end..];
        let steps: Vec<(f64, f64)> = match letter {
            'h' => numbers.iter().map(|x| (*x, 0.0)).collect(),
            'v' => numbers.iter().map(|y| (0.0, *y)).collect(),
            'm' | 'l' => numbers
                .chunks_exact(2)
                .map(|pair| (pair[0], pair[1]))
                .collect(),
            'z' => {
                at = start;
                continue;
            }
            other => panic!("{other} in {data}"),
        };
        for (index, (dx, dy)) in steps.into_iter().enumerate() {
            at = (at.0 + dx, at.1 + dy);
            if letter == 'm' && index == 0 {
                start = at;
            }
            points.push(at);
        }
    }
    points
}

/// Numbers that stand as close as a path's may.
fn numbers(text: &str) -> Vec<f64> {
    let mut numbers = vec![String::new()];
    for c in text.chars() {
        let last = numbers.last_mut().expect("there is one");
        match c {
            ' ' => numbers.push(String::new()),
            '-' => numbers.push("-".into()),
            '.' if last.contains('.') => numbers.push(".".into()),
            c => last.push(c),
        }
    }
    let numbers = numbers.iter().filter(|number| !number.is_empty());
    numbers
        .map(|n| n.parse().unwrap_or_else(|_| panic!("{n} in {text}")))
        .collect()
}

#[test]
fn every_mark_is_in_the_box() {
    each(|name, document, (width, height)| {
        let rules = rules(document);
        for node in document
            .descendants()
            .filter(|node| node.tag_name().name() == "path")
        {
            let rule = &rules[node.attribute("class").unwrap_or_default()];
            let half = number(rule, "stroke-width:").unwrap_or(0.0) / 2.0;
            let data = node.attribute("d").unwrap_or_default();
            let points = points(data);
            assert!(!points.is_empty(), "{name}");
            for (x, y) in points {
                let is_in =
                    (half..=width - half).contains(&x) && (half..=height - half).contains(&y);
                assert!(
                    is_in || half == 0.0 && x <= width + 1e-6 && y <= height + 1e-6,
                    "{name}: {x} {y} {rule}"
                );
            }
        }
    });
}

#[test]
fn the_words_are_those_of_the_run() {
    for still in stills() {
        let document = Document::parse(&still.wide).expect("well-formed");
        assert_eq!(text_of(&document, "title"), still.title);
        assert_eq!(text_of(&document, "desc"), still.alt);
        assert!(still.alt.ends_with(&still.caption));
        assert!(!still.alt.contains(['{', '}']), "{}", still.alt);
    }
    let of = |settings: &'static str| {
        let lesson = Lesson {
            settings,
            ..*lesson("first-look").expect("the first lesson")
        };
        let run = Run::of(&lesson, DIGITS);
        let right = super::panels::shown_accuracy(&run, 0);
        (caption::caption(&run, Said(Lang::En)), right)
    };
    let (seven, one) = (of(""), of("seed=1"));
    assert_ne!(seven, one);
    for (caption, right) in [seven, one] {
        assert!(
            caption.contains(&format!("run A gets {right} of")),
            "{caption} {right}"
        );
    }
}

#[test]
fn a_problem_is_the_state_that_its_text_names() {
    let text =
        "## Two {#problem}\n\n[A](run:show=a&batch=16&steps=3) stands.\n\n## Who? {#guess}\n";
    let run = Run::problem(lesson("small-batch").expect("it is there"), text, DIGITS);
    let state = (run.frame.step, run.settings.batch, run.sides());
    assert_eq!(state, (3, 16, vec![0]));
    // What is asked for in the next step is not given away.
    assert!(run.sweep.as_ref().is_some_and(|grid| grid.done() == 0));
    assert!(caption::caption(&run, Said(Lang::En)).contains("3 steps"));
}

#[test]
fn the_same_run_gives_the_same_picture() {
    let again = super::draw(&LESSONS[..1], DIGITS);
    assert_eq!(again[0].wide, stills()[0].wide);
    assert_eq!(again[1].narrow, stills()[1].narrow);
}
