//! Any parent: as wide as there is room, as high as its width says, whole, at rest and running; and nothing that a page
//! hands down by its styles changes what is inside.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::common::{Lab, quoted};
use crate::figures::FAULTS;

const HOST: &str =
    "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>
    <style>body { margin: 0; } #place { width: 1000px; }</style>
    <script type=module src=element.js></script><div id=place></div>";
/// What stands for the element in the table; a small run.
const ELEMENT: &str =
    "<batchnorm-lab loading=eager state='layers=4-4-4&samples=100'></batchnorm-lab>";

/// What a parent is, its text, what is done to it later, how wide the element is in it. A parent that is as wide as what
/// is in it makes it 720 px wide.
const PARENTS: &[(&str, &str, &str, u32)] = &[
    ("a block", "<div>LAB</div>", "", 1000),
    (
        "a flex row",
        "<div style='display:flex'>LAB</div>",
        "",
        1000,
    ),
    (
        "a flex row with a column of 200 px",
        "<div style='display:flex'>LAB<div style='flex:none;width:200px'>text</div></div>",
        "",
        800,
    ),
    (
        "a flex row that centres",
        "<div style='display:flex;align-items:center;justify-content:center'>LAB</div>",
        "",
        1000,
    ),
    (
        "a flex column at the start",
        "<div style='display:flex;flex-direction:column;align-items:flex-start'>LAB</div>",
        "",
        1000,
    ),
    (
        "a flex column that centres",
        "<div style='display:flex;flex-direction:column;align-items:center'>LAB</div>",
        "",
        1000,
    ),
    (
        "an inline-flex",
        "<div style='display:inline-flex'>LAB</div>",
        "",
        720,
    ),
    ("a grid", "<div style='display:grid'>LAB</div>", "", 1000),
    (
        "a grid that centres",
        "<div style='display:grid;place-items:center'>LAB</div>",
        "",
        1000,
    ),
    (
        "a column as narrow as can be",
        "<div style='display:grid;grid-template-columns:min-content 1fr'>LAB<p>text</p></div>",
        "",
        320,
    ),
    (
        "a column as wide as can be",
        "<div style='display:grid;grid-template-columns:max-content 1fr'>LAB<p>text</p></div>",
        "",
        720,
    ),
    ("a float", "<div style='float:left'>LAB</div>", "", 720),
    (
        "an inline-block",
        "<div style='display:inline-block'>LAB</div>",
        "",
        720,
    ),
    (
        "a table cell",
        "<table style='border-spacing:0'><tr><td style='padding:0'>LAB</table>",
        "",
        720,
    ),
    (
        "a cell of a wide table",
        "<table style='border-spacing:0;width:100%'><tr><td style='padding:0'>LAB</table>",
        "",
        1000,
    ),
    (
        "fit-content",
        "<div style='width:fit-content'>LAB</div>",
        "",
        720,
    ),
    (
        "min-content",
        "<div style='width:min-content'>LAB</div>",
        "",
        320,
    ),
    (
        "max-content",
        "<div style='width:max-content'>LAB</div>",
        "",
        720,
    ),
    (
        "what is positioned",
        "<div style='position:absolute'>LAB</div>",
        "",
        720,
    ),
    (
        "details that are opened",
        "<details><summary>more</summary>LAB</details>",
        "place.firstChild.open = true;",
        1000,
    ),
    (
        "what is shown later",
        "<div style='display:none'>LAB</div>",
        "place.firstChild.style.display = 'block';",
        1000,
    ),
    (
        "what is hidden and shown again",
        "<div>LAB</div>",
        "place.firstChild.style.display = 'none'; await frames(3); place.firstChild.style.display = '';",
        1000,
    ),
    (
        "text in columns",
        "<div style='columns:3;column-gap:20px'><p>text</p>LAB<p>text</p></div>",
        "",
        320,
    ),
    (
        "a slide",
        "<div style='transform:scale(.5);transform-origin:0 0'>LAB</div>",
        "",
        1000,
    ),
    (
        "a magnified page",
        "<div style='zoom:1.5;width:600px'>LAB</div>",
        "",
        600,
    ),
    (
        "a page from right to left",
        "<div dir=rtl>LAB</div>",
        "",
        1000,
    ),
    (
        "vertical lines",
        "<div style='writing-mode:vertical-rl;width:900px;height:800px'>LAB</div>",
        "",
        900,
    ),
    (
        "a page that counts borders in",
        "<style>batchnorm-lab { padding: 10px; border: 2px solid; }</style><div>LAB</div>",
        "",
        1000,
    ),
    ("320 px", "<div style='width:320px'>LAB</div>", "", 320),
    ("200 px", "<div style='width:200px'>LAB</div>", "", 200),
];

