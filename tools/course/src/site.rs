//! The course, read, checked and written into a site.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::card::card;
use crate::check::{check_inventories, check_inventory, check_lesson, check_pair};
use crate::extras::{inventory_page, myths_page};
use crate::faults::{Faults, check_faults, faults_page, read_faults};
use crate::home::home_page;
use crate::lesson::{Inventory, Lesson};
use crate::names::{Names, taught};
use crate::page::{Around, lesson_page};
use crate::parse::{parse, parse_items};
use crate::record::Record;
use crate::words::Words;

/// Languages of the course; each page has its twin in the other.
pub const LANGUAGES: [&str; 2] = ["en", "zh-Hans"];

/// What the build says of a still picture: `stills/index.json`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Still {
    pub title: String,
    pub alt: String,
    /// What is seen of the state that the lesson begins with.
    #[serde(default)]
    pub problem: String,
}

/// One language.
pub(crate) struct Tongue {
    pub language: &'static str,
    pub words: Words,
    pub lessons: Vec<Lesson>,
    pub inventory: Inventory,
    pub faults: Faults,
}

/// Everything that pages are made of.
pub struct Course {
    pub(crate) tongues: [Tongue; 2],
    pub(crate) stills: BTreeMap<String, [Still; 2]>,
    pub(crate) record: Record,
    /// Where the site will stand, ending with a slash, if that is known.
    pub(crate) base: Option<String>,
}

impl Course {
    /// Reads and checks all lessons of the repository; without still pictures.
    ///
    /// # Errors
    /// The first lesson that is not as it must be, by file.
    pub fn read(root: &Path) -> Result<Self> {
        let all: Vec<&str> = taught().iter().map(|row| row.id).collect();
        Self::read_of(root, &all)
    }

    /// The same with these lessons alone: what who writes one looks at.
    ///
    /// # Errors
    /// As of `read`.
    pub fn read_of(root: &Path, lessons: &[&str]) -> Result<Self> {
        let names = Names::read_of(root, lessons.iter().copied())?;
        let tongue = |language: &'static str| -> Result<Tongue> {
            let lessons = lessons
                .iter()
                .map(|id| read_lesson(root, id, language, &names));
            Ok(Tongue {
                language,
                words: Words::read(root, language)?,
                inventory: read_inventory(root, language)?,
                faults: read_faults(root, language, &names)?,
                lessons: lessons.collect::<Result<Vec<Lesson>>>()?,
            })
        };
        let tongues = [tongue(LANGUAGES[0])?, tongue(LANGUAGES[1])?];
        for (one, other) in tongues[0].lessons.iter().zip(&tongues[1].lessons) {
            check_pair(one, other).with_context(|| format!("assets/lessons/{}", one.id))?;
        }
        check_inventories(&tongues[0].inventory, &tongues[1].inventory)
            .context("assets/inventory")?;
        check_faults(&tongues[0].faults, &tongues[1].faults).context("assets/faults")?;
        Ok(Self {
            tongues,
            stills: BTreeMap::new(),
            record: Record::read(root)?,
            base: None,
        })
    }

    /// The same course for a site that stands there: its pages say their whole addresses.
    ///
    /// # Errors
    /// It is no address.
    pub fn standing_at(mut self, base: &str) -> Result<Self> {
        let is_plain = !base.contains(['"', '<', '>', '&', ' ']);
        ensure!(
            is_plain && (base.starts_with("https://") || base.starts_with("http://")),
            "`{base}` is no address of a site"
        );
        self.base = Some(format!("{}/", base.trim_end_matches('/')));
        Ok(self)
    }

    /// What the site says of its still pictures.
    fn read_stills(&mut self, site: &Path) -> Result<()> {
        let path = site.join("stills/index.json");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let all: BTreeMap<String, BTreeMap<String, Still>> = serde_json::from_str(&text)?;
        for (lesson, by_language) in all {
            let of = |language: &str| by_language.get(language).cloned().unwrap_or_default();
            self.stills.insert(lesson, LANGUAGES.map(of));
        }
        Ok(())
    }
}

