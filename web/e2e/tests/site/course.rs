//! The course's pages: what was seen is judged by the run on the screen, places are lit, with and without scripts; the front and
//! the inventory. Who takes a lesson from its problem to its end is `reader.rs`.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::lessons::LESSONS;
use serde_json::{Value, json};

use crate::common::{Lab, is_skipped_without_devtools};
use crate::legible::LETTERS;

/// Verbs of who takes a lesson: only what is on the screen is pressed.
const READER: &str = "
    const seen = (of) => of && of.checkVisibility({ visibilityProperty: true }) && of.getBoundingClientRect().height > 0;
    const step = (id) => document.getElementById(id);
    const buttons = (id) => [...step(id).querySelectorAll('button')].filter((of) => seen(of) && !of.disabled);
    const press = (id, place = 0) => buttons(id)[place].click();
    const onward = async (id, next) => {
        const own = [...step(id).querySelectorAll('.onward button')].filter(seen);
        if (own.length !== 1) throw new Error(`${id}: ${own.length} ways on`);
        own[0].click();
        await until(next, () => seen(step(next)));
    };
    const answer = async (form) => {
        const input = form.querySelector('input');
        const drawn = form.querySelector('svg.curve');
        if (drawn) {
            drawn.focus();
            for (const key of ['ArrowUp', 'ArrowRight', 'ArrowUp']) drawn.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        } else if (input.type === 'number') input.value = '3';
        else input.click();
        await frames(1);
    };";

/// Presses run and waits until the run has come to its stop, however long it is.
fn run(lab: &Lab) -> Result<()> {
    lab.script(&format!("{READER} press('run');"))?;
    let told = lab.browser.wait(
        "the end of the run",
        120.0,
        "return document.querySelector('.failed')?.textContent
             || document.querySelector('#run .onward button:not([hidden])') && 'done'",
    )?;
    ensure!(told == "done", "{told}");
    Ok(())
}

pub fn taught() -> impl Iterator<Item = &'static str> {
    LESSONS[..LESSONS.len() - 1].iter().map(|row| row.id)
}

/// A browser in which no lesson was begun, on any page.
pub fn fresh() -> Result<Lab> {
    let lab = Lab::start(&[])?;
    lab.host.before_every_page("localStorage.clear();");
    Ok(lab)
}

fn open(lab: &Lab, page: &str) -> Result<()> {
    lab.browser.open("about:blank")?;
    lab.browser.open(&format!("{}{page}", lab.host.url()))?;
    lab.browser.wait(
        "the live page",
        20.0,
        "return document.readyState === 'complete' && document.documentElement.classList.contains('is-live')",
    )?;
    Ok(())
}

/// Opens a lesson and waits for the figure in the state of its problem.
pub fn open_lesson(lab: &Lab, language: &str, lesson: &str) -> Result<()> {
    open(lab, &format!("{language}/lessons/{lesson}/"))?;
    lab.wait("the figure", "return root.querySelector('.figure-box')")?;
    lab.script(
        "await until('the problem', () => document.querySelector('main.lesson').dataset.stands)",
    )
    .with_context(|| format!("{language} {lesson}"))
    .map(|_| ())
}