fn open() -> Result<Lab> {
    let lab = Lab::start(&[("host.html", HOST)])?;
    lab.browser.open(&format!("{}host.html", lab.host.url()))?;
    lab.script("await customElements.whenDefined('batchnorm-lab');")?;
    Ok(lab)
}

/// What is wrong with an element in a parent, at rest and running, whether the parent is changed before the start or
/// after it.
fn check(lab: &Lab, text: &str, act: &str, width: u32) -> Result<Value> {
    let text = quoted(&text.replace("LAB", ELEMENT));
    lab.script(&format!(
        "const wrong = [];
         const act = async () => {{ {act} await frames(3); }};
         const look = (lab, root, part) => {{ {FAULTS} }};
         const size = (state, lab) => {{
             const inner = lab.shadowRoot.querySelector('.bn-root');
             const page = document.scrollingElement;
             const height = inner.offsetWidth < 560 ? 680 : 460;
             const seen = [lab.offsetWidth, inner.offsetHeight, lab.getClientRects().length];
             if (Math.abs(seen[0] - {width}) > 1 || seen[1] !== height || seen[2] !== 1)
                 wrong.push(`${{state}}: ${{seen}} for {width},${{height}},1`);
             if (lab.offsetHeight - inner.offsetHeight > 24) wrong.push(`${{state}}: ${{lab.offsetHeight}} high in all`);
             for (const of of [page, lab.parentElement])
                 if (of.scrollWidth > of.clientWidth) wrong.push(`${{state}}: ${{of.tagName}} scrolls, ${{of.scrollWidth}} wide`);
         }};
         for (const isLate of [false, true]) try {{
             place.innerHTML = {text};
             const lab = place.querySelector('batchnorm-lab'), root = lab.shadowRoot;
             const part = (name) => root.querySelector(`[data-part=\"${{name}}\"]`);
             if (!isLate) {{
                 await act();
                 await until('the still picture', () => root.querySelector('.bn-still svg'));
                 size('at rest', lab);
                 const box = root.querySelector('.bn-root').getBoundingClientRect();
                 for (const of of ['svg', '.bn-start']) {{
                     const own = root.querySelector(of).getBoundingClientRect();
                     const is = ['x', 'y', 'width', 'height'].every((side) => Math.abs(own[side] - box[side]) < 1);
                     if (!is) wrong.push(`at rest: ${{of}} is ${{JSON.stringify(own)}}`);
                 }}
             }} else if (!{is_changed}) break;
             await within('steps', lab.step(2));
             if (isLate) await act();
             await until('all panels', () => !root.querySelector('.lazy[aria-busy]'));
             await until('a picture', () => root.querySelector('canvas[data-painted]'));
             await frames(2);
             const state = isLate ? 'changed while running' : 'running';
             size(state, lab);
             if ({width} >= 320) wrong.push(...look(lab, root, part).faults.map((fault) => `${{state}}: ${{fault}}`));
         }} catch (error) {{
             wrong.push(`${{isLate}}: ${{error}}`);
         }}
         place.replaceChildren();
         return wrong;",
        is_changed = !act.is_empty(),
    ))
}

