//! The points of all data sets of a grid in one list of numbers, each set once.

use std::sync::Arc;

use batchnorm_lab::architecture::NetworkFactory;
use batchnorm_lab::data::Dataset;
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::Job;
use batchnorm_lab::settings::choice::DatasetKind;

/// What a data set is drawn from: kind, noise, points, share that is trained on, seed.
type Drawn = (DatasetKind, u32, u32, u32, u32);

/// Data sets that are there, and where they stand.
#[derive(Default)]
pub struct DataSets {
    known: Vec<(Drawn, Arc<Dataset>, [usize; 2])>,
    /// Of each set the inputs `[points, features]` of training points, then their classes.
    pub numbers: Vec<f32>,
}

impl DataSets {
    /// The set of a job, and where its inputs and its classes begin.
    ///
    /// # Errors
    /// The bytes are no digits.
    pub fn of(
        &mut self,
        job: &Job,
        digits: &[u8],
        factory: NetworkFactory,
    ) -> Result<(Arc<Dataset>, [usize; 2]), Error> {
        let s = &job.settings;
        let drawn = (s.data, s.noise, s.samples, s.split, s.seed);
        if let Some((_, set, places)) = self.known.iter().find(|known| known.0 == drawn) {
            return Ok((set.clone(), *places));
        }
        let set = Arc::new((factory.data)(s, digits)?);
        let data_at = self.numbers.len();
        self.numbers.extend(&set.train.x);
        let labels_at = self.numbers.len();
        let labels = set.train.labels.iter();
        self.numbers.extend(labels.map(|label| f32::from(*label)));
        self.known.push((drawn, set.clone(), [data_at, labels_at]));
        Ok((set, [data_at, labels_at]))
    }
}
