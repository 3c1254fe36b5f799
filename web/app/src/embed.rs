//! The lab as an element of someone else's page: snapshots, promises, events and the handle. Draws nothing.

use batchnorm_lab::protocol::{Distribution, Frame, LayerStats, Side};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit};

use crate::i18n::Lang;
use crate::state::{Lab, ThemeChoice};
use crate::url;
use batchnorm_lab::lessons::lesson as find_lesson;

/// A promise to keep: at the first frame that waits at `step` or beyond; or to break, where there will be none.
pub struct Waiting {
    run: u32,
    step: u64,
    may_play: bool,
    resolve: Function,
    reject: Function,
}

/// A promise of a snapshot: after `steps` more steps, or of what there is. Broken at once where there is no network.
pub fn promise(lab: Lab, steps: Option<u32>) -> Promise {
    let run = lab.run.get_untracked();
    let (here, is_known) = lab.frame.with_untracked(|frame| match frame.as_deref() {
        Some(frame) if frame.run == run => (frame.step, true),
        _ => (0, false),
    });
    if steps.is_none() && is_known {
        let now = lab
            .frame
            .with_untracked(|f| f.as_deref().map(|f| snapshot(lab, f)));
        return Promise::resolve(&now.unwrap_or(JsValue::NULL));
    }
    let why = lab.impossible.with_untracked(Option::clone);
    if let Some(failure) = why {
        return Promise::reject(&js_sys::Error::new(&failure.message));
    }
    let promise = Promise::new(&mut |resolve, reject| {
        lab.waiting.update_value(|waiting| {
            waiting.push(Waiting {
                run,
                step: here + u64::from(steps.unwrap_or(0)),
                may_play: steps.is_none(),
                resolve,
                reject,
            });
        });
    });
    if let Some(steps) = steps {
        lab.step(steps);
    }
    promise
}

/// Tells the world about a frame and keeps the promises that it fulfils.
pub fn report_frame(lab: Lab, frame: &Frame) {
    let has_waiting = lab.waiting.with_untracked(|waiting| !waiting.is_empty());
    if has_waiting {
        let mut kept = Vec::new();
        lab.waiting.update_value(|waiting| {
            waiting.retain(|wait| {
                let is_there = frame.step >= wait.step || crate::state::is_halted(frame);
                let is_due = (wait.may_play || !frame.is_playing) && is_there;
                // The run it waited for is gone: the new one answers instead of nobody.
                let is_done = is_due || wait.run != frame.run;
                if is_done {
                    kept.push(wait.resolve.clone());
                }
                !is_done
            });
        });
        if !kept.is_empty() {
            let snapshot = snapshot(lab, frame);
            for resolve in kept {
                // A listener's own error is the listener's.
                let _ = resolve.call1(&JsValue::NULL, &snapshot);
            }
        }
    }
    if let Some(side) = frame.sides.last() {
        let detail = heading(lab, frame, side);
        dispatch(lab, "bnlab-frame", &detail);
    }
}

/// Breaks every promise: the settings describe no network.
pub fn break_promises(lab: Lab, why: &str) {
    let waiting = lab.waiting.try_update_value(std::mem::take);
    for wait in waiting.unwrap_or_default() {
        // As with a promise that is kept.
        let _ = wait.reject.call1(&JsValue::NULL, &js_sys::Error::new(why));
    }
}

/// Tells the world that something went wrong.
pub fn report_error(lab: Lab, code: &str, message: &str) {
    let detail = Object::new();
    put(&detail, "code", code);
    put(&detail, "message", message);
    dispatch(lab, "bnlab-error", &detail);
}

/// Dispatches a bubbling, composed event on the host element.
pub fn dispatch(lab: Lab, name: &str, detail: &Object) {
    let Some(host) = lab.host.try_with_untracked(Clone::clone).flatten() else {
        return;
    };
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        // An error thrown by a listener is the listener's.
        let _ = host.dispatch_event(&event);
    }
}

/// The figures of a frame as a plain object: of the last run shown, and of each under `sides`.
pub fn snapshot(lab: Lab, frame: &Frame) -> JsValue {
    let Some(last) = frame.sides.last() else {
        return JsValue::NULL;
    };
    let object = heading(lab, frame, last);
    put(&object, "layers", layers(last));
    let sides = Array::new();
    for side in &frame.sides {
        let entry = figures(side);
        put(&entry, "layers", layers(side));
        sides.push(&entry);
    }
    put(&object, "sides", sides);
    put(
        &object,
        "state",
        url::write(None, &lab.link.get_untracked()),
    );
    object.into()
}