#[test]
fn in_any_parent_it_has_a_width_and_is_whole() -> Result<()> {
    let lab = open()?;
    let mut wrong = Vec::new();
    for (name, text, act, width) in PARENTS {
        let told = check(&lab, text, act, *width).with_context(|| (*name).to_owned())?;
        if told != json!([]) {
            wrong.push(format!("{name}: {told}"));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    lab.ensure_silent()?;
    Ok(())
}

/// Where a read-out stands from the pointer that asked for it, and what it says.
const READ_OUT: &str = "
    const readOut = async (lab, at) => {
        const part = (name) => lab.shadowRoot.querySelector(`[data-part=\"${name}\"]`);
        const chart = part('loss'), { left, top, width, height } = chart.getBoundingClientRect();
        const [clientX, clientY] = [left + at * width, top + height / 2];
        chart.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true, composed: true }));
        await until('a read-out', () => part('tooltip'));
        const box = part('tooltip').getBoundingClientRect();
        const from = [at < 0.5 ? box.left - clientX : clientX - box.right, box.top - clientY];
        return { from, text: part('tooltip').innerText };
    };";

#[test]
fn a_chart_is_read_out_where_the_pointer_is_also_on_a_slide() -> Result<()> {
    let lab = open()?;
    let told = lab.script(&format!(
        "{READ_OUT}
         place.innerHTML = {element};
         const lab = place.firstChild;
         await within('steps', lab.step(40));
         await until('a picture', () => lab.shadowRoot.querySelector('[data-part=loss][data-painted]'));
         const told = [];
         for (const [style, scale] of [['', 1], ['transform:scale(.5);transform-origin:0 0', 0.5], ['transform:translate(90px,40px)', 1]]) {{
             place.style.cssText = style;
             await frames(3);
             for (const at of [0.33, 0.9]) told.push([scale, await readOut(lab, at)]);
         }}
         return told;",
        element = quoted(ELEMENT),
    ))?;
    let told: Vec<(f64, Value)> = serde_json::from_value(told)?;
    for (place, (scale, read)) in told.iter().enumerate() {
        // 12 px to the side of the pointer and below it, on a slide as much smaller as the slide.
        for from in [&read["from"][0], &read["from"][1]] {
            let from = from.as_f64().context("no place")?;
            ensure!((from - 12.0 * scale).abs() < 1.5, "{told:?}");
        }
        ensure!(read["text"] == told[place % 2].1["text"], "{told:?}");
    }
    ensure!(told[0].1["text"] != told[1].1["text"], "{told:?}");
    Ok(())
}

/// Styles of a page that must change nothing inside. `ALL` are the custom properties that the lab's own sheets read and
/// whose names do not say that they are the lab's.
const STYLES: &[&str] = &[
    "#place { font: italic bold 40px/3 fantasy; }",
    "html { font-size: 62.5%; }",
    "#place { letter-spacing: 6px; word-spacing: 20px; text-indent: 2em; tab-size: 2; }",
    "#place { text-transform: uppercase; font-variant: small-caps; font-feature-settings: 'zero'; }",
    "#place { text-align: right; vertical-align: top; }",
    "#place { color: red; text-shadow: 2px 2px red; -webkit-text-fill-color: red; -webkit-text-stroke: 1px red; }",
    "#place { caret-color: red; accent-color: red; }",
    "#place { white-space: pre; overflow-wrap: anywhere; word-break: break-all; line-break: anywhere; hyphens: auto; }",
    "#place { cursor: wait; }",
    "#place { quotes: '<' '>'; list-style: square inside; }",
    "#place { direction: rtl; unicode-bidi: bidi-override; }",
    "#place { border-collapse: collapse; border-spacing: 9px; caption-side: bottom; empty-cells: hide; }",
    "#place { image-rendering: pixelated; text-rendering: geometricPrecision; fill: red; stroke: red; stroke-width: 3; }",
    "#place { text-decoration: underline wavy red; font-size-adjust: 0.9; font-stretch: condensed; }",
    "* { transition: all 9s !important; animation: none !important; scroll-behavior: smooth; }",
    "*, *::before, *::after { box-sizing: content-box !important; outline: 3px dashed red !important; opacity: 1; }",
    "button, input, select, label { all: unset !important; font-size: 40px !important; padding: 30px !important; }",
    "canvas, svg, img { width: 100% !important; height: auto !important; max-width: 40px !important; filter: invert(1); }",
    "p, h1, h2, figure, figcaption, table, td, dl { margin: 40px !important; padding: 10px !important; border: 3px solid red !important; }",
    ".lab, .chart, .field, .key, .title, .bn-root, .bn-still, .bn-start, [hidden] { display: none !important; color: red !important; }",
    ":root { ALL }",
];