#[test]
fn where_a_number_comes_from_ends_with_the_number_of_the_run() -> Result<()> {
    let lab = fresh()?;
    for (language, lesson, numbers) in [
        ("en", "first-look", &["mean", "variance", "x-hat"][..]),
        ("zh-Hans", "gamma-beta", &["y"]),
        (
            "en",
            "train-vs-inference",
            &["running-mean", "running-variance"],
        ),
    ] {
        open_lesson(&lab, language, lesson)?;
        for steps in [0, 7] {
            let told = lab.script(&format!(
                "const element = document.querySelector('batchnorm-lab');
                 if ({steps}) await within('steps', element.step({steps}));
                 else {{ element.state = element.state.replace(/show=a&?/, 'show=twin&').replace('affine=off', 'affine=on'); await within('a run', element.snapshot()); }}
                 const of = (name) => document.querySelector(`details.from[data-from=${{name}}]`);
                 const said = (name) => of(name).querySelector('.from-numbers').textContent;
                 for (const name of {names}) {{ of(name).open = false; of(name).querySelector('.from-numbers').textContent = ''; }}
                 await frames(2);
                 for (const name of {names}) of(name).open = true;
                 await until('the numbers', () => {names}.every(said));
                 const {{ layers }} = (await element.snapshot()).sides.findLast(({{ layers }}) => layers[0].running_mean.length);
                 const rows = (await element.snapshot('selected-unit')).rows.filter((row) => row[0] === 'B');
                 return [{names}.map(said), layers[0], rows[0], {names}.map((name) => of(name).querySelector('.from-source').textContent)];",
                names = json!(numbers),
            )).with_context(|| format!("{lesson} in {language}"))?;
            for (place, name) in numbers.iter().enumerate() {
                let said = told[0][place].as_str().context("a text")?;
                let layer = &told[1];
                let cell = |column: usize| -> Result<f64> {
                    let cell = told[2][column].as_str().context("a cell")?;
                    Ok(cell.replace('−', "-").parse()?)
                };
                let of = |list: &str| layer[list][0].as_f64().context("a number of the layer");
                let (wanted, got) = match *name {
                    "mean" => (of("batch_mean")?, said.rsplit(" = ").next()),
                    "variance" => (of("batch_var")?, said.rsplit(" = ").next()),
                    "x-hat" => (cell(4)?, said.rsplit(" = ").next()),
                    "y" => (cell(5)?, said.rsplit(" = ").next()),
                    "running-mean" => (of("running_mean")?, said.split(" →").next()),
                    _ => (of("running_var")?, said.split(" →").next()),
                };
                let got = got.and_then(|got| got.split([' ', '：', ':']).next_back());
                let got = got.context("a number")?.replace('−', "-");
                let got: f64 = got.parse().with_context(|| said.to_owned())?;
                let error = (got - wanted).abs();
                ensure!(
                    error <= 6e-3 * wanted.abs(),
                    "{lesson}, {name} at {steps}: {said}, not {wanted}"
                );
                let source = told[3][place].as_str().context("a source")?;
                ensure!(source.starts_with("src/kernels/norm/"), "{source}");
            }
        }
    }
    lab.ensure_silent()?;
    Ok(())
}

/// What is right of each lesson's own run, which readers answer (`reader`), and settings under which another answer is.
pub const SEEN: &[(&str, &str, &str)] = &[
    ("first-look", "last", "a=batch&data=gauss&layers=4-4"),
    ("drift", "falls", "lr=0.0001"),
    ("four-steps", "left", "batch=2"),
    ("gamma-beta", "two", "lr=0.0001"),
    ("learning-rate", "a-deepest", "seed=15"),
    ("gradients", "flat", "lr=0.0001"),
    ("landscape", "64", "layers=16-16"),
    ("noise", "32", "samples=60"),
    ("train-vs-inference", "running", "lr=0.0001"),
    ("small-batch", "2", "seed=3"),
    ("which-cells", "layer", "seed=2"),
    ("images", "b", "a=batch"),
    ("fine-tuning", "statistics", "momentum=0.001"),
    ("dropout", "level", "seed=6"),
    ("batch-renorm", "renorm", "rmax=1&dmax=0"),
    ("weight-decay", "more", "wd=0.001"),
    ("initialisation", "b", "seed=203"),
    ("one-class-batches", "some", "batches=shuffled"),
    ("sequences", "middle", "a=layer"),
    ("sync-bn", "averaged", "seed=0"),
    ("fold", "longer", "layer=2"),
];

/// The answer that is right of the lesson's run under another setting: an option's value, or what was observed.
fn right(lab: &Lab, lesson: &str, setting: &str) -> Result<Value> {
    open_lesson(lab, "en", lesson)?;
    lab.script(&format!(
        "{READER}
         // A lesson is run as it is written: another is written into the page.
         step('run').querySelector('.run-it').dataset.runIt += '&{setting}';
         await onward('problem', 'guess');
         buttons('guess').at(-1).click();
         await until('the run', () => seen(step('run')));"
    ))?;
    run(lab)?;
    lab.script(&format!(
        "{READER}
         await onward('run', 'see');
         const form = step('see').querySelector('form');
         const number = form.querySelector('input[type=number]');
         if (number) {{
             number.value = '1';
             press('see');
             await until('a judgement', () => form.querySelector('.observed'));
             return form.querySelector('.observed b').textContent;
         }}
         for (const input of form.querySelectorAll('input')) {{
             form.querySelector('.verdict').replaceChildren();
             input.click();
             press('see');
             await until('a judgement', () => form.querySelector('.verdict').innerText);
             if (form.querySelector('.mark.right')) return input.value;
             const exception = form.querySelector('.observed b');
             if (exception) return exception.textContent;
         }}
         return null;"
    ))
}

