//! The code of every block and every normalisation, letter by letter; shapes as in the core's architecture; what is kept as
//! in runs of either convention.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::Network;
use batchnorm_lab::protocol::{Command, Event, Frame};
use batchnorm_lab::settings::BLOCKS;
use batchnorm_lab::trainer::Trainer;

use super::*;

fn settings(link: &str) -> Settings {
    let (settings, errors) = Settings::from_text(link);
    assert_eq!(errors, [], "{link}");
    settings
}

/// Side B's code.
fn of(link: &str, layer: Option<usize>) -> [String; 2] {
    let now = settings(link);
    [Framework::Torch, Framework::Keras].map(|framework| code(framework, &now, 1, layer))
}

#[track_caller]
fn has(link: &str, layer: Option<usize>, torch: &str, keras: &str) {
    let all = of(link, layer);
    for (code, wanted) in all.iter().zip([torch, keras]) {
        for line in wanted.split('\n') {
            assert!(code.contains(line), "{link}: `{line}` in\n{code}");
        }
    }
}

#[test]
fn every_normalisation_has_its_words_and_what_is_lacking_is_said() {
    let table = [
        (
            Norm::None,
            "nn.Linear(2, 8),\n    nn.Sigmoid(),",
            "layers.Dense(8),\n    layers.Activation(\"sigmoid\"),",
        ),
        (
            Norm::Batch,
            "nn.BatchNorm1d(8, eps=0.00001, momentum=0.1),",
            "layers.BatchNormalization(epsilon=0.00001, momentum=0.9),\n# the lab keeps the unbiased variance",
        ),
        (
            Norm::Layer,
            "nn.LayerNorm(8, eps=0.00001),",
            "layers.LayerNormalization(epsilon=0.00001),",
        ),
        (
            Norm::Rms,
            "nn.RMSNorm(8, eps=0.00001),",
            "layers.RMSNormalization(epsilon=0.00001),",
        ),
        (
            Norm::Group,
            "nn.GroupNorm(4, 8, eps=0.00001),",
            "layers.GroupNormalization(4, epsilon=0.00001),",
        ),
        (
            Norm::Instance,
            "nn.GroupNorm(8, 8, eps=0.00001),",
            "layers.GroupNormalization(-1, epsilon=0.00001),",
        ),
        (
            Norm::Renorm,
            "# PyTorch has no Batch Renormalization\nnn.BatchNorm1d(8, eps=0.00001, momentum=0.1),",
            "# Keras 3 has no Batch Renormalization\nlayers.BatchNormalization(epsilon=0.00001, momentum=0.9),",
        ),
        (
            Norm::Ghost,
            "# PyTorch has no ghost batches\nin the lab 16 at a time\nnn.BatchNorm1d(8,",
            "# Keras 3 has no virtual_batch_size\nlayers.BatchNormalization(",
        ),
        (
            Norm::Sync,
            "# needs GPUs and torch.distributed\nnn.SyncBatchNorm(8, eps=0.00001, momentum=0.1),",
            "layers.BatchNormalization(epsilon=0.00001, momentum=0.9, synchronized=True),",
        ),
        (
            Norm::Noisy,
            "# PyTorch has no noisy BatchNorm: the noise of 0.25 is left out\nnn.BatchNorm1d(8,",
            "# Keras has no noisy BatchNormalization\nlayers.BatchNormalization(",
        ),
    ];
    for norm in Norm::ALL {
        let row = table.iter().find(|(of, ..)| of == norm);
        let (_, torch, keras) = row.unwrap_or_else(|| panic!("{norm:?} has no row here"));
        has(&format!("layers=8&b={}", norm.name()), None, torch, keras);
    }
    // Of images and sequences.
    for (link, torch, keras) in [
        (
            "data=digits&layers=c4&b=batch",
            "nn.BatchNorm2d(4, eps",
            "layers.BatchNormalization(",
        ),
        (
            "data=digits&layers=c4&b=layer",
            "nn.LayerNorm([4, 8, 8], eps",
            "layers.LayerNormalization(axis=[1, 2, 3], eps",
        ),
        (
            "data=digits&layers=c4&b=instance",
            "nn.InstanceNorm2d(4, eps=0.00001, affine=True)",
            "layers.GroupNormalization(-1,",
        ),
        (
            "data=digits&layers=c4&b=rms",
            "nn.RMSNorm([4, 8, 8], eps",
            "# Keras takes the channels of each pixel",
        ),
        (
            "data=sequences&layers=4&b=batch",
            "class OverSteps(nn.Module):\nOverSteps(nn.BatchNorm1d(4, ",
            "layers.BatchNormalization(",
        ),
        (
            "data=sequences&layers=4&b=group&groups=2",
            "OverSteps(nn.GroupNorm(2, 4, ",
            "layers.GroupNormalization(2,",
        ),
        (
            "data=sequences&layers=4&b=layer",
            "    nn.LayerNorm(4, ",
            "layers.LayerNormalization(",
        ),
    ] {
        has(link, None, torch, keras);
    }
    // Every setting of a normalisation.
    for (link, torch, keras) in [
        (
            "momentum=cumulative",
            "momentum=None",
            "# Keras has no average of all batches alike\nBatchNormalization(epsilon=0.00001),",
        ),
        (
            "convention=keras&momentum=0.99",
            "momentum=0.01",
            "momentum=0.99",
        ),
        (
            "affine=off",
            "momentum=0.1, affine=False)",
            "momentum=0.9, center=False, scale=False)",
        ),
        (
            "track=off",
            ", track_running_stats=False)",
            "training=True): always, for Keras",
        ),
        ("eps=0.001", "eps=0.001", "epsilon=0.001"),
        (
            "frozen=statistics",
            "part.eval()  # frozen statistics",
            "Keras then freezes γ and β, too",
        ),
        (
            "frozen=affine",
            "requires_grad_(False)  # frozen γ and β",
            "# frozen γ and β alone: Keras cannot",
        ),
        (
            "frozen=affine&b=layer",
            "requires_grad_(False)",
            "trainable = False  # frozen γ and β",
        ),
    ] {
        has(&format!("layers=8&{link}"), None, torch, keras);
    }
}

