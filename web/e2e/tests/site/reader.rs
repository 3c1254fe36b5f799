//! A reader who follows only what is on the screen: whatever can be pressed, chosen, typed into or drawn on next, by pointer, by
//! keyboard alone, or with a finger on a phone; and one who has nothing but roles and names.

use anyhow::{Context, Result, bail, ensure};
use batchnorm_lab_e2e::capabilities::Kind;
use serde_json::{Value, json};

use crate::common::{Lab, is_skipped_without_devtools};
use crate::course::{SEEN, fresh, open_lesson, taught};

/// What can be done next, which is kept in `window.cue`: `press`, `type`, `draw`, `end`; nothing while something is on its
/// way. Nothing is looked for that a reader does not see: only what is visible, enabled and named. Of what was seen a reader
/// takes the answer `window.usual`.
const NEXT: &str = "
    const failed = document.querySelector('.failed');
    if (failed) throw new Error(failed.textContent);
    const seen = (of) => of?.checkVisibility({ visibilityProperty: true }) && of.getBoundingClientRect().height > 0;
    const open = (of) => seen(of) && !of.matches(':disabled, [aria-disabled=true]');
    const section = [...document.querySelectorAll('.step')].filter(seen).at(-1);
    const take = (act, of) => {
        const by = document.getElementById(of.getAttribute('aria-labelledby'));
        const name = by?.innerText ?? of.labels?.[0]?.innerText ?? of.getAttribute('aria-label') ?? of.innerText;
        if (!name?.trim()) throw new Error(`no name: ${of.outerHTML}`);
        window.cue = of;
        return act;
    };
    for (const form of section.querySelectorAll('form')) {
        const fields = [...form.querySelectorAll('input')].filter(open);
        const field = fields.find((of) => section.id === 'see' && of.value === window.usual) ?? fields[0];
        const drawn = form.querySelector('svg.curve');
        if (seen(drawn) && !form.querySelector('fieldset').disabled && !drawn.querySelector('.guess').getAttribute('d'))
            return take('draw', drawn);
        if (field?.type === 'number' && !field.value) return take('type', field);
        if (field?.type === 'radio' && !form.querySelector('input:checked')) return take('press', field);
        const check = [...form.querySelectorAll('.acts button:not(.quiet)')].find(open);
        if (check && !form.querySelector('.verdict')?.innerText) return take('press', check);
    }
    const onward = [...section.querySelectorAll('button:not(.quiet)')].filter(open).at(-1);
    return onward && take(section.id === 'take-home' ? 'end' : 'press', onward);";

/// Every control of the lesson on the screen, those of its figure too, radio buttons of one name as one; each has `reached`
/// where `at`, a function of it, says so.
const CONTROLS: &str = "
    const figure = document.querySelector('batchnorm-lab').shadowRoot;
    const kinds = 'button, a[href], input, select, textarea, summary, [role=button], [role=application], canvas.pressable';
    const seen = (of) => of.checkVisibility({ visibilityProperty: true }) && of.getClientRects().length > 0;
    const all = [...document.querySelector('main').querySelectorAll(kinds), ...figure.querySelectorAll(kinds)];
    const shown = all.filter((of) => seen(of.labels?.[0] ?? of) && !of.matches(':disabled, fieldset:disabled *, [tabindex=\"-1\"]'));
    const kept = new Map(shown.map((of) => [of.type === 'radio' ? of.name : of, of]));
    const name = (of) => of.labels?.[0]?.innerText || of.ariaLabel || of.innerText || of.dataset.part || of.outerHTML.slice(0, 60);";

/// With what a reader acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    Pointer,
    Keys,
    /// A finger on a phone of 390 px.
    Touch,
}

struct Reader<'a> {
    lab: &'a Lab,
    hand: Hand,
}