fn heading(lab: Lab, frame: &Frame, side: &Side) -> Object {
    let object = figures(side);
    put(&object, "run", frame.run);
    put(&object, "step", frame.step as f64);
    put(&object, "epoch", frame.epoch as f64);
    put(&object, "engine", lab.engine.get_untracked());
    put(&object, "playing", frame.is_playing);
    object
}

fn figures(side: &Side) -> Object {
    let object = Object::new();
    put(&object, "index", side.index);
    put(&object, "norm", side.norm.as_str());
    let loss = Object::new();
    put(&loss, "batch", number(side.loss.batch));
    put(&loss, "train", number(side.loss.train));
    put(&loss, "eval", number(side.loss.eval));
    put(&object, "loss", loss);
    let accuracy = Object::new();
    put(&accuracy, "train", number(side.accuracy.train));
    put(&accuracy, "eval_batch", number(side.accuracy.eval_batch));
    put(
        &accuracy,
        "eval_running",
        number(side.accuracy.eval_running),
    );
    put(&accuracy, "eval_full", number(side.accuracy.eval_full));
    put(&object, "accuracy", accuracy);
    put(
        &object,
        "diverged",
        side.diverged_at
            .map_or(JsValue::NULL, |step| JsValue::from(step as f64)),
    );
    put(
        &object,
        "refused",
        side.refused
            .as_ref()
            .map_or(JsValue::NULL, |f| JsValue::from(f.code.as_str())),
    );
    object
}

fn layers(side: &Side) -> Array {
    side.layers.iter().map(layer).collect()
}

fn layer(layer: &LayerStats) -> Object {
    let object = Object::new();
    put(&object, "name", layer.name.as_str());
    put(&object, "kind", layer.kind.as_str());
    put(&object, "before", distribution(&layer.before));
    for (name, stage) in [("normalized", &layer.normalized), ("after", &layer.after)] {
        put(
            &object,
            name,
            stage
                .as_ref()
                .map_or(JsValue::NULL, |d| distribution(d).into()),
        );
    }
    put(&object, "output", distribution(&layer.output));
    for (name, values) in [
        ("gamma", &layer.gamma),
        ("beta", &layer.beta),
        ("running_mean", &layer.running_mean),
        ("running_var", &layer.running_var),
        ("batch_mean", &layer.batch_mean),
        ("batch_var", &layer.batch_var),
        ("full_mean", &layer.full_mean),
        ("full_var", &layer.full_var),
    ] {
        put(
            &object,
            name,
            values.iter().map(|v| number(*v)).collect::<Array>(),
        );
    }
    put(&object, "gradient_norm", number(layer.gradient_norm));
    put(&object, "saturated", number(layer.saturated));
    object
}

fn distribution(of: &Distribution) -> Object {
    let object = Object::new();
    put(&object, "mean", number(of.mean));
    put(&object, "std", number(of.std));
    put(&object, "min", number(of.min));
    put(&object, "max", number(of.max));
    put(&object, "low", number(of.low));
    put(&object, "high", number(of.high));
    let counts: Array = of.histogram.iter().map(|n| JsValue::from(*n)).collect();
    put(&object, "histogram", counts);
    object
}

/// JSON knows no NaN and no infinity.
fn number(x: f32) -> JsValue {
    if x.is_finite() {
        JsValue::from(x)
    } else {
        JsValue::NULL
    }
}

fn put(object: &Object, name: &str, value: impl Into<JsValue>) {
    // Setting a property of a fresh plain object cannot fail.
    let _ = Reflect::set(object, &JsValue::from_str(name), &value.into());
}

impl Lab {
    /// One option of the element. Unknown names and values are reported like those of a link.
    pub fn set_option(self, name: &str, value: &str) {
        match name {
            "lang" => {
                if let Some(lang) = Lang::from_tag(value) {
                    self.speak(lang);
                }
            }
            "theme" => self
                .theme
                .set(ThemeChoice::from_name(value).unwrap_or(ThemeChoice::Auto)),
            "hide" => self.hidden.set(
                value
                    .split([',', ' '])
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            "engine" => self.use_engine(value),
            "lesson" => match find_lesson(value) {
                Some(lesson) => self.open(lesson),
                None => self.open_link(&format!("lesson={value}")),
            },
            "state" => self.open_link(value),
            "autoplay" => self.play(),
            _ => self.change(name, value),
        }
    }

    /// The text of a link that leads to the step on the screen.
    pub fn link_text(self) -> String {
        let mut link = self.link.get_untracked();
        link.at = self
            .frame
            .with_untracked(|frame| frame.as_deref().map_or(0, |frame| frame.step));
        url::write(self.lesson.get_untracked(), &link)
    }
}