#[test]
fn every_block_and_activation_has_its_words() {
    let table = [
        (
            "",
            "layers=8",
            "nn.Linear(2, 8),",
            "keras.Input((2,)),\nlayers.Dense(8),",
        ),
        (
            "c",
            "data=digits&layers=c4s2",
            "nn.Conv2d(1, 4, 3, stride=2, padding=1),",
            "keras.Input((8, 8, 1)),\nlayers.ZeroPadding2D(1),\nlayers.Conv2D(4, 3, strides=2),",
        ),
        (
            "c",
            "data=digits&layers=c4",
            "nn.Conv2d(1, 4, 3, padding=1),\nnn.Flatten(),\nnn.Linear(256, 10),",
            "layers.Conv2D(4, 3, padding=\"same\"),\nlayers.Flatten(),\nlayers.Dense(10),",
        ),
        (
            "p",
            "data=digits&layers=c4-p",
            "nn.MaxPool2d(2),\nnn.Linear(64, 10),",
            "layers.MaxPooling2D(2),",
        ),
        (
            "g",
            "data=digits&layers=c4-g",
            "nn.AdaptiveAvgPool2d(1),\nnn.Flatten(),\nnn.Linear(4, 10),",
            "layers.GlobalAveragePooling2D(),",
        ),
        (
            "g",
            "data=sequences&layers=4",
            "class MeanOfSteps(nn.Module):\nMeanOfSteps(),",
            "keras.Input((12, 2)),\nlayers.GlobalAveragePooling1D(),",
        ),
        (
            "d",
            "layers=8-d30",
            "nn.Dropout(0.3),",
            "layers.Dropout(0.3),",
        ),
        (
            "r",
            "data=sequences&layers=r6",
            "class LastState(nn.Module):\n# nn.RNN adds two biases, the lab one\nLastState(2, 6),",
            "layers.SimpleRNN(6),",
        ),
        (
            "t",
            "data=sequences&layers=t",
            "class Attention(nn.Module):\nAttention(2, 0.00001),",
            "class Attention(layers.Layer):\nAttention(2, 0.00001),",
        ),
    ];
    for block in BLOCKS {
        let mut rows = table
            .iter()
            .filter(|(prefix, ..)| *prefix == block.prefix)
            .peekable();
        assert!(rows.peek().is_some(), "{:?} has no row here", block.kind);
        for (_, link, torch, keras) in rows {
            has(link, None, torch, keras);
        }
    }
    for (word, torch, keras) in [
        ("identity", "nn.Identity()", "Activation(\"linear\")"),
        ("sigmoid", "nn.Sigmoid()", "Activation(\"sigmoid\")"),
        ("tanh", "nn.Tanh()", "Activation(\"tanh\")"),
        ("relu", "nn.ReLU()", "Activation(\"relu\")"),
        (
            "leaky-relu",
            "nn.LeakyReLU(0.01)",
            "LeakyReLU(negative_slope=0.01)",
        ),
        ("gelu", "nn.GELU()", "Activation(\"gelu\")"),
        ("silu", "nn.SiLU()", "Activation(\"silu\")"),
    ] {
        has(&format!("layers=8&act={word}"), Some(0), torch, keras);
    }
}

