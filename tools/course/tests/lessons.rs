//! The lessons of the repository are as `assets/lessons/README.md` tells, and what is not is refused by name.

use std::path::Path;

use batchnorm_lab_course::{Course, LANGUAGES, Names, check_lesson, check_pair, parse};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn first_look(language: &str) -> String {
    let path = root().join(format!("assets/lessons/first-look/{language}.md"));
    std::fs::read_to_string(path).unwrap()
}

fn names() -> Names {
    Names::read_of(root(), std::iter::once("first-look")).unwrap()
}

#[test]
fn every_lesson_is_whole_in_both_languages() {
    if let Err(error) = Course::read(root()) {
        panic!("{error:#}");
    }
}

#[test]
fn what_is_missing_or_names_nothing_is_said() {
    let (text, names) = (first_look("en"), names());
    let check = |from: &str, to: &str, said: &str| {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        let read = parse("first-look", &changed).and_then(|of| check_lesson(&of, "en", &names));
        let error = format!("{:#}", read.expect_err(said));
        assert!(error.contains(said), "{error}");
    };
    check("# First look", "First look", "begins with its title");
    check("{#why}", "", "## Heading");
    check("{#why}", "{#because}", "`because` is no step");
    check("{#guess}", "{#see}", "`run` stands too late");
    check("- [x] B.", "- [ ] B.", "one answer is ticked");
    check("(answer:middle)", "(place:loss)", "have values");
    check("(see:most-moved-a)", "(see:most-loved)", "no observation");
    check("(place:loss)", "(place:moments)", "no panel `moments`");
    check("(control:lr)", "(control:eps)", "no control `eps`");
    check("(control:lr)", "(place:loss)", "1 to 1 are named, not 0");
    check(
        "(claim:first-look-with)",
        "(lesson:noise)",
        "`first-look-with` is not named",
    );
    check(
        "(claim:first-look-with)",
        "(claim:noise)",
        "no claim `noise`",
    );
    check("(value:accuracy-batch-a)", "(value:beauty)", "no quantity");
    check("(goal:accuracy-a>0.9)", "(goal:accuracy-a)", "no condition");
    check("(goal:accuracy-a>0.9)", "(goal:beauty>0.9)", "no quantity");
    check(
        "run:show=twin&steps=400",
        "run:show=both&steps=400",
        "run:show=both".trim_start_matches("run:"),
    );
    check("$\\ln 2", "$\\lnn 2", "no formula");
    check("**Batch Norm", "<b>Batch Norm", "HTML");
    check(
        "> Let the room",
        "> [Loss](place:loss): let the room",
        "a note has no Place",
    );
    let short = "Depth alone does not stop a network.";
    let long = text.lines().find(|line| line.contains(short)).unwrap();
    check(long, "  No.", "feedback of 3 letters");
}

#[test]
fn both_languages_say_the_same() {
    let one = parse("first-look", &first_look(LANGUAGES[0])).unwrap();
    let text = first_look(LANGUAGES[1]);
    check_pair(&one, &parse("first-look", &text).unwrap()).unwrap();
    for (from, to) in [
        ("(answer:first)", "(answer:last)"),
        ("(goal:accuracy-a>0.9)", "(goal:accuracy-a>0.8)"),
        ("(place:loss)", "(place:layers)"),
        ("steps=400", "steps=300"),
    ] {
        assert!(text.contains(from), "{from}");
        let changed = parse("first-look", &text.replacen(from, to, 1)).unwrap();
        assert!(check_pair(&one, &changed).is_err(), "{from}");
    }
}
