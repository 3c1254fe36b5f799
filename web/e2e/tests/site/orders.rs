//! Start, removal and arrival of the page's other modules, in every order: an element's end touches no other one.

use anyhow::{Context, Result, ensure};

use crate::common::Lab;

const PAGE: &str =
    "<!doctype html><meta charset=utf-8><title>orders</title><link rel=icon href=data:,>
    <script type=module src=element.js></script><p id=sink></p>";

/// What is done, before and after what was held comes: `+` starts an element, `-` removes the one so many back, `^` puts it
/// in again, `|` lets come what was held.
const ORDERS: [(&str, &str); 9] = [
    ("remove before it comes", "+ -0 |"),
    ("remove after it came", "+ | -0"),
    ("remove and put back before it comes", "+ -0 ^0 |"),
    ("remove before, put back after", "+ -0 | ^0"),
    ("the first of two", "+ + -0 |"),
    ("the second of two", "+ + -1 |"),
    ("both", "+ + -0 -1 |"),
    ("start after a removal", "+ -0 + |"),
    ("one before, one after", "+ + -0 | -1 +"),
];

#[test]
fn every_order_of_start_removal_and_arrival_leaves_the_others_at_work() -> Result<()> {
    for held in ["split_words", "_bg.wasm"] {
        for (name, order) in ORDERS {
            let lab = Lab::start(&[("orders.html", PAGE)])?;
            lab.browser
                .open(&format!("{}orders.html", lab.host.url()))?;
            lab.script(
                "await customElements.whenDefined('batchnorm-lab'); window.all = []; window.told = []; window.putBack = null;",
            )?;
            lab.host.hold(held);
            for deed in order.split(' ') {
                let at = deed.get(1..).unwrap_or_default();
                let script = match deed.chars().next().context("a deed")? {
                    '+' => "const of = document.createElement('batchnorm-lab');
                        of.setAttribute('state', 'layers=4&samples=100');
                        all.push(document.body.appendChild(of));
                        of.step(1).then(() => told.push('stepped'), (error) => told.push(error.name));
                        await frames(5);"
                        .to_owned(),
                    '-' => format!("all[{at}].remove(); await frames(3);"),
                    '^' => format!("document.body.append(all[{at}]); window.putBack = within('step of what was put back', all[{at}].step(1));
                        window.putBack.catch(() => {{}}); await frames(3);"),
                    _ => {
                        lab.host.release();
                        continue;
                    }
                };
                lab.script(&script)?;
            }
            let told = lab.script(
                "await putBack;
                 const left = all.filter((of) => of.isConnected);
                 left.push(document.body.appendChild(document.createElement('batchnorm-lab')));
                 for (const of of left) {
                     await within('steps of each that is left', of.step(2));
                     await until('all of it', () => of.shadowRoot.querySelector('[data-part=\"step-count\"]')
                         && !of.shadowRoot.querySelector('.lazy[aria-busy]'));
                 }
                 return told;",
            );
            let told = told.with_context(|| format!("{held}: {name}"))?;
            for word in told.as_array().into_iter().flatten() {
                ensure!(
                    word == "stepped" || word == "AbortError",
                    "{held}: {name}: {told}"
                );
            }
            lab.ensure_silent()
                .with_context(|| format!("{held}: {name}"))?;
        }
    }
    Ok(())
}

/// The worker says that it is ready while the page waits for its texts alone, and the first of what listens to the worker
/// lets them come: the page is built between two listeners of that one message.
const BETWEEN: &str = "
    const gate = Promise.withResolvers(), rest = Promise.withResolvers();
    const { json } = Response.prototype;
    Response.prototype.json = async function () {
        const texts = await json.call(this);
        if (this.url.includes('texts-')) { rest.resolve(); await gate.promise; }
        return texts;
    };
    const made = Promise.withResolvers();
    const { instantiateStreaming } = WebAssembly;
    WebAssembly.instantiateStreaming = async (...given) => {
        const it = await instantiateStreaming.apply(WebAssembly, given);
        made.resolve();
        return it;
    };
    globalThis.Worker = class extends Worker {
        constructor(...given) {
            super(...given);
            this.addEventListener('message', ({ data }) => { if (data !== 'module') gate.resolve(); });
        }
        postMessage(message, ...given) {
            if (!(message instanceof WebAssembly.Module)) return super.postMessage(message, ...given);
            // Once all else has come.
            Promise.all([rest.promise, made.promise]).then(() => requestAnimationFrame(() => requestAnimationFrame(() => super.postMessage(message))));
        }
    };";

#[test]
fn a_worker_that_is_ready_while_the_page_is_built_is_heard() -> Result<()> {
    let lab = Lab::start(&[(
        "between.html",
        &format!("{PAGE}<batchnorm-lab state='layers=4&samples=100'></batchnorm-lab>"),
    )])?;
    lab.host.before_every_page(BETWEEN);
    lab.browser
        .open(&format!("{}between.html", lab.host.url()))?;
    lab.script("await customElements.whenDefined('batchnorm-lab');")?;
    let step = lab.run("return (await within('steps', lab.step(3))).step;")?;
    ensure!(step == 3, "{step}");
    Ok(())
}