impl Reader<'_> {
    /// What can be done next, once there is something: a run may take its time.
    fn next(&self) -> Result<String> {
        let found = self.lab.browser.wait("something to do", 120.0, NEXT)?;
        Ok(found.as_str().context("an act")?.to_owned())
    }

    fn act(&self, act: &str) -> Result<()> {
        self.reach()?;
        let browser = &self.lab.browser;
        match (act, self.hand) {
            ("type", Hand::Keys) => browser.press("3"),
            ("type", _) => {
                self.touch()?;
                browser.press("3")
            }
            ("draw", Hand::Keys) => browser.press("\u{E013}\u{E014}\u{E013}"),
            ("draw", _) => self.draw(),
            (_, Hand::Keys) => {
                let is_radio = browser.run("return window.cue.type === 'radio'", &[])?;
                browser.press(if is_radio == true { " " } else { "\u{E007}" })
            }
            _ => self.touch(),
        }
    }

    /// By keyboard, goes on until it has the focus; else it comes into view.
    fn reach(&self) -> Result<()> {
        let browser = &self.lab.browser;
        if self.hand != Hand::Keys {
            let show = "window.cue.scrollIntoView({ block: 'center', behavior: 'instant' });";
            return browser.run(show, &[]).map(|_| ());
        }
        for _ in 0..120 {
            // Radio buttons of one name are one stop of Tab: arrows choose among them.
            let way = browser.run(
                "const { activeElement: at } = document, { cue } = window;
                 if (at === cue) return 'there';
                 return cue.type === 'radio' && at.name === cue.name ? 'arrow' : 'tab';",
                &[],
            )?;
            if way == "there" {
                return Ok(());
            }
            browser.press(if way == "arrow" {
                "\u{E015}"
            } else {
                "\u{E004}"
            })?;
        }
        let name = browser.run("return window.cue.outerHTML", &[])?;
        bail!("no key leads to {name}")
    }

    /// Presses it where it is seen: whatever lies over it would be pressed instead.
    fn touch(&self) -> Result<()> {
        let browser = &self.lab.browser;
        if self.hand == Hand::Pointer {
            let body = "return window.cue.type === 'radio' ? window.cue.labels[0] : window.cue";
            return browser.click(&browser.element(body)?);
        }
        let [x, y] = self.place(0.5, 0.5)?;
        for (kind, points) in [
            ("touchStart", json!([{ "x": x, "y": y }])),
            ("touchEnd", json!([])),
        ] {
            self.send_touch(kind, points)?;
        }
        Ok(())
    }

    /// A stroke from left to right.
    fn draw(&self) -> Result<()> {
        let shares = [0.2, 0.4, 0.6, 0.8];
        let places = shares.map(|share| self.place(share, 0.6 - 0.3 * share));
        let places = places.into_iter().collect::<Result<Vec<_>>>()?;
        for (number, [x, y]) in places.into_iter().enumerate() {
            if self.hand == Hand::Touch {
                let kind = ["touchStart", "touchMove"][number.min(1)];
                self.send_touch(kind, json!([{ "x": x, "y": y }]))?;
                continue;
            }
            let kind = ["mousePressed", "mouseMoved"][number.min(1)];
            let stroke = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
            self.lab
                .browser
                .devtools("Input.dispatchMouseEvent", stroke)?;
        }
        if self.hand == Hand::Touch {
            return self.send_touch("touchEnd", json!([]));
        }
        let [x, y] = self.place(0.8, 0.36)?;
        let end = json!({ "type": "mouseReleased", "x": x, "y": y, "button": "left" });
        self.lab.browser.devtools("Input.dispatchMouseEvent", end)?;
        Ok(())
    }

    fn send_touch(&self, kind: &str, points: Value) -> Result<()> {
        let event = json!({ "type": kind, "touchPoints": points });
        let sent = self.lab.browser.devtools("Input.dispatchTouchEvent", event);
        sent.map(|_| ())
    }

    /// A place on it, once it stands still.
    fn place(&self, across: f64, down: f64) -> Result<[f64; 2]> {
        let place = self.lab.browser.run(
            "const [across, down] = arguments;
             const at = window.cue.type === 'radio' ? window.cue.labels[0] : window.cue;
             const box = () => at.getBoundingClientRect();
             for (let before; before !== (before = JSON.stringify(box()));) await new Promise(requestAnimationFrame);
             const { x, y, width, height } = box();
             const place = [x + across * width, y + down * height];
             const hit = document.elementFromPoint(...place);
             if (!at.contains(hit)) throw new Error(`${hit?.outerHTML.slice(0, 90)} lies over ${at.outerHTML.slice(0, 90)}`);
             return place;",
            &[json!(across), json!(down)],
        )?;
        serde_json::from_value(place).context("a place")
    }

    /// From the first step to the last; gives what is pressed there to finish.
    fn take(&self) -> Result<()> {
        for _ in 0..40 {
            let act = self.next()?;
            if act == "end" {
                return Ok(());
            }
            self.act(&act).with_context(|| act.clone())?;
        }
        bail!("forty acts and no end")
    }

    /// How many of the lesson's controls are reached, of how many, and the names of the others.
    fn controls(&self) -> Result<(usize, usize, Value)> {
        let browser = &self.lab.browser;
        // Keys reach what takes the focus and stands in the order of keys; a pointer what nothing lies over.
        let reaches = if self.hand == Hand::Keys {
            "of.focus();
             return of.tabIndex >= 0 && of.getRootNode().activeElement === of;"
        } else {
            "const at = of.labels?.[0] ?? of;
             at.scrollIntoView({ block: 'center', behavior: 'instant' });
             const { x, y, width, height } = at.getClientRects()[0];
             const hit = at.getRootNode().elementFromPoint(x + width / 2, y + height / 2);
             return at.contains(hit) || hit?.contains(at);"
        };
        let told = browser.run(
            &format!(
                "{CONTROLS}
                 const missed = [...kept.values()].filter((of) => !((of) => {{ {reaches} }})(of));
                 return [kept.size, missed.map(name)];"
            ),
            &[],
        )?;
        let all = told[0].as_u64().context("a count")? as usize;
        let missed = told[1].as_array().map_or(0, Vec::len);
        Ok((all - missed, all, told[1].clone()))
    }
}

