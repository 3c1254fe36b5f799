//! What the selected layer is called in PyTorch, Keras and the paper, and what each would have kept of the selected unit.

use batchnorm_lab::settings::choice::Norm;

use super::saying::Saying;
use super::{Seen, Told};
use crate::format;
use crate::frameworks::{Kept, Kind, class_names, keeps_batches, kept, parts, share};
use crate::i18n::{Key, key};

/// Names and numbers of the selected layer.
pub fn frameworks(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let side = seen.detail_side();
    let norm = seen.norm(side);
    let (layer, unit) = seen.selected();
    if norm == Norm::None {
        return saying.only(key::FRAMEWORKS_NONE);
    }
    let all = parts(seen.now, norm);
    let is_own = |kind: Kind| matches!(kind, Kind::Norm(_));
    let of = all
        .iter()
        .find(|part| part.column == Some(layer) && is_own(part.kind));
    let Some(part) = of else {
        return saying.only(key::TELL_NOTHING);
    };
    let [torch, keras, paper] = class_names(norm, part.input);
    let values = seen.now.batch_size() * part.input.positions();
    let stats = seen.side(side).and_then(|side| side.layers.get(layer));
    let kept = stats.and_then(|stats| kept(seen.now, norm, stats, unit, values, seen.step()));
    saying.run(side);
    saying.count("layer", layer as u64 + 1);
    saying.count("unit", unit as u64 + 1);
    saying.count("step", seen.step());
    saying.text("torch", torch.into());
    saying.text("keras", keras.into());
    saying.say(key::FRAMEWORKS_NAMED);
    match kept {
        Some(kept) => {
            saying.count("n", kept.values as u64);
            saying.text("first", format::exact(kept.torch as f32));
            saying.text("second", format::exact(kept.keras as f32));
            saying.say(key::FRAMEWORKS_KEPT);
        }
        None if keeps_batches(norm) => saying.say(key::FRAMEWORKS_UNKNOWN),
        None => saying.say(key::FRAMEWORKS_KEEPS_NOTHING),
    }
    table(&mut saying, norm, [torch, keras, paper], kept);
    saying.told()
}

fn table(saying: &mut Saying, norm: Norm, names: [&str; 3], kept: Option<Kept>) {
    saying.columns(&[key::FRAMEWORKS_WORD]);
    for name in ["PyTorch", "Keras"] {
        saying.column(name.into());
    }
    saying.columns(&[key::FRAMEWORKS_PAPER]);
    let mut row = |name: Key, cells: [&str; 3]| {
        saying.cell(saying.word(name).into());
        for cell in cells {
            saying.cell(cell.into());
        }
        saying.end_row();
    };
    row(key::FRAMEWORKS_LAYER, names);
    let epsilon = match norm {
        Norm::Rms => ["None", "1e-6", "ε"],
        _ => ["1e-5", "1e-3", "ε"],
    };
    row(key::FRAMEWORKS_EPSILON, epsilon);
    row(
        key::FRAMEWORKS_AFFINE,
        match norm {
            Norm::Rms => ["weight", "scale", "g"],
            _ => ["weight, bias", "gamma, beta", "γ, β"],
        },
    );
    row(key::FRAMEWORKS_TRAIN, [".train()", "training=True", "–"]);
    row(key::FRAMEWORKS_EVAL, [".eval()", "training=False", "–"]);
    if !keeps_batches(norm) {
        return;
    }
    let now = saying.seen.now;
    let share = share(now);
    let number = |x: Option<f64>| x.map_or("–".into(), format::value);
    let [new, old] = [share, share.map(|share| 1.0 - share)].map(number);
    let word = |key: Key| saying.word(key);
    let (of_new, of_old) = (word(key::FRAMEWORKS_OF_NEW), word(key::FRAMEWORKS_OF_OLD));
    let (unbiased, biased) = (word(key::FRAMEWORKS_UNBIASED), word(key::FRAMEWORKS_BIASED));
    let [torch, keras, _] = [kept.map(|k| k.torch), kept.map(|k| k.keras), None::<f64>];
    let [torch, keras] = [torch, keras].map(number);
    let mean = number(kept.map(|kept| kept.mean));
    let batch = [kept.map(|k| k.batch_unbiased), kept.map(|k| k.batch_biased)].map(number);
    let mut row = |name: Key, cells: [&str; 3]| {
        saying.cell(saying.word(name).into());
        for cell in cells {
            saying.cell(cell.into());
        }
        saying.end_row();
    };
    row(
        key::FRAMEWORKS_MOMENTUM,
        [
            &["0.1: ", of_new].concat(),
            &["0.99: ", of_old].concat(),
            "–",
        ],
    );
    row(key::FRAMEWORKS_MOMENTUM_HERE, [&new, &old, "–"]);
    row(
        key::FRAMEWORKS_MEAN,
        ["running_mean", "moving_mean", "E[x]"],
    );
    row(key::FRAMEWORKS_MEAN_NOW, [&mean, &mean, "–"]);
    row(
        key::FRAMEWORKS_VARIANCE,
        ["running_var", "moving_variance", "Var[x]"],
    );
    row(key::FRAMEWORKS_KIND, [unbiased, biased, unbiased]);
    row(key::FRAMEWORKS_BATCH, [&batch[0], &batch[1], "–"]);
    row(key::FRAMEWORKS_VARIANCE_NOW, [&torch, &keras, "–"]);
    row(key::FRAMEWORKS_ONE, ["ValueError", "x̂ = 0", "–"]);
}
