//! A batch on number lines, as a reader meets it: it is the run's, a number is drawn by pointer and by keys, numbers are
//! pasted, and every act has a way back.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::common::Lab;
use crate::figures;

/// Helpers in the page: the batch as text, a pointer on the chart at a share of its width in the first line.
const HELP: &str = "
    const numbers = () => part('number-line-numbers').tagName === 'INPUT' ? part('number-line-numbers').value
        : root.querySelector('input[data-part=\"number-line-numbers\"]').value;
    const list = () => numbers().split(', ').map(Number);
    const said = (name) => part(`number-line-${name}`).textContent;
    const chart = () => part('number-line-chart');
    const point = (type, clientX, clientY) => chart().dispatchEvent(
        new PointerEvent(type, { clientX, clientY, bubbles: true, pointerId: 1, isPrimary: true }));
    const key = (key, more = {}) => part('number-line-lines').dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));";

fn start() -> Result<Lab> {
    let lab = figures::start("lesson=four-steps", 700, 5)?;
    lab.wait(
        "the batch",
        "return part('number-line-mean')?.textContent.includes('=')",
    )?;
    Ok(lab)
}

fn run(lab: &Lab, script: &str) -> Result<Value> {
    lab.run(&format!("{HELP} {script}"))
}

#[test]
fn a_number_is_moved_by_pointer_and_by_keys_and_taken_back() -> Result<()> {
    let lab = start()?;
    let told = run(
        &lab,
        "const before = numbers();
         const box = chart().getBoundingClientRect();
         const y = box.top + box.height * 0.11;
         // Some number of the line is under one of these places.
         for (let x = box.left + 90; x < box.right - 20; x += 8) {
             point('pointerdown', x, y);
             point('pointermove', x + 40, y);
             point('pointerup', x + 40, y);
             await frames(2);
             if (numbers() !== before) break;
         }
         const dragged = [numbers(), said('of')];
         part('number-line-undo').click();
         await frames(2);
         const undone = [numbers(), said('of')];
         key('ArrowRight');
         key('ArrowRight');
         await frames(2);
         const moved = numbers();
         key('z', { ctrlKey: true });
         await frames(2);
         return { before, dragged, undone, moved, back: numbers(), undo: part('number-line-undo').disabled };",
    )?;
    ensure!(told["dragged"][0] != told["before"], "{told}");
    ensure!(
        told["dragged"][1]
            .as_str()
            .is_some_and(|of| of.contains("your own")),
        "{told}"
    );
    ensure!(told["undone"][0] == told["before"], "{told}");
    ensure!(
        told["undone"][1]
            .as_str()
            .is_some_and(|of| of.contains("step 5")),
        "{told}"
    );
    // Two presses, one way: one thing to undo.
    ensure!(
        told["moved"] != told["before"] && told["back"] == told["before"],
        "{told}"
    );
    ensure!(told["undo"] == true, "{told}");
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn pasted_numbers_go_through_the_kernel_and_what_is_none_is_refused() -> Result<()> {
    let lab = start()?;
    let told = run(
        &lab,
        "const field = root.querySelector('input[data-part=\"number-line-numbers\"]');
         const paste = async (text) => {
             field.value = text;
             field.dispatchEvent(new Event('change', { bubbles: true }));
             await frames(2);
         };
         await paste('1, 3, 5, 7');
         const lines = ['mean', 'variance', 'sum', 'bound'].map(said);
         await paste('1');
         const refused = [field.getAttribute('aria-invalid'), list().length];
         await paste('1 3 5 7');
         part('number-line-far').click();
         await frames(2);
         const far = [list()[0], said('x-hat')];
         part('number-line-add').click();
         await frames(2);
         const more = list().length;
         part('number-line-clumps').click();
         await frames(2);
         const clumps = list().length;
         part('number-line-reset').click();
         await frames(2);
         return { lines, refused, far, more, clumps, of: said('of'), checked: said('checked') };",
    )?;
    let lines = told["lines"].as_array().context("lines")?;
    ensure!(
        lines[0] == "μ = Σx/m = 4.00" && lines[1] == "σ² = Σ(x − μ)²/m = 5.00",
        "{told}"
    );
    ensure!(lines[3] == "|x̂| ≤ √(m − 1) = 1.73", "{told}");
    ensure!(told["refused"] == json!(["true", 1]), "{told}");
    ensure!(told["far"][0] == 100, "{told}");
    ensure!(
        told["far"][1]
            .as_str()
            .is_some_and(|of| of.ends_with("= 1.73")),
        "{told}"
    );
    ensure!(told["more"] == 5 && told["clumps"] == 8, "{told}");
    ensure!(
        told["of"].as_str().is_some_and(|of| of.contains("step 5")),
        "{told}"
    );
    ensure!(
        told["checked"].as_str().is_some_and(|of| of.contains("e−")),
        "{told}"
    );
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn own_numbers_stay_while_the_run_goes_on_and_its_batch_follows_it() -> Result<()> {
    let lab = start()?;
    let before = run(&lab, "return numbers();")?;
    lab.step(1)?;
    lab.wait(
        "the next batch",
        "return part('number-line-of').textContent.includes('step 6')",
    )?;
    let after = run(&lab, "return numbers();")?;
    ensure!(before != after, "{before}");
    let own = run(
        &lab,
        "part('number-line-clumps').click(); await frames(2); return numbers();",
    )?;
    lab.step(1)?;
    ensure!(
        run(&lab, "await frames(2); return numbers();")? == own,
        "{own}"
    );
    Ok(())
}
