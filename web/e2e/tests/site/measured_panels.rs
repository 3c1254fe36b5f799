//! Panels of what is measured, as a reader meets them: they follow the run, say the figures that the core has natively, are
//! read by keys and as a table, leave the run as it is, and leave nothing.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{
    BackwardPlan, Job, JobReport, JobRun, LandscapePlan, UnitPlan, backward_job, by_class_jobs,
    company_jobs, landscape_jobs, profile_jobs,
};
use serde_json::json;

use crate::common::Lab;
use crate::figures;

const LESSONS: [(&str, &str); 2] = [("landscape", "landscape"), ("gradients", "depth-profile")];

/// Waits until the panel has measured at that step.
fn settle(lab: &Lab, panel: &str, step: u32) -> Result<()> {
    let text = format!("Step {step}.");
    lab.wait(
        "a measurement",
        &format!(
            "return part('{panel}')?.getAttribute('aria-busy') === 'false'
                 && part('measured-reading').textContent.includes('{text}')"
        ),
    )
    .map(|_| ())
}

/// Presses keys on the charts, and gives what is read then.
fn read(lab: &Lab, keys: &[&str]) -> Result<String> {
    let said = lab.run(&format!(
        "for (const key of {}) part('measured-charts').dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}));
         await frames(2);
         return part('measured-reading').textContent;",
        json!(keys)
    ))?;
    said.as_str().map(str::to_owned).context("a text")
}

/// Opens the sheet of a panel, and gives its sentence and its rows.
fn told(lab: &Lab, panel: &str) -> Result<(String, Vec<Vec<String>>)> {
    lab.click(&format!("return part('about-{panel}')"))?;
    lab.wait(
        "its figures",
        "return root.querySelectorAll('[data-part=telling-table] tbody tr').length > 3",
    )?;
    let told = lab.run(
        "const rows = [...root.querySelectorAll('[data-part=telling-table] tbody tr')];
         const seen = [part('told').textContent, rows.map((row) => [...row.cells].map((cell) => cell.textContent))];
         part('telling-close').click();
         return seen;",
    )?;
    Ok(serde_json::from_value(told)?)
}

fn done(job: Job) -> Result<JobReport> {
    let mut run = JobRun::new(job, &[], FULL)?;
    while !run.advance(1000) {}
    Ok(run.report())
}

/// A figure of the table as a number.
fn number(cell: &str) -> Result<f32> {
    Ok(cell.replace('−', "-").parse()?)
}

fn near(cell: &str, wanted: f32) -> Result<()> {
    let got = number(cell)?;
    let off = (got - wanted).abs() / wanted.abs().max(1e-30);
    ensure!(off < 2e-5, "{cell}, not {wanted}");
    Ok(())
}

