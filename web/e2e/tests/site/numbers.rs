//! A number is whole or absent: in every mode, size and language, and with the text spacing that a reader may set.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::common::Lab;
use crate::figures;

/// `cutNumbers()`: every number in a text of the page that is seen in part, in words. What scrolls can be read to its end.
const CUT: &str = r"
    const NUMBER = /[−±+-]?\d[\d\u202f.,]*(?:e[−-]?\d+)?(?:\s?%)?/g;
    const clips = (of) => {
        const { display, overflowX, overflowY } = getComputedStyle(of);
        if (display === 'inline' || (overflowX === 'visible' && overflowY === 'visible')) return 'no';
        return [overflowX, overflowY].some((way) => way === 'auto' || way === 'scroll') ? 'scrolls' : 'clips';
    };
    // A line box is higher than its digits, which stay within.
    const isSeenInPart = (box, of) => {
        const outer = of.getBoundingClientRect();
        const left = outer.left + of.clientLeft, top = outer.top + of.clientTop;
        const right = left + of.clientWidth, bottom = top + of.clientHeight, half = 0.3 * box.height;
        if (box.left >= right - 1 || box.right <= left + 1 || box.top >= bottom - 1 || box.bottom <= top + 1) return 'hidden';
        const isInside = box.left >= left - 2.5 && box.right <= right + 2.5 && box.top >= top - half && box.bottom <= bottom + half;
        return !isInside;
    };
    const isSeen = (of) => !of.closest('style, option, .help') && of.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const cutNumbers = () => {
        const wrong = [];
        let count = 0;
        const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        for (let text; (text = texts.nextNode());) {
            const numbers = [...text.data.matchAll(NUMBER)];
            if (!numbers.length || !isSeen(text.parentElement)) continue;
            for (const found of numbers) {
                count += 1;
                const range = document.createRange();
                range.setStart(text, found.index);
                range.setEnd(text, found.index + found[0].length);
                const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
                for (let up = text.parentElement; up; up = up.parentElement) {
                    const how = clips(up);
                    if (how === 'scrolls') break;
                    const seen = how === 'clips' ? boxes.map((box) => isSeenInPart(box, up)) : [];
                    if (seen.includes(true)) wrong.push(`${up.className || up.tagName}: ${found[0]} of ${text.data.slice(0, 40)}`);
                    if (seen.length && seen.every((is) => is === 'hidden')) break;
                }
            }
        }
        // A list of many sizes is longer than any field and says so by its dots.
        for (const field of root.querySelectorAll('input.value'))
            if (field.checkVisibility() && field.scrollWidth > field.clientWidth + 1 && getComputedStyle(field).textOverflow !== 'ellipsis')
                wrong.push(`the field ${field.id}: ${field.value}`);
        return { wrong, count };
    };";

/// `space(is)`: text spacing as in WCAG 1.4.12, by a sheet of the reader's.
const SPACING: &str = "
    const own = root.adoptedStyleSheets;
    const spacing = new CSSStyleSheet();
    spacing.replaceSync('*, *::before, *::after { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important }');
    const space = async (is) => { root.adoptedStyleSheets = is ? [...own, spacing] : own; await frames(3); };";

/// Looks at the page as it is and spaced out; faults in words.
fn look(lab: &Lab, at: &str, wrong: &mut Vec<String>) -> Result<()> {
    let seen = lab.run(&format!(
        "{CUT} {SPACING}
         for (const group of root.querySelectorAll('details')) group.open = true;
         const plain = cutNumbers();
         await space(true);
         const spaced = cutNumbers();
         await space(false);
         return {{ plain: plain.wrong, spaced: spaced.wrong, count: plain.count }};"
    ))?;
    ensure!(seen["count"].as_u64() > Some(5), "{at}: no numbers: {seen}");
    for how in ["plain", "spaced"] {
        let faults = seen[how].as_array().context("no list of faults")?;
        let faults = faults.iter().filter_map(Value::as_str);
        wrong.extend(faults.map(|fault| format!("{at}, {how}: {fault}")));
    }
    Ok(())
}

#[test]
fn every_number_of_the_lab_is_whole_or_absent() -> Result<()> {
    let lab = Lab::start(&[])?;
    let mut wrong = Vec::new();
    let eight = "layers=16-16-16-16-16-16-16-16&lr=0.00012&eps=0.00001&seed=999999&wd=0.00001";
    let exploding = "layers=16-16&act=identity&lr=3&gain=10";
    for (lang, link) in [("en", eight), ("zh-Hans", eight), ("en", exploding)] {
        for (width, height) in [(1280, 800), (1024, 768), (390, 844)] {
            lab.browser.set_viewport(width, height, 1.0)?;
            lab.go(&format!("?lang={lang}#{link}"))?;
            lab.step(45)?;
            let at = format!("{lang} {link} at {width}");
            if width > 400 {
                look(&lab, &at, &mut wrong)?;
                lab.press("present")?;
                lab.run("await frames(3);")?;
                look(&lab, &format!("{at}, presenting"), &mut wrong)?;
                continue;
            }
            for turn in ["layers", "output", "detail", "batch-noise", "settings"] {
                lab.choose("turn", turn)?;
                lab.run("await frames(3);")?;
                look(&lab, &format!("{at}, {turn}"), &mut wrong)?;
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn every_number_of_a_figure_is_whole_or_absent() -> Result<()> {
    let mut wrong = Vec::new();
    let lab = figures::start("lesson=first-look", 700, 3)?;
    for lesson in batchnorm_lab::lessons::LESSONS {
        figures::show(&lab, lesson.id, "en")?;
        for width in [358, 559, 560, 700] {
            figures::widen(&lab, width)?;
            look(&lab, &format!("{} at {width}", lesson.id), &mut wrong)?;
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