fn read_lesson(root: &Path, id: &str, language: &str, names: &Names) -> Result<Lesson> {
    let file = format!("assets/lessons/{id}/{language}.md");
    let read = || -> Result<Lesson> {
        let text = fs::read_to_string(root.join(&file))?;
        let lesson = parse(id, &text)?;
        check_lesson(&lesson, language, names)?;
        Ok(lesson)
    };
    read().with_context(|| file.clone())
}

fn read_inventory(root: &Path, language: &str) -> Result<Inventory> {
    let file = format!("assets/inventory/{language}.md");
    let read = || -> Result<Inventory> {
        let inventory = parse_items(&fs::read_to_string(root.join(&file))?)?;
        check_inventory(&inventory, language)?;
        Ok(inventory)
    };
    read().with_context(|| file.clone())
}

/// Writes every page of the course into a site whose still pictures are drawn.
///
/// # Errors
/// A lesson is not as it must be, or a file cannot be read or written.
pub fn write_course(mut course: Course, site: &Path) -> Result<()> {
    course.read_stills(site)?;
    write_cards(&course, site)?;
    write_sitemap(&course, site)?;
    for (number, tongue) in course.tongues.iter().enumerate() {
        let other = &course.tongues[1 - number];
        let folder = site.join(tongue.language);
        write(&folder, "index.html", &home_page(&course, number))?;
        let (myths, inventory) = (folder.join("myths"), folder.join("inventory"));
        write(&myths, "index.html", &myths_page(&course, number))?;
        write(&inventory, "index.html", &inventory_page(&course, number))?;
        let faults = folder.join("faults");
        write(&faults, "index.html", &faults_page(&course, number))?;
        for (place, lesson) in tongue.lessons.iter().enumerate() {
            let still = course.stills.get(&lesson.id);
            let still = still.with_context(|| format!("no still picture of {}", lesson.id))?;
            let around = Around {
                course: &tongue.lessons,
                language: tongue.language,
                other: (other.language, &other.words),
                words: &tongue.words,
                record: &course.record,
                still: &still[number],
                base: course.base.as_deref(),
            };
            let own = folder.join("lessons").join(&lesson.id);
            write(&own, "index.html", &lesson_page(place, &around))?;
            let embed = format!(
                "../../../embed.html?lesson={}&lang={}",
                lesson.id, tongue.language
            );
            let oembed = json!({
                "version": "1.0", "type": "rich", "provider_name": "batchnorm-lab",
                "title": still[number].title, "width": 720, "height": 460,
                "html": format!("<iframe src=\"{embed}\" width=\"720\" height=\"460\" title=\"{}\"></iframe>", still[number].title),
            });
            write(&own, "oembed.json", &oembed.to_string())?;
        }
    }
    Ok(())
}

/// A picture of each lesson for where its address is shared; it has no letters, and is the same in both languages.
fn write_cards(course: &Course, site: &Path) -> Result<()> {
    let folder = site.join("cards");
    fs::create_dir_all(&folder)?;
    for Lesson { id, .. } in &course.tongues[0].lessons {
        let still = site.join(format!("stills/{id}.{}.svg", LANGUAGES[0]));
        let still = fs::read_to_string(&still).with_context(|| still.display().to_string())?;
        let picture = card(&still).with_context(|| format!("the picture of {id}"))?;
        fs::write(folder.join(format!("{id}.png")), picture)?;
    }
    Ok(())
}

/// The addresses of all pages, where it is known where the site will stand.
fn write_sitemap(course: &Course, site: &Path) -> Result<()> {
    let Some(base) = &course.base else {
        return Ok(());
    };
    let mut pages = String::new();
    for tongue in &course.tongues {
        let lessons = tongue
            .lessons
            .iter()
            .map(|of| format!("lessons/{}/", of.id));
        let others = ["", "myths/", "inventory/", "faults/"].map(str::to_owned);
        for page in others.into_iter().chain(lessons) {
            pages += &format!("<url><loc>{base}{}/{page}</loc></url>\n", tongue.language);
        }
    }
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{pages}</urlset>\n"
    );
    write(site, "sitemap.xml", &text)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(name);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}