#[test]
fn values_by_class_are_those_of_the_run_and_are_read_by_keys() -> Result<()> {
    let lab = figures::start("lesson=one-class-batches", 700, 60)?;
    settle(&lab, "by-class", 60)?;
    let said = read(&lab, &["ArrowRight", "ArrowRight", "ArrowDown"])?;
    ensure!(
        said.starts_with("Class 1, evaluated. A, BatchNorm: mean"),
        "{said}"
    );
    let (sentence, rows) = told(&lab, "by-class")?;
    ensure!(
        sentence.contains("A: in training the classes do not lie"),
        "{sentence}"
    );
    let plan = UnitPlan {
        at: 60,
        layer: 0,
        unit: 0,
    };
    let jobs = by_class_jobs("lesson=one-class-batches", plan, FULL)?;
    let mut rows = rows.iter();
    for job in jobs {
        let of = done(job)?.measured.by_class.context("values")?;
        for (training, evaluated) in of.training.iter().zip(&of.evaluated) {
            let row = rows.next().context("a row")?;
            near(&row[2], training.mean)?;
            near(&row[3], evaluated.mean)?;
            near(&row[4], training.deviation)?;
            near(&row[5], evaluated.deviation)?;
        }
    }
    ensure!(rows.next().is_none());
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn what_sequences_share_is_that_of_the_run_and_is_read_by_keys() -> Result<()> {
    let lab = figures::start("state='lesson=sequences&batch=8'", 700, 40)?;
    settle(&lab, "sharing", 40)?;
    let jobs = company_jobs("lesson=sequences&batch=8", 40, FULL)?;
    let job = jobs.into_iter().next().context("side A")?;
    let of = done(job)?.measured.company.context("steps")?;
    let said = read(&lab, &["ArrowRight", "ArrowRight"])?;
    let step = format!("Step 2: {} of 8 sequences have it.", of.steps[1].count);
    ensure!(said.starts_with(&step), "{said}");
    let (_, rows) = told(&lab, "sharing")?;
    ensure!(rows.len() == of.steps.len(), "{rows:?}");
    for (row, step) in rows.iter().zip(&of.steps) {
        ensure!(row[1] == step.count.to_string(), "{row:?}");
        near(&row[2], step.off)?;
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_landscape_is_that_of_the_run_as_it_is_and_is_read_by_keys() -> Result<()> {
    let lab = figures::start("lesson=landscape", 700, 60)?;
    settle(&lab, "landscape", 60)?;
    let said = read(
        &lab,
        &["ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"],
    )?;
    ensure!(said.starts_with("B, BatchNorm · η = 0.0100 (1 ×"), "{said}");
    let (sentence, rows) = told(&lab, "landscape")?;
    ensure!(
        sentence.starts_with("States seen: 20, the last at step 60."),
        "{sentence}"
    );
    let plan = LandscapePlan {
        from: 41,
        every: 1,
        factors: (-2..8).map(|power| 2_f64.powi(power)).collect(),
        last: 20,
    };
    let jobs = landscape_jobs("lesson=landscape", 60, 1, &plan, FULL)?;
    let report = done(jobs.into_iter().next().context("side A")?)?;
    let landscape = report.measured.landscape.context("a landscape")?;
    let last = landscape.points.last().context("a state")?;
    for (place, row) in rows.iter().take(10).enumerate() {
        ensure!(row[0] == "A", "{row:?}");
        near(&row[3], last.losses[place])?;
        near(&row[4], landscape.loss.low[place])?;
        near(&row[5], landscape.loss.high[place])?;
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_profile_is_that_of_each_kind_and_is_read_by_keys() -> Result<()> {
    let lab = figures::start("lesson=gradients", 700, 40)?;
    settle(&lab, "depth-profile", 40)?;
    let said = read(&lab, &["ArrowRight", "ArrowRight", "ArrowDown"])?;
    ensure!(said.starts_with("BatchNorm · layer 2:"), "{said}");
    let (sentence, rows) = told(&lab, "depth-profile")?;
    ensure!(
        sentence.contains("unnormalised: the signal vanishes") && sentence.contains("step 40"),
        "{sentence}"
    );
    let kinds = ["none", "batch", "layer", "rms"];
    let jobs = profile_jobs("lesson=gradients", &kinds, &[0, 40], 1, FULL)?;
    let report = done(jobs.into_iter().next().context("a job")?)?;
    let [(_, start), (_, now)] = &report.measured.profile[..] else {
        anyhow::bail!("two profiles");
    };
    for (place, row) in rows.iter().take(12).enumerate() {
        ensure!(row[0] == "unnormalised", "{row:?}");
        near(&row[2], now.layers[place].before)?;
        near(&row[3], start.layers[place].before)?;
        near(&row[4], now.layers[place].weight_gradient)?;
        near(&row[5], start.layers[place].weight_gradient)?;
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn what_goes_back_is_that_of_the_selected_unit_and_is_read_by_keys() -> Result<()> {
    let lab = figures::start("panels='backward' lesson=first-look", 700, 30)?;
    let told_of = |words: &str| {
        lab.wait(
            "a measurement",
            &format!(
                "return part('backward')?.getAttribute('aria-busy') === 'false'
                     && part('measured-reading').textContent.includes('{words}')"
            ),
        )
    };
    told_of("B, layer 1, unit 1, step 30, 64 values: Σdx = ")?;
    let said = read(&lab, &["ArrowRight", "ArrowRight"])?;
    ensure!(
        said.starts_with("Value ") && said.contains(" = dx = "),
        "{said}"
    );
    let (sentence, rows) = told(&lab, "backward")?;
    ensure!(sentence.contains("the bias never learns"), "{sentence}");
    let of = |layer, unit| -> Result<_> {
        let plan = BackwardPlan {
            at: 30,
            layer,
            unit,
        };
        let jobs = backward_job("", plan, FULL)?;
        let report = done(jobs.into_iter().next().context("side B")?)?;
        Ok(report.measured.backward.context("what was asked for")?.1)
    };
    let first = of(0, 0)?;
    for (place, row) in rows.iter().take(12).enumerate() {
        let value = &first.shown[place];
        near(&row[1], value.x)?;
        near(&row[2], value.x_hat)?;
        near(&row[3], value.d_y)?;
        near(&row[7], value.d_x)?;
    }
    // Another unit is measured where the run stands.
    lab.script(
        "document.querySelector('batchnorm-lab').state = 'lesson=first-look&layer=2&unit=4';",
    )?;
    lab.script("await within('the steps', document.querySelector('batchnorm-lab').step(30));")?;
    lab.wait(
        "the other unit",
        "return part('backward').querySelector('.measured-legend').textContent === 'layer 3, unit 5, step 30'
             && part('backward').getAttribute('aria-busy') === 'false'",
    )?;
    let (_, rows) = told(&lab, "backward")?;
    near(&rows[0][7], of(2, 4)?.shown[0].d_x)?;
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_words_of_frameworks_can_be_copied_and_follow_the_selected_layer() -> Result<()> {
    let lab = figures::start("panels='frameworks' lesson=train-vs-inference", 700, 10)?;
    let code = |words: &str| {
        lab.wait(
            "the code",
            &format!(
                "return part('frameworks-code')?.value.includes({})",
                json!(words)
            ),
        )
    };
    code("nn.BatchNorm1d(32, eps=0.00001, momentum=0.001)")?;
    lab.click(
        "return root.querySelector('input[name=choice-framework][value=Keras]').closest('label')",
    )?;
    code("layers.BatchNormalization(epsilon=0.00001, momentum=0.999)")?;
    lab.click("return root.querySelector('input[name=choice-framework-part][value=model]').closest('label')")?;
    code("model = keras.Sequential([")?;
    let (sentence, rows) = told(&lab, "frameworks")?;
    ensure!(
        sentence.contains("nn.BatchNorm1d in PyTorch") && sentence.contains("After 10 steps"),
        "{sentence}"
    );
    // PyTorch's is what the lab keeps.
    let seen = lab.snapshot()?;
    let kept = seen["sides"]
        .as_array()
        .context("sides")?
        .last()
        .context("B")?["layers"][0]["running_var"][0]
        .as_f64();
    let row = rows
        .iter()
        .find(|row| row[0] == "running variance now")
        .context("the row")?;
    let kept = kept.context("a running variance")?;
    ensure!(
        (f64::from(number(&row[1])?) - kept).abs() < 6e-3 * kept,
        "{row:?}, {kept}"
    );
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_run_that_is_measured_while_it_plays_keeps_its_bits() -> Result<()> {
    for (lesson, panel) in LESSONS {
        // A network that is soon trained, measured again and again on its way.
        let small = "state='lesson=LESSON&layers=8-8-8&samples=200'".replace("LESSON", lesson);
        let lab = figures::start(&small, 700, 0)?;
        lab.script("await within('play', document.querySelector('batchnorm-lab').play());")?;
        lab.wait(
            "a later measurement",
            &format!(
                "const at = Number(part('measured-reading')?.textContent.match(/Step ([0-9]+)/)?.[1] ?? 0);
                 return part('{panel}') && at > 20;"
            ),
        )?;
        lab.script("await within('a pause', document.querySelector('batchnorm-lab').pause());")?;
        let step = lab.snapshot()?["step"].as_u64().context("a step")? as u32;
        settle(&lab, panel, step)?;
        let seen = lab.snapshot()?;
        // The same run where nothing measures.
        let plain = figures::start(&format!("panels=loss {small}"), 700, step)?;
        let other = plain.snapshot()?;
        for side in [0, 1] {
            let loss = &seen["sides"][side]["loss"]["train"];
            ensure!(loss.is_number(), "{lesson}: {loss}");
            for of in ["loss", "accuracy", "layers"] {
                let (with, without) = (&seen["sides"][side][of], &other["sides"][side][of]);
                ensure!(with == without, "{lesson}, {of}");
            }
        }
        ensure!(seen["step"] == other["step"], "{lesson}");
    }
    Ok(())
}

#[test]
fn a_measurement_is_given_up_out_of_sight_and_nothing_is_left_of_a_removed_figure() -> Result<()> {
    let lab = Lab::start(&[(
        "article.html",
        "<!doctype html><meta charset=utf-8><title>article</title><link rel=icon href=data:,>
         <style>p { height: 3000px; }</style><script type=module src='element.js'></script>
         <batchnorm-lab view=figure lesson=gradients></batchnorm-lab><p>the text goes on</p>",
    )])?;
    lab.before_every_worker("")?;
    lab.browser
        .open(&format!("{}article.html", lab.host.url()))?;
    lab.wait("the start", "return root.querySelector('.bn-start')")?;
    lab.click("return root.querySelector('.bn-start')")?;
    lab.wait(
        "a measurement",
        "return part('depth-profile')?.getAttribute('aria-busy') === 'true'",
    )?;
    lab.run("scrollTo(0, 2500);")?;
    lab.wait(
        "its end",
        "return part('depth-profile').getAttribute('aria-busy') === 'false'",
    )?;
    lab.run("scrollTo(0, 0);")?;
    lab.wait("a worker of the pool", "return workers.born > 1")?;
    lab.run("lab.remove();")?;
    lab.script("await until('no worker', () => workers.born === workers.ended);")?;
    Ok(())
}

#[test]
fn a_host_chooses_both_panels_and_a_pointer_reads_them() -> Result<()> {
    let lab = figures::start("panels='landscape' lesson=first-look", 700, 5)?;
    settle(&lab, "landscape", 5)?;
    let said = lab.run(
        "const map = part('landscape-chart').getBoundingClientRect();
         const [clientX, clientY] = [map.left + map.width * 0.5, map.top + map.height * 0.5];
         part('landscape-chart').dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }));
         await frames(2);
         return part('measured-reading').textContent;",
    )?;
    ensure!(
        said.as_str().is_some_and(|said| said.contains("η =")),
        "{said}"
    );
    let panels = lab
        .run("return [...root.querySelectorAll('.figure-panel')].map((of) => of.dataset.panel)")?;
    ensure!(panels == json!(["landscape"]), "{panels}");
    Ok(())
}

#[test]
fn over_the_lab_a_panel_measures_and_escape_closes_it() -> Result<()> {
    let lab = Lab::open("index.html#lesson=sandbox&lang=en&samples=200")?;
    lab.step(3)?;
    for (_, panel) in LESSONS {
        lab.press(&format!("open-{panel}"))?;
        settle(&lab, panel, 3)?;
        lab.run("part('panel-dialog-close').focus();")?;
        lab.browser.press("\u{E00C}")?;
        lab.wait("its end", "return !part('panel-dialog')")?;
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_other_panels_of_lessons_open_over_the_lab_from_a_choice() -> Result<()> {
    let values =
        "return [...part('views').options].filter((of) => !of.disabled).map((of) => of.value);";
    let of_sequences = "#lesson=sandbox&lang=en&data=sequences&layers=r16-16&samples=200";
    let lab = Lab::open(&format!("index.html{of_sequences}"))?;
    let all: Vec<String> = serde_json::from_value(lab.run(values)?)?;
    ensure!(all.len() == 10 && all[0].is_empty(), "{all:?}");
    lab.step(3)?;
    open_from_choice(&lab, "sharing")?;
    lab.go("index.html#lesson=sandbox&lang=en&samples=200")?;
    lab.step(3)?;
    let of_points: Vec<String> = serde_json::from_value(lab.run(values)?)?;
    let others = all.iter().filter(|name| *name != "sharing");
    ensure!(of_points.iter().eq(others), "{of_points:?}");
    for panel in &of_points[1..] {
        open_from_choice(&lab, panel)?;
    }
    lab.ensure_silent()?;
    Ok(())
}

/// Chooses a panel, sees it drawn, and closes it.
fn open_from_choice(lab: &Lab, panel: &str) -> Result<()> {
    lab.run(&format!(
        "const views = part('views');
             views.focus();
             views.value = '{panel}';
             views.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    ))?;
    // It is drawn, within the dialog, and its controls have come.
    lab.wait(
            panel,
            &format!(
                "const dialog = part('panel-dialog'), panel = dialog?.querySelector('[data-part=\"{panel}\"]');
                 const has_size = panel?.getBoundingClientRect().height > 100 && panel.scrollWidth <= dialog.clientWidth;
                 return has_size && !dialog.querySelector('.lazy[aria-busy]') && dialog.innerText.trim().length > 20;"
            ),
        )?;
    lab.run("part('panel-dialog-close').focus();")?;
    lab.browser.press("\u{E00C}")?;
    lab.wait(
            "its end, and the choice again",
            "return !part('panel-dialog') && part('views').value === '' && root.activeElement === part('views')",
        )?;
    Ok(())
}
