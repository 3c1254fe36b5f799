//! Batch Normalization on one of several devices, each of which has some rows of the batch. It stops twice a step: forward
//! for all devices' moments, backward for all devices' sums. Who waits and who sends is `device_step`'s and its caller's.

use super::batch_moments::{BatchMoments, Scale};
use super::layer::{Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace};
use super::plan::LayerContext;
use super::shape::{require_channels, require_some};
use super::{Mode, Moments, Shape};
use crate::error::Error;
use crate::kernels::norm::{averaged, batch, sync};
use crate::lanes::{Lanes, Real};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// How the devices' moments become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Those of the whole batch, as `torch.nn.SyncBatchNorm`.
    Exact,
    /// Means and variances averaged (`kernels::norm::averaged`).
    Averaged,
}

/// Batch Normalization of features, channels or steps on one device; parameters and buffers as `BatchNorm`.
#[derive(Clone, Debug)]
pub struct DeviceBatchNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// ε and momentum.
    pub rule: batch::Rule,
    /// Which γ and β there are.
    pub scale: Scale,
    /// How the devices' moments become one.
    pub pooling: Pooling,
}

impl<L: Lanes> LayerSpec<L> for DeviceBatchNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        require_some(&self.name, self.features)?;
        require_channels(&self.name, context.input(), self.features)?;
        let work = DeviceNorm::<L> {
            kept: BatchMoments::plan(context, &self.name, self.rule, self.scale),
            pooling: self.pooling,
            own: Moments::with_room(self.features),
            total: 0,
            filled: 0,
            own_sums: vec![L::Real::ZERO; 2 * self.features],
            all_sums: vec![L::Real::ZERO; 2 * self.features],
        };
        Ok(PlacedLayer::new(work, context.input()))
    }
}

/// At work on one device.
#[derive(Clone, Debug)]
pub struct DeviceNorm<L: Lanes> {
    /// Its `own` are those of all devices, once `take_moments` has heard them.
    kept: BatchMoments<L::Real>,
    pooling: Pooling,
    /// Of this device's rows alone.
    own: Moments<L::Real>,
    /// Values per feature of all devices.
    total: usize,
    /// Devices that have any.
    filled: usize,
    /// Σd and Σd·x̂ of this device's rows, `[2, C]`.
    own_sums: Vec<L::Real>,
    /// The same of all devices.
    all_sums: Vec<L::Real>,
}

impl<L: Lanes> DeviceNorm<L> {
    /// Whether training needs what other devices have: frozen statistics do not.
    pub fn waits(&self) -> bool {
        self.kept.rule.uses_batch(true)
    }

    /// Features or channels, C.
    pub fn channels(&self) -> usize {
        self.kept.channels
    }

    /// Mean and biased variance by which the last step normalised, each `[C]`.
    pub fn moments(&self) -> (&[L::Real], &[L::Real]) {
        (&self.kept.own.mean, &self.kept.own.variance)
    }

    /// Refuses a batch whose statistics would be of a single value, all devices together.
    ///
    /// # Errors
    /// `Error::TooFewValues`.
    pub fn check_batch(&self, rows: usize) -> Result<(), Error> {
        batch::require_values(&self.kept.name, rows, self.kept.positions)
    }

    /// Measures this device's rows and writes what it sends, 2C + 1 numbers as `SyncBatchNorm` gathers them: the count of
    /// values, C means, C inverse deviations.
    pub fn send_moments(&mut self, x: &[L::Real], rows: usize, message: &mut Vec<f32>) {
        let values = rows * self.kept.positions;
        message.push(values as f32);
        if values == 0 {
            message.resize(message.len() + 2 * self.kept.channels, 0.0);
            return;
        }
        self.own.measure::<L>(x, values);
        let narrow = |value: L::Real| value.to_f64() as f32;
        message.extend(self.own.mean.iter().copied().map(narrow));
        let variances = self.own.variance.iter();
        message.extend(
            variances.map(|variance| {
                narrow(batch::inverse_deviation(*variance, self.kept.rule.epsilon))
            }),
        );
    }

    /// Takes the moments of all devices, which have sent one message after the other, `[R, 2C + 1]`.
    ///
    /// # Panics
    /// If messages are of another length, or all devices empty.
    pub fn take_moments(&mut self, messages: &[f32]) {
        let channels = self.kept.channels;
        let each = 2 * channels + 1;
        assert_eq!(messages.len() % each, 0, "messages of {channels} channels");
        let devices = messages.len() / each;
        let mut counts = Vec::with_capacity(devices);
        let mut of = Moments::with_room(devices * channels);
        let epsilon = self.kept.rule.epsilon;
        for (device, message) in messages.chunks_exact(each).enumerate() {
            counts.push(message[0] as usize);
            let (means, inverses) = message[1..].split_at(channels);
            for (f, (mean, inverse)) in means.iter().zip(inverses).enumerate() {
                of.mean[device * channels + f] = L::Real::from_f64(f64::from(*mean));
                of.variance[device * channels + f] = variance_of(f64::from(*inverse), epsilon);
            }
        }
        (self.total, self.filled) = (
            counts.iter().sum(),
            counts.iter().filter(|count| **count > 0).count(),
        );
        let own = &mut self.kept.own;
        match self.pooling {
            Pooling::Exact => {
                let (mean, low) = (&mut own.mean, &mut own.mean_low);
                sync::pool(&counts, of.view(), mean, low, &mut own.variance);
            }
            Pooling::Averaged => {
                averaged::pool(&counts, of.view(), &mut own.mean, &mut own.variance);
            }
        }
    }