/// Takes a lesson to its end and says how many of its controls were reached.
fn read(lab: &Lab, language: &str, lesson: &str, hand: Hand) -> Result<()> {
    let (width, height) = if hand == Hand::Touch {
        (390, 800)
    } else {
        (1280, 800)
    };
    lab.browser.set_viewport(width, height, 1.0)?;
    open_lesson(lab, language, lesson)?;
    let state = "const play = document.querySelector('batchnorm-lab').shadowRoot.querySelector('[data-part=play]');
        return { steps: [...document.querySelectorAll('.step')].filter((of) => of.checkVisibility()).map((of) => of.id), plays: play.checkVisibility() };";
    let begun = lab.script(state)?;
    ensure!(
        begun == json!({ "steps": ["problem"], "plays": false }),
        "{begun}"
    );
    // Nothing trains before the guess but what the lesson's text runs.
    let trains = lab.script(
        "const figure = document.querySelector('batchnorm-lab').shadowRoot;
         await until('all panels', () => !figure.querySelector('.lazy[aria-busy]'));
         const starts = [...figure.querySelectorAll('[data-part$=-start]')];
         return starts.filter((of) => of.checkVisibility()).map((of) => of.dataset.part);",
    )?;
    ensure!(trains == json!([]), "{trains} before the guess");
    let (_, usual, _) = SEEN.iter().find(|row| row.0 == lesson).context("a row")?;
    lab.browser
        .run("[window.usual] = arguments", &[json!(usual)])?;
    let reader = Reader { lab, hand };
    reader.take()?;
    let seen = lab.script(
        "const form = document.querySelector('#see form');
         if (form.querySelector('.mark.right')) return form.querySelector('input:checked').value;
         return form.querySelector('.observed b').textContent;",
    )?;
    ensure!(seen == *usual, "seen is {seen}, and by itself {usual}");
    let told = lab.script(
        "const dashes = [...document.querySelectorAll('output.value')].filter((of) => of.textContent === '–' && !of.closest('#not-so'));
         return { plays: document.querySelector('batchnorm-lab').shadowRoot.querySelector('[data-part=play]').checkVisibility(),
             verdict: document.querySelector('#run .verdict').innerText, dashes: dashes.map((of) => of.dataset.value) };",
    )?;
    ensure!(
        told["plays"] == true && told["dashes"] == json!([]),
        "{told}"
    );
    ensure!(
        told["verdict"]
            .as_str()
            .is_some_and(|said| !said.is_empty()),
        "{told}"
    );
    let (reached, all, missed) = reader.controls()?;
    println!("{lesson}, {hand:?}: {reached} of {all} controls {missed}");
    ensure!(
        all > 10 && 5 * reached >= 4 * all,
        "{reached} of {all}: {missed}"
    );
    // Who has finished is taken to the next lesson, or home.
    ensure!(reader.next()? == "end");
    reader.act("press")?;
    let gone = format!(
        "return document.readyState === 'complete' && !location.pathname.includes('/{lesson}/')"
    );
    lab.browser.wait("what comes after", 20.0, &gone)?;
    Ok(())
}