#[test]
fn a_whole_model_and_a_layer_of_it_read_so() {
    let [torch, keras] = of("layers=8-4&act=relu&momentum=0.2", None);
    assert_eq!(
        torch,
        "from torch import nn

model = nn.Sequential(
    nn.Linear(2, 8),
    nn.BatchNorm1d(8, eps=0.00001, momentum=0.2),
    nn.ReLU(),
    nn.Linear(8, 4),
    nn.BatchNorm1d(4, eps=0.00001, momentum=0.2),
    nn.ReLU(),
    nn.Linear(4, 1),
)

model.train()  # by the batch's statistics; .eval(): by the running ones
"
    );
    assert!(keras.starts_with("import keras\nfrom keras import layers\n\nmodel = keras.Sequential([\n    keras.Input((2,)),\n"));
    let notes = keras.matches("the lab keeps the unbiased variance").count();
    assert_eq!(notes, 1, "said once");
    let [torch, _] = of("layers=8-4&act=relu", Some(1));
    assert!(
        torch.contains("layer = nn.Sequential(\n    nn.Linear(8, 4),\n"),
        "{torch}"
    );
    assert!(!torch.contains("nn.Linear(2, 8)") && !torch.contains("nn.Linear(4, 1)"));
    // Where it is to be run elsewhere.
    if let Ok(folder) = std::env::var("FRAMEWORKS_OUT") {
        for (place, (link, norm)) in every_link().iter().enumerate() {
            let now = settings(&format!("{link}&b={}&groups=2&ghost=4", norm.name()));
            let network = network(&now, *norm);
            let shape = parts(&now, *norm)[0].input;
            let text = format!(
                "# {link} {} {} {shape:?}\n{}",
                norm.name(),
                network.parameters().len(),
                code(Framework::Torch, &now, 1, None)
            );
            std::fs::write(format!("{folder}/{place}.py"), text).expect("a folder");
        }
    }
}

/// Every block, on every data that it takes, with every normalisation that it takes.
fn every_link() -> Vec<(&'static str, Norm)> {
    let links = [
        "layers=8-d30-4&samples=200&batch=16",
        "data=digits&samples=300&layers=c4s2-c4-p-8&act=relu&batch=16",
        "data=digits&samples=300&layers=c4-g&act=gelu&batch=16",
        "data=sequences&samples=300&layers=t-4-r8&batch=16",
        "data=sequences&samples=300&layers=4-t&act=silu&batch=16",
    ];
    let all = links
        .iter()
        .flat_map(|link| Norm::ALL.iter().map(move |norm| (*link, *norm)));
    let can_be = |(link, norm): &(&str, Norm)| {
        let (now, errors) =
            Settings::from_text(&format!("{link}&b={}&groups=2&ghost=4", norm.name()));
        let of = (FULL.network)(*norm, &now);
        let can_be = of.is_ok_and(|of| {
            Network::<Best>::with_input(of.input, &of.layers, now.loss_used(), 1).is_ok()
        });
        errors.is_empty() && can_be
    };
    all.filter(can_be).collect()
}