/// All that is inside: boxes within the host's own, and what may be handed down. What the pointer and choice of text do
/// may be.
const INSIDE: &str = "
    const READ = ['box-sizing', 'color', 'cursor', 'direction', 'fill', 'font-family', 'font-size', 'font-stretch', 'font-style',
        'font-variant-caps', 'font-weight', 'hyphens', 'image-rendering', 'letter-spacing', 'line-height', 'list-style-type',
        'margin-top', 'opacity', 'overflow-wrap', 'padding-left', 'quotes', 'stroke', 'tab-size', 'text-align', 'text-indent',
        'text-shadow', 'text-transform', 'transition-duration', 'unicode-bidi', 'white-space', 'word-break', 'word-spacing',
        'border-collapse', 'caret-color', 'accent-color', 'grid-template-columns', '-webkit-text-fill-color'];
    const inside = (lab) => {
        const around = lab.getBoundingClientRect();
        return [...lab.shadowRoot.querySelectorAll('.bn-root, .bn-root *')].map((of) => {
            const { x, y, width, height } = of.getBoundingClientRect(), style = getComputedStyle(of);
            return [of, [x - around.x, y - around.y, width, height], READ.map((name) => style.getPropertyValue(name))];
        });
    };
    const differences = (before, after) => {
        if (before.length !== after.length) return [`${before.length} and ${after.length} elements`];
        return before.flatMap(([of, box, read], place) => {
            const [, now, values] = after[place];
            const name = of.dataset.part ?? `${of.tagName}.${of.className}`;
            const own = read.flatMap((value, at) => value === values[at] ? [] : [`${name}: ${READ[at]} ${value} → ${values[at]}`]);
            if (box.some((side, at) => Math.abs(side - now[at]) > 1)) own.push(`${name}: ${box.map(Math.round)} → ${now.map(Math.round)}`);
            return own;
        });
    };";

#[test]
fn nothing_that_inherits_leaks_in() -> Result<()> {
    let lab = open()?;
    let wrong = lab.script(&format!(
        "{INSIDE}
         place.innerHTML = {elements};
         const labs = [...place.children];
         await within('steps', labs[1].step(3));
         await until('both', () => labs[0].shadowRoot.querySelector('svg')
             && !labs[1].shadowRoot.querySelector('.lazy[aria-busy]') && labs[1].shadowRoot.querySelector('canvas[data-painted]'));
         await frames(5);
         const own = new Set();
         for (const file of ['styles', 'styles-lab', 'styles-figure', 'styles-later', 'styles-panels'])
             for (const [, name] of (await (await fetch(`${{file}}.css`)).text()).matchAll(/var\\((--(?!bn-)[\\w-]+)/g)) own.add(name);
         const all = [...own].map((name) => `${{name}}: 7px;`).join('');
         const before = labs.map(inside);
         const style = document.head.appendChild(document.createElement('style'));
         const wrong = [];
         for (const text of {styles}) {{
             style.textContent = text.replace('ALL', all);
             await frames(3);
             labs.forEach((lab, isRunning) => {{
                 const found = differences(before[isRunning], inside(lab));
                 if (found.length) wrong.push(`${{text}}: ${{isRunning ? 'running' : 'at rest'}}: ${{found.slice(0, 4).join(', ')}} and ${{found.length}} in all`);
             }});
         }}
         style.textContent = '#place {{ visibility: hidden; }}';
         await frames(2);
         for (const lab of labs)
             for (const of of lab.shadowRoot.querySelectorAll('*'))
                 if (getComputedStyle(of).visibility === 'visible') wrong.push(`${{of.className}} is seen in what is not`);
         return own.size ? wrong : ['no custom properties'];",
        elements = quoted(&ELEMENT.repeat(2)),
        styles = json!(STYLES),
    ))?;
    let wrong: Vec<String> = serde_json::from_value(wrong)?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