/// Of the lessons with these places in the table.
fn check_other_answers(is_asked: impl Fn(usize) -> bool) -> Result<()> {
    let lab = fresh()?;
    for (_, (lesson, usual, setting)) in SEEN.iter().enumerate().filter(|(n, _)| is_asked(*n)) {
        let other = right(&lab, lesson, setting).with_context(|| format!("{lesson} {setting}"))?;
        ensure!(
            !other.is_null() && other != *usual,
            "{lesson} {setting}: {other}, and by itself {usual}"
        );
    }
    Ok(())
}

#[test]
fn what_was_seen_is_answered_by_the_run_on_the_screen() -> Result<()> {
    check_other_answers(|n| n % 2 == 0)
}

#[test]
fn what_was_seen_is_answered_by_the_run_in_every_second_lesson_too() -> Result<()> {
    check_other_answers(|n| n % 2 == 1)
}

#[test]
fn every_place_that_a_text_names_is_lit_in_the_figure() -> Result<()> {
    let lab = fresh()?;
    for lesson in taught() {
        open_lesson(&lab, "en", lesson)?;
        let told = lab.script(
            "const lab = document.querySelector('batchnorm-lab');
             const lit = () => [...lab.shadowRoot.querySelectorAll('*')].filter((of) => of.part.contains('lit')).length;
             const marks = [...document.querySelectorAll('.place, .control')];
             await until('the controls', () => !lab.shadowRoot.querySelector('.lazy[aria-busy]'));
             const dark = [];
             for (const mark of marks) {
                 mark.dispatchEvent(new PointerEvent('pointerenter'));
                 if (lit() !== 1) dark.push([mark.textContent, mark.dataset.place ?? mark.dataset.control, lit()]);
                 mark.dispatchEvent(new PointerEvent('pointerleave'));
                 if (lit()) dark.push([mark.textContent, 'stays lit']);
                 mark.focus();
                 mark.blur();
             }
             return { count: marks.length, dark };",
        )?;
        ensure!(told["count"].as_u64() >= Some(1), "{lesson}: {told}");
        ensure!(told["dark"] == json!([]), "{lesson}: {told}");
    }
    Ok(())
}

#[test]
fn a_page_is_whole_without_scripts() -> Result<()> {
    if is_skipped_without_devtools("switching scripts off")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    lab.browser.devtools(
        "Emulation.setScriptExecutionDisabled",
        json!({ "value": true }),
    )?;
    for width in [1280, 390] {
        lab.browser.set_viewport(width, 800, 1.0)?;
        for (place, lesson) in taught().enumerate() {
            let language = ["zh-Hans", "en"][place % 2];
            let page = format!("{}{language}/lessons/{lesson}/", lab.host.url());
            lab.browser.open(&page)?;
            // Scripts of the driver run all the same.
            let told = lab.browser.run(
                &format!(
                    "const root = document; {{ const all = () => {{ {LETTERS} }}; window.letters = all(); }}
                     const image = document.querySelector('batchnorm-lab img');
                     return {{
                         steps: [...document.querySelectorAll('.step')].filter((of) => of.checkVisibility()).length,
                         closed: [...document.querySelectorAll('details')].every((of) => !of.open),
                         picture: image.naturalWidth > 0 && image.alt.length > 20,
                         formulas: document.querySelectorAll('math').length,
                         wide: document.documentElement.scrollWidth > innerWidth,
                         buttons: [...document.querySelectorAll('button')].filter((of) => of.checkVisibility()).length,
                         letters: window.letters,
                         links: [...document.querySelectorAll('link[rel=alternate][hreflang]')].length,
                     }};"
                ),
                &[],
            )?;
            let at = format!("{lesson} in {language} at {width}: {told}");
            // The first three have no earlier lessons to ask about.
            let steps = if place < 3 { 8 } else { 9 };
            ensure!(told["steps"] == steps && told["closed"] == true, "{at}");
            ensure!(told["picture"] == true && told["wide"] == false, "{at}");
            ensure!(told["buttons"] == 0 && told["letters"] == json!([]), "{at}");
            ensure!(
                told["formulas"].as_u64() >= Some(1) && told["links"] == 2,
                "{at}"
            );
        }
    }
    Ok(())
}