fn network(now: &Settings, norm: Norm) -> Network<Best> {
    let of = (FULL.network)(norm, now).expect("an architecture");
    Network::with_input(of.input, &of.layers, now.loss_used(), 1).expect("a network")
}

#[test]
fn its_layers_are_those_of_the_lab() {
    let links = every_link();
    assert!(links.len() > 30, "{}", links.len());
    for (link, norm) in links {
        let now = settings(&format!("{link}&b={}&groups=2&ghost=4", norm.name()));
        let of = (FULL.network)(norm, &now).expect("an architecture");
        let network = network(&now, norm);
        let parts = parts(&now, norm);
        let own: Vec<_> = parts.iter().map(|part| (part.input, part.output)).collect();
        let places = network.layer_places();
        let theirs: Vec<_> = places
            .iter()
            .map(|place| (place.input, place.output))
            .collect();
        assert_eq!(own, theirs, "{link} {norm:?}");
        for (layer, hidden) in of.hidden.iter().enumerate() {
            assert_eq!(parts[hidden.product].column, Some(layer), "{link} {norm:?}");
            assert_eq!(parts[hidden.last].column, Some(layer), "{link} {norm:?}");
        }
    }
}

fn frame_after(link: &str, steps: u32) -> Frame {
    let mut trainer = Trainer::new();
    trainer.handle(Command::Configure {
        run: 1,
        settings: link.into(),
        checkpoint: None,
    });
    trainer.handle(Command::Step { steps });
    while trainer.is_urgent() {
        trainer.step();
    }
    match trainer.frame() {
        Event::Frame(frame) => *frame,
        other => panic!("a frame was asked, {other:?} came"),
    }
}

#[test]
fn what_the_other_would_have_kept_is_what_it_keeps() {
    let base = "layers=8-8&act=relu&init=he-normal&lr=0.1&batch=4";
    for (more, steps) in [
        ("", 30),
        ("&momentum=0.01", 50),
        ("&momentum=cumulative", 20),
        ("", 0),
    ] {
        // The same share of the newest batch, in Keras' words.
        let other = match more {
            "" => "&momentum=0.9",
            "&momentum=0.01" => "&momentum=0.99",
            other => other,
        };
        let torch = format!("{base}{more}");
        let keras = format!("{base}{other}&convention=keras");
        let frames = [&torch, &keras].map(|link| frame_after(link, steps));
        let stats = |place: usize| &frames[place].sides[1].layers[1];
        for unit in 0..8 {
            for (place, link) in [&torch, &keras].into_iter().enumerate() {
                let kept = kept(
                    &settings(link),
                    Norm::Batch,
                    stats(place),
                    unit,
                    4,
                    u64::from(steps),
                );
                let kept = kept.expect("an average of every batch");
                for (got, of) in [(kept.torch, 0), (kept.keras, 1)] {
                    let want = f64::from(stats(of).running_var[unit]);
                    let error = (got - want).abs() / want.abs().max(1e-3);
                    assert!(error < 1e-4, "{link}, unit {unit}: {got}, not {want}");
                }
            }
        }
        let differ = (0..8).any(|unit| {
            (stats(0).running_var[unit] / stats(1).running_var[unit] - 1.0).abs() > 0.01
        });
        assert_eq!(differ, steps > 0, "{more}: by N/(N − 1) = 4/3");
    }
    // Where it cannot be told.
    let stats = &frame_after(base, 5).sides[1].layers[0];
    for link in [
        "&changes=2:batch=8",
        "&changes=3:momentum=0.5",
        "&frozen=both",
    ] {
        let now = settings(&format!("{base}{link}"));
        assert_eq!(kept(&now, Norm::Batch, stats, 0, 4, 5), None, "{link}");
    }
    assert_eq!(kept(&settings(base), Norm::Ghost, stats, 0, 4, 5), None);
}
