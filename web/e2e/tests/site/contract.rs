//! What the element is for its host, as it is shipped in two files and as it is met.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::common::Lab;

const HOST: &str =
    "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>
    <script>
        globalThis.heard = {};
        const dispatch = EventTarget.prototype.dispatchEvent;
        EventTarget.prototype.dispatchEvent = function (event) {
            if (event instanceof CustomEvent && this.localName === 'batchnorm-lab')
                (heard[event.type] ??= []).push([event.detail, event.bubbles && event.composed]);
            return dispatch.call(this, event);
        };
    </script>
    <script type=module src=element.js></script>
    <batchnorm-lab state='layers=4&samples=100&bogus=1' theme=sepia></batchnorm-lab>";

/// Reads `element.d.ts`: interfaces with their fields; and says where a value is not of a type of it.
const TYPES: &str = r"
    const types = await (await fetch('element.d.ts')).text();
    const interfaces = {};
    for (const [, name, base, body] of types.matchAll(/interface (\w+)(?: extends (\w+))? \{\n([^}]*)\}/g))
        interfaces[name] = { base, fields: [...body.matchAll(/^  (\w+)(\??): (.*);$/gm)] };
    const fieldsOf = (name) => [...(interfaces[name].base ? fieldsOf(interfaces[name].base) : []), ...interfaces[name].fields];
    const wrong = (value, type, at) => {
        if (type.endsWith(' | null')) return value === null ? [] : wrong(value, type.slice(0, -7), at);
        if (type.endsWith('[]')) {
            const of = type.slice(0, -2).replace(/^\((.*)\)$/, '$1');
            return Array.isArray(value) ? value.flatMap((one, place) => wrong(one, of, `${at}[${place}]`)) : [`${at} is no list`];
        }
        if (!interfaces[type]) return typeof value === type ? [] : [`${at} is ${typeof value}, not ${type}`];
        const fields = fieldsOf(type), names = fields.map(([, name]) => name);
        return [
            ...Object.keys(value).filter((name) => !names.includes(name)).map((name) => `${at}.${name} is not described`),
            ...fields.flatMap(([, name, mark, of]) => name in value ? wrong(value[name], of, `${at}.${name}`)
                : mark ? [] : [`${at}.${name} is not there`]),
        ];
    };";