#[test]
fn the_front_is_the_course_with_a_figure_that_moves_and_progress() -> Result<()> {
    let lab = Lab::start(&[])?;
    // The driver's browser speaks English.
    lab.browser.open(&lab.host.url())?;
    lab.wait(
        "the figure",
        "return location.pathname.endsWith('/en/') && root.querySelector('.figure-box')",
    )?;
    let told = lab.script(
        "const lab = document.querySelector('batchnorm-lab');
         await until('steps', async () => (await lab.snapshot()).step > 20);
         const sides = (await lab.snapshot()).sides.map((side) => side.index);
         document.querySelector('[data-act=show]').click();
         await until('the twin', async () => (await lab.snapshot()).sides.length === 2);
         return { sides, cards: document.querySelectorAll('.card').length, progress: document.querySelector('.progress').innerText };",
    )?;
    ensure!(told["sides"] == json!([0]), "{told}");
    ensure!(told["cards"] == taught().count(), "{told}");
    ensure!(
        told["progress"]
            .as_str()
            .is_some_and(|of| of.starts_with("0 of")),
        "{told}"
    );
    open_lesson(&lab, "en", "noise")?;
    open(&lab, "en/")?;
    let begun = lab.script(
        "const text = () => document.querySelector('.card[data-lesson=noise]').innerText;
         const before = text();
         const reset = document.querySelector('.progress button');
         reset.click();
         reset.click();
         return { before, after: text(), kept: localStorage.getItem('batchnorm-lab.course') };",
    )?;
    ensure!(
        begun["before"]
            .as_str()
            .is_some_and(|of| of.contains("begun")),
        "{begun}"
    );
    ensure!(
        !begun["after"]
            .as_str()
            .is_some_and(|of| of.contains("begun")),
        "{begun}"
    );
    ensure!(begun["kept"].is_null(), "{begun}");
    Ok(())
}

#[test]
fn a_link_names_a_lesson_and_a_step_and_refused_storage_is_no_error() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host.before_every_page(
        "Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError'); } });",
    );
    lab.browser.open(&format!(
        "{}?lesson=small-batch&step=see&lang=zh-Hans",
        lab.host.url()
    ))?;
    lab.wait("the figure", "return root.querySelector('.figure-box')")?;
    let told = lab.script(
        "const shown = [...document.querySelectorAll('.step')].filter((of) => of.checkVisibility()).map((of) => of.id);
         return { shown, at: document.activeElement.closest('.step')?.id, path: location.pathname };",
    )?;
    ensure!(
        told["shown"] == json!(["problem", "guess", "run", "see"]),
        "{told}"
    );
    ensure!(told["at"] == "see", "{told}");
    ensure!(
        told["path"]
            .as_str()
            .is_some_and(|of| of.ends_with("/zh-Hans/lessons/small-batch/")),
        "{told}"
    );
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_inventory_keeps_two_sittings_and_gives_them_as_csv() -> Result<()> {
    let lab = Lab::start(&[])?;
    open(&lab, "en/inventory/")?;
    let told = lab.script(
        "const items = [...document.querySelectorAll('.item')];
         const csv = async () => {
             const link = document.querySelector('a[download]');
             link.dispatchEvent(new PointerEvent('pointerdown'));
             return (await fetch(link.href)).text();
         };
         const finish = () => [...document.querySelectorAll('.result button')][0].click();
         items[0].querySelectorAll('input')[0].click();
         items[1].querySelectorAll('input')[1].click();
         finish();
         const before = [document.querySelector('.note-of-result').innerText, items.some((of) => of.querySelector('.verdict').innerText)];
         document.querySelector('input[name=sitting][value=after]').click();
         items[0].querySelectorAll('input')[1].click();
         finish();
         return { before, csv: await csv(), said: items[0].querySelector('.verdict').innerText.length, count: items.length };",
    )?;
    ensure!(told["count"] == 12 && told["before"][1] == false, "{told}");
    ensure!(told["said"].as_u64() > Some(60), "{told}");
    let csv = told["csv"].as_str().unwrap_or_default();
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    ensure!(lines[0] == ["item", "right", "before", "after"], "{csv}");
    ensure!(
        lines[1][2..] == ["1", "2"] && lines[2][2..] == ["2", ""],
        "{csv}"
    );
    ensure!(lines.len() == 13, "{csv}");
    Ok(())
}
