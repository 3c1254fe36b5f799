//! PyTorch's words: a line for each layer, a short class for what `nn.Sequential` cannot say, a comment for what PyTorch has not.

use batchnorm_lab::network::Shape;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Activation, Norm};

use super::{Code, Kind, Part, has_affine, number, share};

const OVER_STEPS: &str = "\
class OverSteps(nn.Module):  # takes [N, T, C] as [N, C, T]
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x.transpose(1, 2)).transpose(1, 2)
";
const MEAN_OF_STEPS: &str = "\
class MeanOfSteps(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)
";
const LAST_STATE: &str = "\
class LastState(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.rnn = nn.RNN(inputs, hidden, batch_first=True)

    def forward(self, x):
        return self.rnn(x)[0][:, -1]
";
const ATTENTION: &str = "\
class Attention(nn.Module):
    def __init__(self, features, eps):
        super().__init__()
        self.norm = nn.LayerNorm(features, eps=eps)
        self.attention = nn.MultiheadAttention(features, 1, bias=False, batch_first=True)

    def forward(self, x):
        y = self.norm(x)
        return x + self.attention(y, y, y, need_weights=False)[0]
";

/// All of it, or lines of one hidden layer.
pub(super) fn code(now: &Settings, norm: Norm, parts: &[Part], is_whole: bool) -> String {
    let mut code = Code::default();
    for part in parts {
        layer(&mut code, now, part);
    }
    let name = if is_whole { "model" } else { "layer" };
    let begin = [name, " = nn.Sequential(\n"].concat();
    code.text(
        "from torch import nn\n",
        &begin,
        ")\n",
        &after(now, norm, name),
    )
}

/// What holds for the whole of it.
fn after(now: &Settings, norm: Norm, name: &str) -> String {
    if norm == Norm::None {
        return String::new();
    }
    let mut text = ["\n", name, ".train()"].concat();
    text.push_str(match super::keeps_batches(norm) {
        true => "  # by the batch's statistics; .eval(): by the running ones\n",
        false => "  # the same in .eval(): each row by itself\n",
    });
    let mut each = |has: &str, does: &str| {
        let lines = [
            "for part in ",
            name,
            ".modules():\n    if hasattr(part, \"",
            has,
            "\"):\n        part.",
            does,
            "\n",
        ];
        text.push_str(&lines.concat());
    };
    if now.frozen.statistics() && super::keeps_batches(norm) {
        each("running_mean", "eval()  # frozen statistics");
    }
    if now.frozen.affine() {
        each("eps", "requires_grad_(False)  # frozen γ and β");
    }
    text
}

fn layer(code: &mut Code, now: &Settings, part: &Part) {
    let (inputs, outputs) = (part.input.channels(), part.output.channels());
    let line = match part.kind {
        Kind::Flatten => "nn.Flatten()".into(),
        Kind::Affine => format!("nn.Linear({inputs}, {outputs})"),
        Kind::Conv(1) => format!("nn.Conv2d({inputs}, {outputs}, 3, padding=1)"),
        Kind::Conv(stride) => {
            format!("nn.Conv2d({inputs}, {outputs}, 3, stride={stride}, padding=1)")
        }
        Kind::MaxPool => "nn.MaxPool2d(2)".into(),
        Kind::AveragePool if matches!(part.input, Shape::Image { .. }) => {
            code.line("nn.AdaptiveAvgPool2d(1)".into());
            "nn.Flatten()".into()
        }
        Kind::AveragePool => {
            code.need(MEAN_OF_STEPS);
            "MeanOfSteps()".into()
        }
        Kind::Dropout(percent) => {
            format!("nn.Dropout({})", number(f64::from(percent) / 100.0))
        }
        Kind::Recurrent => {
            code.need(LAST_STATE);
            code.note("nn.RNN adds two biases, the lab one");
            format!("LastState({inputs}, {outputs})")
        }
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
        Activation::Identity => "nn.Identity()",
        Activation::Sigmoid => "nn.Sigmoid()",
        Activation::Tanh => "nn.Tanh()",
        Activation::Relu => "nn.ReLU()",
        Activation::LeakyRelu => "nn.LeakyReLU(0.01)",
        Activation::Gelu => "nn.GELU()",
        Activation::Silu => "nn.SiLU()",
    }
}

fn norm_line(code: &mut Code, now: &Settings, norm: Norm, input: Shape) -> Option<String> {
    let channels = input.channels();
    let affine = |name: &str| match has_affine(now, norm) {
        true => String::new(),
        false => format!(", {name}=False"),
    };
    let eps = format!("eps={}", number(now.epsilon));
    let of_row = match input {
        Shape::Image {
            channels,
            height,
            width,
        } => format!("[{channels}, {height}, {width}]"),
        _ => channels.to_string(),
    };
    let is_steps = matches!(input, Shape::Sequence { .. });
    let line = match norm {
        Norm::None => return None,
        Norm::Layer => format!(
            "nn.LayerNorm({of_row}, {eps}{})",
            affine("elementwise_affine")
        ),
        Norm::Rms => format!(
            "nn.RMSNorm({of_row}, {eps}{})",
            affine("elementwise_affine")
        ),
        Norm::Group => format!(
            "nn.GroupNorm({}, {channels}, {eps}{})",
            now.groups,
            affine("affine")
        ),
        Norm::Instance if matches!(input, Shape::Features(_)) => {
            format!(
                "nn.GroupNorm({channels}, {channels}, {eps}{})",
                affine("affine")
            )
        }
        Norm::Instance => {
            let rank = if is_steps { 1 } else { 2 };
            let affine = if now.affine { "True" } else { "False" };
            format!("nn.InstanceNorm{rank}d({channels}, {eps}, affine={affine})")
        }
        Norm::Batch | Norm::Sync | Norm::Renorm | Norm::Ghost | Norm::Noisy => {
            lacks(code, now, norm);
            let class = match (norm, input) {
                (Norm::Sync, _) => "SyncBatchNorm",
                (_, Shape::Image { .. }) => "BatchNorm2d",
                _ => "BatchNorm1d",
            };
            let momentum = share(now).map_or("None".into(), number);
            let tracks = if now.tracks {
                ""
            } else {
                ", track_running_stats=False"
            };
            let affine = affine("affine");
            format!("nn.{class}({channels}, {eps}, momentum={momentum}{affine}{tracks})")
        }
    };
    // Where channels are to be second.
    let is_last = !matches!(norm, Norm::Layer | Norm::Rms) && is_steps;
    Some(match is_last {
        true => {
            code.need(OVER_STEPS);
            format!("OverSteps({line})")
        }
        false => line,
    })
}

fn lacks(code: &mut Code, now: &Settings, norm: Norm) {
    match norm {
        Norm::Renorm => {
            code.note("PyTorch has no Batch Renormalization: here stands plain BatchNorm")
        }
        Norm::Ghost => code.note(&format!(
            "PyTorch has no ghost batches: here all rows share statistics, in the lab {} at a time",
            now.ghost
        )),
        Norm::Noisy => code.note(&format!(
            "PyTorch has no noisy BatchNorm: the noise of {} is left out",
            number(now.inject)
        )),
        Norm::Sync => code.note("needs GPUs and torch.distributed; in one process use BatchNorm"),
        _ => {}
    }
    if now.convention == batchnorm_lab::settings::choice::Convention::Keras {
        code.note(
            "the lab keeps the biased variance, as Keras does; PyTorch keeps the unbiased one",
        );
    }
}
