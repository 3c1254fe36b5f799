//! The closed lists a reader chooses from, each with the word that stands for it in a link. Computes nothing.

/// Where a word stands; one search for all lists, which compared word by word in each would weigh 1 kB.
fn place(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}

macro_rules! choices {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every choice, in the order in which it is offered.
            pub const ALL: &[$name] = &[$($name::$variant),+];
            /// The words of all choices, in the same order.
            pub const NAMES: &[&str] = &[$($text),+];

            /// The word in a link.
            pub fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }

            /// The choice of that word.
            pub fn from_name(name: &str) -> Option<Self> {
                place(Self::NAMES, name).map(|place| Self::ALL[place])
            }
        }
    )+};
}

choices! {
    /// Data sets: the toys of TensorFlow Playground, real images, and sequences.
    DatasetKind {
        /// An inner disc and an outer ring.
        Circle = "circle",
        /// Class by the sign of x₁·x₂.
        Xor = "xor",
        /// Two Gaussian clouds.
        Gauss = "gauss",
        /// Two interleaved arms.
        Spiral = "spiral",
        /// Handwritten digits, 8×8, ten classes; their bytes come from outside.
        Digits = "digits",
        /// Short sequences of unequal length, two classes.
        Sequences = "sequences",
    }
    /// Activation functions, elementwise.
    Activation {
        /// x.
        Identity = "identity",
        /// 1 / (1 + exp(−x)).
        Sigmoid = "sigmoid",
        /// tanh x.
        Tanh = "tanh",
        /// max(x, 0).
        Relu = "relu",
        /// x where positive, 0.01·x elsewhere.
        LeakyRelu = "leaky-relu",
        /// x·Φ(x), exact.
        Gelu = "gelu",
        /// x·sigmoid(x).
        Silu = "silu",
    }
    /// What stands between an affine layer and its activation.
    Norm {
        /// Nothing.
        None = "none",
        /// Batch Normalization (Ioffe and Szegedy 2015).
        Batch = "batch",
        /// Layer Normalization (Ba, Kiros and Hinton 2016).
        Layer = "layer",
        /// RMSNorm (Zhang and Sennrich 2019).
        Rms = "rms",
        /// Group Normalization (Wu and He 2018).
        Group = "group",
        /// Instance Normalization (Ulyanov et al. 2016).
        Instance = "instance",
        /// Batch Renormalization (Ioffe 2017).
        Renorm = "renorm",
        /// Ghost Batch Normalization (Hoffer et al. 2017).
        Ghost = "ghost",
        /// Batch Normalization over a batch in shards, as over several devices.
        Sync = "sync",
        /// Batch Normalization, then a random shift and scale (Santurkar et al. 2018).
        Noisy = "noisy",
    }
    /// What momentum means, and which variance the running average is of.
    Convention {
        /// Momentum is the share of the new batch; the running variance is unbiased.
        Torch = "torch",
        /// Momentum is the share of the old average; the running variance is biased.
        Keras = "keras",
    }
    /// What of a normalisation stands still while the rest learns.
    Frozen {
        /// Nothing.
        None = "none",
        /// γ and β; the running averages still move.
        Affine = "affine",
        /// The running averages, which also normalise in training; γ and β still learn.
        Statistics = "statistics",
        /// Both.
        Both = "both",
    }
    /// Loss of the output layer, mean over the batch.
    Loss {
        /// One output, binary cross-entropy with logits.
        BinaryCrossEntropy = "bce",
        /// One output a class, softmax cross-entropy.
        CrossEntropy = "ce",
        /// One output, half the squared distance from −1 or 1, as in TensorFlow Playground.
        SquaredError = "mse",
    }
    /// Optimisers.
    Optimizer {
        /// Gradient descent with momentum and coupled weight decay, as `torch.optim.SGD`.
        Sgd = "sgd",
        /// Adam with coupled weight decay, as `torch.optim.Adam`.
        Adam = "adam",
        /// Adam with decoupled weight decay, as `torch.optim.AdamW`.
        AdamW = "adamw",
    }
    /// Distribution of the first weights; each is multiplied by a gain.
    Initialization {
        /// Normal, standard deviation √(2 / inputs).
        HeNormal = "he-normal",
        /// Uniform, bound √(6 / inputs).
        HeUniform = "he-uniform",
        /// Normal, standard deviation √(2 / (inputs + outputs)).
        XavierNormal = "xavier-normal",
        /// Uniform, bound √(6 / (inputs + outputs)).
        XavierUniform = "xavier-uniform",
    }
    /// Which points a mini-batch is made of.
    BatchOrder {
        /// Any: a new random order each pass.
        Shuffled = "shuffled",
        /// Those of one class, a random one for each batch.
        ByClass = "by-class",
    }
    /// Which statistics the shown network normalises by.
    Statistics {
        /// Those of the current mini-batch: training mode.
        Batch = "batch",
        /// The running averages: inference mode.
        Running = "running",
    }
    /// Which of the two sides are trained and shown.
    View {
        /// Both, side by side.
        Twin = "twin",
        /// Side A alone.
        A = "a",
        /// Side B alone.
        B = "b",
    }
    /// How fast the run plays.
    Speed {
        /// One step in two seconds; the batch's points are seen to move.
        Slow = "slow",
        /// Two steps a second.
        Two = "2",
        /// Ten steps a second.
        Ten = "10",
        /// Sixty steps a second.
        Sixty = "60",
        /// As fast as the machine can.
        Full = "full",
    }
}

impl Norm {
    /// Whether every build of the worker has it.
    pub fn in_light_build(self) -> bool {
        matches!(self, Norm::None | Norm::Batch)
    }

    /// Whether the rows of a batch share statistics, so that training and inference differ.
    pub fn mixes_rows(self) -> bool {
        matches!(
            self,
            Norm::Batch | Norm::Renorm | Norm::Ghost | Norm::Sync | Norm::Noisy
        )
    }
}

impl DatasetKind {
    /// Whether every build of the worker has it.
    pub fn in_light_build(self) -> bool {
        !matches!(self, DatasetKind::Digits | DatasetKind::Sequences)
    }

    /// How many points there are, where they are not drawn but given.
    pub fn limit(self) -> Option<u32> {
        (self == DatasetKind::Digits).then_some(1797)
    }

    /// How many classes.
    pub fn classes(self) -> usize {
        match self {
            DatasetKind::Digits => 10,
            _ => 2,
        }
    }
}

impl Frozen {
    /// Whether γ and β stand still.
    pub fn affine(self) -> bool {
        matches!(self, Frozen::Affine | Frozen::Both)
    }

    /// Whether the running averages stand still.
    pub fn statistics(self) -> bool {
        matches!(self, Frozen::Statistics | Frozen::Both)
    }
}

impl Speed {
    /// Steps a second; `None` is without limit.
    pub fn steps_per_second(self) -> Option<f64> {
        match self {
            Speed::Slow => Some(0.5),
            Speed::Two => Some(2.0),
            Speed::Ten => Some(10.0),
            Speed::Sixty => Some(60.0),
            Speed::Full => None,
        }
    }
}
