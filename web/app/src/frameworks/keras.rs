//! Keras' words: a line for each layer, channels last; a class for attention, a comment for what Keras has not.

use batchnorm_lab::network::Shape;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Activation, Convention, Norm};

use super::{Code, Kind, Part, has_affine, keeps_batches, number, rounded, share};

const ATTENTION: &str = "\
class Attention(layers.Layer):
    def __init__(self, features, epsilon):
        super().__init__()
        self.norm = layers.LayerNormalization(epsilon=epsilon)
        self.attention = layers.MultiHeadAttention(1, features, use_bias=False)

    def call(self, x):
        y = self.norm(x)
        return x + self.attention(y, y)
";

/// All of it, or lines of one hidden layer.
pub(super) fn code(now: &Settings, norm: Norm, parts: &[Part], is_whole: bool) -> String {
    let mut code = Code::default();
    let name = if is_whole { "model" } else { "layer" };
    if let Some(first) = parts.first() {
        code.line(match first.input {
            Shape::Features(features) => format!("keras.Input(({features},))"),
            Shape::Image {
                channels,
                height,
                width,
            } => format!("keras.Input(({height}, {width}, {channels}))"),
            Shape::Sequence { steps, features } => format!("keras.Input(({steps}, {features}))"),
        });
    }
    for part in parts {
        layer(&mut code, now, part);
    }
    let begin = [name, " = keras.Sequential([\n"].concat();
    let head = "import keras\nfrom keras import layers\n";
    code.text(head, &begin, "])\n", &after(now, norm, name))
}

fn after(now: &Settings, norm: Norm, name: &str) -> String {
    if norm == Norm::None {
        return String::new();
    }
    let mut text = ["\n# ", name, "(x, training=True)"].concat();
    let is_batch = keeps_batches(norm);
    text.push_str(match is_batch {
        true if !now.tracks => {
            ": always, for Keras has no BatchNormalization without moving averages\n"
        }
        true => ": by the batch's statistics; training=False: by the moving ones\n",
        false => ": the same as training=False: each row by itself\n",
    });
    if now.frozen.statistics() && is_batch {
        let lines = [
            "# frozen statistics; Keras then freezes γ and β, too\nfor part in ",
            name,
            ".layers:\n    if isinstance(part, layers.BatchNormalization):\n        part.trainable = False\n",
        ];
        text.push_str(&lines.concat());
    } else if now.frozen.affine() && is_batch {
        text.push_str("# frozen γ and β alone: Keras cannot; trainable = False would freeze the statistics, too\n");
    } else if now.frozen.affine() {
        let lines = [
            "for part in ",
            name,
            ".layers:\n    if hasattr(part, \"epsilon\"):\n        part.trainable = False  # frozen γ and β\n",
        ];
        text.push_str(&lines.concat());
    }
    text
}

fn layer(code: &mut Code, now: &Settings, part: &Part) {
    let (inputs, outputs) = (part.input.channels(), part.output.channels());
    let line = match part.kind {
        Kind::Flatten => "layers.Flatten()".into(),
        Kind::Affine => format!("layers.Dense({outputs})"),
        Kind::Conv(1) => format!("layers.Conv2D({outputs}, 3, padding=\"same\")"),
        // Its own padding would not be the same on both sides.
        Kind::Conv(stride) => {
            code.line("layers.ZeroPadding2D(1)".into());
            format!("layers.Conv2D({outputs}, 3, strides={stride})")
        }
        Kind::MaxPool => "layers.MaxPooling2D(2)".into(),
        Kind::AveragePool if matches!(part.input, Shape::Image { .. }) => {
            "layers.GlobalAveragePooling2D()".into()
        }
        Kind::AveragePool => "layers.GlobalAveragePooling1D()".into(),
        Kind::Dropout(percent) => {
            format!("layers.Dropout({})", number(f64::from(percent) / 100.0))
        }
        Kind::Recurrent => format!("layers.SimpleRNN({outputs})"),
        Kind::Attention => {
            code.need(ATTENTION);
            format!("Attention({inputs}, {})", number(now.epsilon))
        }
        Kind::Norm(norm) => match norm_line(code, now, norm, part.input) {
            Some(line) => line,
            None => return,
        },
        Kind::Activation(activation) => activation_line(activation).into(),
    };
    code.line(line);
}

fn activation_line(activation: Activation) -> &'static str {
    match activation {
        Activation::Identity => "layers.Activation(\"linear\")",
        Activation::Sigmoid => "layers.Activation(\"sigmoid\")",
        Activation::Tanh => "layers.Activation(\"tanh\")",
        Activation::Relu => "layers.Activation(\"relu\")",
        Activation::LeakyRelu => "layers.LeakyReLU(negative_slope=0.01)",
        Activation::Gelu => "layers.Activation(\"gelu\")",
        Activation::Silu => "layers.Activation(\"silu\")",
    }
}

fn norm_line(code: &mut Code, now: &Settings, norm: Norm, input: Shape) -> Option<String> {
    let epsilon = format!("epsilon={}", number(now.epsilon));
    let both = match has_affine(now, norm) {
        true => "",
        false => ", center=False, scale=False",
    };
    let is_image = matches!(input, Shape::Image { .. });
    Some(match norm {
        Norm::None => return None,
        Norm::Layer if is_image => {
            format!("layers.LayerNormalization(axis=[1, 2, 3], {epsilon}{both})")
        }
        Norm::Layer => format!("layers.LayerNormalization({epsilon}{both})"),
        Norm::Rms => {
            if is_image {
                code.note("Keras takes the channels of each pixel, the lab the whole image");
            }
            if !now.affine {
                code.note("Keras has no RMSNormalization without γ");
            }
            format!("layers.RMSNormalization({epsilon})")
        }
        Norm::Group => format!("layers.GroupNormalization({}, {epsilon}{both})", now.groups),
        Norm::Instance => format!("layers.GroupNormalization(-1, {epsilon}{both})"),
        Norm::Batch | Norm::Sync | Norm::Renorm | Norm::Ghost | Norm::Noisy => {
            lacks(code, now, norm);
            let momentum = match share(now) {
                Some(share) => format!(", momentum={}", number(rounded(1.0 - share))),
                None => {
                    code.note(
                        "Keras has no average of all batches alike: here stands its own momentum",
                    );
                    String::new()
                }
            };
            let sync = match norm {
                Norm::Sync => ", synchronized=True",
                _ => "",
            };
            format!("layers.BatchNormalization({epsilon}{momentum}{both}{sync})")
        }
    })
}

fn lacks(code: &mut Code, now: &Settings, norm: Norm) {
    match norm {
        Norm::Renorm => code.note("Keras 3 has no Batch Renormalization: here stands plain BatchNormalization"),
        Norm::Ghost => code.note(&format!(
            "Keras 3 has no virtual_batch_size: here all rows share statistics, in the lab {} at a time",
            now.ghost
        )),
        Norm::Noisy => code.note(&format!(
            "Keras has no noisy BatchNormalization: the noise of {} is left out",
            number(now.inject)
        )),
        _ => {}
    }
    if now.convention == Convention::Torch && now.tracks {
        code.note(
            "the lab keeps the unbiased variance, as PyTorch does; Keras keeps the biased one",
        );
    }
}