/// Each lesson with one of the three, in turn; with `EVERY_HAND` in the environment with all of them.
#[test]
fn every_lesson_is_taken_to_its_end_by_what_is_on_the_screen() -> Result<()> {
    let lab = fresh()?;
    let has_touch = Kind::asked()? == Kind::Chromium;
    let hands = [Hand::Pointer, Hand::Keys, Hand::Touch];
    let turns = if std::env::var_os("EVERY_HAND").is_some() {
        3
    } else {
        1
    };
    for turn in 0..turns {
        for (place, lesson) in taught().enumerate() {
            let hand = match hands[(place + turn) % hands.len()] {
                // Fingers and strokes of a pointer are DevTools' affair.
                _ if !has_touch => Hand::Keys,
                hand => hand,
            };
            let language = ["en", "zh-Hans"][place % 2];
            read(&lab, language, lesson, hand)
                .with_context(|| format!("{lesson} in {language}, {hand:?}"))?;
        }
    }
    lab.ensure_silent()?;
    Ok(())
}

/// A node of the accessibility tree that has this role and a name.
fn node(lab: &Lab, role: &str, is_named: impl Fn(&str) -> bool) -> Result<Option<Value>> {
    let tree = lab
        .browser
        .devtools("Accessibility.getFullAXTree", json!({}))?;
    let nodes = tree["nodes"].as_array().context("a tree")?;
    let is_it = |node: &&Value| {
        let disabled = node["properties"].as_array().into_iter().flatten();
        let is_disabled = disabled
            .clone()
            .any(|one| one["name"] == "disabled" && one["value"]["value"] == true);
        node["ignored"] == false
            && node["role"]["value"] == role
            && !is_disabled
            && node["name"]["value"].as_str().is_some_and(&is_named)
    };
    Ok(nodes
        .iter()
        .find(is_it)
        .map(|node| node["backendDOMNodeId"].clone()))
}

#[test]
fn the_first_lesson_is_taken_by_roles_and_names_alone() -> Result<()> {
    if is_skipped_without_devtools("the tree of roles and names")? {
        return Ok(());
    }
    let lab = fresh()?;
    open_lesson(&lab, "en", "first-look")?;
    lab.browser.devtools("DOM.enable", json!({}))?;
    lab.browser.devtools("Accessibility.enable", json!({}))?;
    for (role, name, key) in [
        ("button", "Continue", "\u{E007}"),
        ("radio", "B.", " "),
        ("button", "This is my guess", "\u{E007}"),
        ("button", "Run it", "\u{E007}"),
        ("button", "Continue", "\u{E007}"),
        ("radio", "The last ones", " "),
        ("button", "Check", "\u{E007}"),
        ("button", "Continue", "\u{E007}"),
        ("button", "Continue", "\u{E007}"),
        ("button", "Continue", "\u{E007}"),
        ("button", "Continue", "\u{E007}"),
    ] {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let found = loop {
            match node(&lab, role, |own| own.starts_with(name))? {
                Some(found) => break found,
                None => ensure!(std::time::Instant::now() < deadline, "no {role} “{name}”"),
            }
        };
        lab.browser
            .devtools("DOM.focus", json!({ "backendNodeId": found }))?;
        lab.browser.press(key)?;
    }
    let end = node(&lab, "button", |name| name.contains('→'))?;
    ensure!(end.is_some(), "no way to the next lesson");
    // What the lesson is, and where its parts are, is said too.
    for (role, name) in [("heading", "First look"), ("main", ""), ("status", "")] {
        ensure!(
            node(&lab, role, |own| own.starts_with(name))?.is_some(),
            "no {role} “{name}”"
        );
    }
    Ok(())
}
