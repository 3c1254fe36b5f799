//! Writes the pictures, and what they say in words.

use std::path::Path;
use std::{fs, io};

use batchnorm_lab::lessons::LESSONS;
use batchnorm_lab_app::stills::{Still, draw_all, draw_page, draw_problems};
use serde_json::{Map, Value, json};

/// Draws all pictures into a folder.
pub fn stills(folder: &Path) -> io::Result<()> {
    let digits = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../assets/digits/digits.bin"
    );
    let digits = fs::read(digits)?;
    let stills = draw_all(&digits);
    fs::create_dir_all(folder)?;
    for still in &stills {
        pictures(folder, still.lesson, still)?;
    }
    // The last lesson is the lab where everything is free.
    let problems = draw_problems(&LESSONS[..LESSONS.len() - 1], text, &digits);
    for still in &problems {
        pictures(folder, &format!("{}.problem", still.lesson), still)?;
    }
    let [wide, narrow] = draw_page(&digits);
    fs::write(folder.join("page.svg"), wide)?;
    fs::write(folder.join("page.narrow.svg"), narrow)?;
    fs::write(folder.join("index.json"), index(&stills, &problems))
}

fn pictures(folder: &Path, name: &str, still: &Still) -> io::Result<()> {
    let name = format!("{name}.{}", still.lang.tag());
    fs::write(folder.join(format!("{name}.svg")), &still.wide)?;
    fs::write(folder.join(format!("{name}.narrow.svg")), &still.narrow)
}

fn text(lesson: &str) -> String {
    let lessons = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/lessons");
    let path = Path::new(lessons).join(lesson).join("en.md");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Lesson by lesson and language by language, what a picture says in words.
fn index(stills: &[Still], problems: &[Still]) -> String {
    let mut lessons = Map::new();
    for still in stills {
        let languages = lessons
            .entry(still.lesson)
            .or_insert_with(|| Value::Object(Map::new()));
        languages[still.lang.tag()] = json!({
            "title": still.title,
            "alt": still.alt,
            "caption": still.caption,
        });
    }
    for still in problems {
        lessons[still.lesson][still.lang.tag()]["problem"] = json!(still.alt);
    }
    format!("{:#}\n", Value::Object(lessons))
}