    /// Moves the running averages as those of every other device move.
    pub fn move_averages(&mut self, buffers: &mut [L::Real], batches_tracked: u64) {
        if self.kept.rule.moves(true) {
            self.kept
                .move_averages::<L>(buffers, self.total, batches_tracked);
        }
    }

    /// Sums this device's gradients, which stand in `d`, and writes what it sends: C times Σd, C times Σd·x̂.
    pub fn send_sums(&mut self, d: &[L::Real], rows: usize, message: &mut Vec<f32>) {
        let channels = self.kept.channels;
        let values = rows * self.kept.positions;
        let (sums, products) = self.own_sums.split_at_mut(channels);
        if values == 0 {
            self.own_sums.fill(L::Real::ZERO);
        } else {
            let x_hat = &self.kept.x_hat[..d.len()];
            sync::sums::<L>(d, x_hat, values, products, sums);
        }
        message.extend(self.own_sums.iter().map(|sum| sum.to_f64() as f32));
    }

    /// Takes the sums of all devices, `[R, 2C]`, which are added in their order.
    ///
    /// # Panics
    /// If messages are of another length.
    pub fn take_sums(&mut self, messages: &[f32]) {
        let each = self.all_sums.len();
        assert_eq!(messages.len() % each, 0, "messages of {each} sums");
        self.all_sums.fill(L::Real::ZERO);
        for message in messages.chunks_exact(each) {
            for (sum, value) in self.all_sums.iter_mut().zip(message) {
                *sum += L::Real::from_f64(f64::from(*value));
            }
        }
    }
}

/// σ² of 1/√(σ² + ε), which rounding may leave a little below 0.
fn variance_of<R: Real>(inverse: f64, epsilon: f64) -> R {
    // An empty device has sent 0, which nobody reads.
    if inverse == 0.0 {
        return R::ZERO;
    }
    let variance = 1.0 / (inverse * inverse) - epsilon;
    R::from_f64(if variance < 0.0 { 0.0 } else { variance })
}

impl<L: Lanes> Operation<L> for DeviceNorm<L> {
    /// All devices' rows count: `check_batch` looks at them.
    fn check_rows(&self, rows: usize, mode: Mode<'_, L::Real>) -> Result<(), Error> {
        match mode {
            Mode::Train => Ok(()),
            _ => self.kept.check_rows(rows, mode),
        }
    }

    fn start(&self, parameters: &mut [L::Real], buffers: &mut [L::Real]) {
        self.kept.start(parameters, buffers);
    }

    fn initialize(&self, parameters: &mut [L::Real], _: Initialization, _: f64, _: &mut Rng) {
        self.kept.restart(parameters);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        if matches!(at.pass.mode, Mode::Train) && self.waits() {
            self.kept.normalize_part(at, self.total);
        } else {
            let values = at.pass.rows * self.kept.positions;
            self.kept.own.measure::<L>(at.x, values);
            self.kept.normalize(at);
        }
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let kept = &mut self.kept;
        let channels = kept.channels;
        let values = at.pass.rows * kept.positions;
        let learns = kept.scale == Scale::Learned;
        let gamma = kept
            .affine(at.parameters, at.buffers)
            .map(|(gamma, _)| gamma);
        let (d_gamma, d_beta) = match learns {
            true => at.gradients.split_at_mut(channels),
            false => kept.spare.split_at_mut(channels),
        };
        let (x_hat, epsilon) = (&kept.x_hat[..at.x.len()], kept.rule.epsilon);
        let variance = &kept.used_variance;
        if !kept.used_batch {
            batch::backward_fixed::<L>(
                at.d, x_hat, values, variance, epsilon, gamma, d_gamma, d_beta,
            );
            return ResultPlace::InPlace;
        }
        // Its own: they are added to the other devices' with all gradients.
        d_beta.copy_from_slice(&self.own_sums[..channels]);
        d_gamma.copy_from_slice(&self.own_sums[channels..]);
        let (sums, products) = self.all_sums.split_at(channels);
        match self.pooling {
            Pooling::Exact => sync::backward_input::<L>(
                at.d, x_hat, values, variance, epsilon, gamma, sums, products, self.total,
            ),
            Pooling::Averaged => averaged::backward_input::<L>(
                at.d,
                x_hat,
                values,
                self.filled,
                kept.own.view(),
                &self.own.mean,
                epsilon,
                gamma,
                sums,
                products,
            ),
        }
        ResultPlace::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        self.kept.infer(at)
    }

    fn batch_moments(&self) -> Option<&BatchMoments<L::Real>> {
        Some(&self.kept)
    }

    fn batch_moments_mut(&mut self) -> Option<&mut BatchMoments<L::Real>> {
        Some(&mut self.kept)
    }

    fn device_norm(&mut self) -> Option<&mut DeviceNorm<L>> {
        Some(self)
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