#[test]
fn what_is_met_is_what_both_files_say() -> Result<()> {
    let lab = Lab::start(&[("host.html", HOST)])?;
    lab.browser.open(&format!("{}host.html", lab.host.url()))?;
    lab.script("await customElements.whenDefined('batchnorm-lab');")?;
    let told = lab.run(&format!(
        "{TYPES}
         const manifest = await (await fetch('custom-elements.json')).json();
         const [element, ...functions] = manifest.modules[0].declarations;
         const names = (list) => list.map(({{ name }}) => name).sort();
         const slots = () => [...root.querySelectorAll('slot')].map(({{ name }}) => name);
         const seen = slots(), kind = lab.constructor;
         const snapshot = await lab.step(2);
         await lab.guess('b');
         seen.push(...slots());
         await until('errors', () => heard['bnlab-error']?.length >= 2);
         const faults = wrong(snapshot, 'Snapshot', 'snapshot');
         for (const {{ name, type }} of element.events) {{
             const interfaceOf = new RegExp(`'${{name}}': CustomEvent<(\\\\w+)>`).exec(types)[1];
             const listed = [...type.text.matchAll(/(\\w+)\\??: /g)].map(([, field]) => field);
             const described = fieldsOf(interfaceOf).map(([, field]) => field);
             if (`${{listed}}` !== `${{described}}`) faults.push(`${{name}}: ${{listed}} and ${{described}}`);
             for (const [detail, isFar] of heard[name] ?? [])
                 faults.push(...wrong(detail, interfaceOf, name), ...(isFar ? [] : [`${{name}} stays inside`]));
         }}
         const own = Object.getOwnPropertyNames(kind.prototype).filter((name) => !/Callback$|^constructor$/.test(name)).sort();
         const body = /class BatchnormLabElement extends HTMLElement \\{{\\n([^]*?)\\n\\}}/.exec(types)[1];
         const listed = [...body.matchAll(/^  (?!addEventListener)(\\w+)[(:?]/gm)].map(([, name]) => name).sort();
         const module = await import(new URL('element.js', location.href).href);
         return {{ faults, own, members: names(element.members), listed,
             observed: [...kind.observedAttributes].sort(), attributes: names(element.attributes).filter((name) => name !== 'name'),
             written: [...types.matchAll(/^ \\* - `(\\w+)` \\(/gm)].map(([, name]) => name).filter((name) => name !== 'name').sort(),
             heard: Object.keys(heard).sort(), events: names(element.events),
             unknownSlots: seen.filter((name) => !names(element.slots).includes(name)), seen,
             parts: [root.querySelectorAll('[part]').length, element.cssParts.length],
             exported: Object.keys(module).sort(), functions: names(functions) }};"
    ))?;
    ensure!(told["faults"] == json!([]), "{}", told["faults"]);
    for (met, said) in [
        ("own", "members"),
        ("own", "listed"),
        ("observed", "attributes"),
        ("observed", "written"),
        ("heard", "events"),
        ("exported", "functions"),
    ] {
        ensure!(
            told[met] == told[said],
            "{met} {}, {said} {}",
            told[met],
            told[said]
        );
        ensure!(
            told[met].as_array().is_some_and(|all| !all.is_empty()),
            "no {met}"
        );
    }
    ensure!(told["unknownSlots"] == json!([]), "{told}");
    let seen = told["seen"].as_array().map_or(0, Vec::len);
    ensure!(seen == 3 && told["parts"] == json!([0, 0]), "{told}");
    Ok(())
}

#[test]
fn wrong_arguments_are_refused() -> Result<()> {
    let lab = Lab::start(&[("host.html", HOST)])?;
    lab.browser.open(&format!("{}host.html", lab.host.url()))?;
    let told = lab.script(
        "await customElements.whenDefined('batchnorm-lab');
         const lab = document.querySelector('batchnorm-lab');
         const name = (promise) => promise.then(() => 'kept', (error) => error.name);
         return await Promise.all([-1, NaN, 0.5, 1e6 + 1, Infinity, '5', {}, null].map((n) => name(lab.step(n))));",
    )?;
    let range = ["RangeError"; 5].into_iter();
    let wrong: Vec<&str> = range.chain(["TypeError"; 3]).collect();
    ensure!(told == json!(wrong), "{told}");
    Ok(())
}

/// Somebody's exercise: the element among the fields of a form.
const FORM: &str =
    "<!doctype html><meta charset=utf-8><title>exercise</title><link rel=icon href=data:,>
    <script type=module src=element.js></script>
    <form><input name=who value=Ada><batchnorm-lab name=guess lesson=small-batch></batchnorm-lab></form>";

#[test]
fn a_guess_is_the_elements_value_in_its_form() -> Result<()> {
    let lab = Lab::start(&[("form.html", FORM)])?;
    lab.browser.open(&format!("{}form.html", lab.host.url()))?;
    let told = lab.script(
        "await customElements.whenDefined('batchnorm-lab');
         const lab = document.querySelector('batchnorm-lab'), form = document.forms[0];
         const sent = () => [...new FormData(form)].map((pair) => pair.join('='));
         const heard = [];
         addEventListener('bnlab-guess', ({ detail }) => heard.push(detail));
         const before = sent();
         await lab.guess('first');
         const drawn = { chart: 'sweep-chart', name: 'mine', points: [[2, 0.5], [128, 1]] };
         await lab.guess('drawn', drawn);
         const inert = lab.shadowRoot.querySelector('.bn-start') !== null;
         const after = sent();
         await lab.snapshot();
         const running = sent();
         form.reset();
         return { isListed: form.elements.namedItem('guess') === lab, before, inert, after, running, reset: sent(), heard };",
    )?;
    ensure!(told["isListed"] == true && told["inert"] == true, "{told}");
    for (when, values) in [
        ("before", &["who=Ada"][..]),
        ("after", &["who=Ada", "guess=drawn"]),
        ("running", &["who=Ada", "guess=drawn"]),
        ("reset", &["who=Ada"]),
    ] {
        ensure!(told[when] == json!(values), "{when}: {told}");
    }
    let guesses =
        ["first", "drawn"].map(|guess| json!({ "lesson": "small-batch", "guess": guess }));
    ensure!(told["heard"] == json!(guesses), "{told}");
    Ok(())
}
