//! The points of all data sets of a grid in one list of numbers, each set once.

use std::sync::Arc;

use batchnorm_lab::architecture::NetworkFactory;
use batchnorm_lab::data::Dataset;
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::Job;
use batchnorm_lab::settings::choice::DatasetKind;

/// What a data set is drawn from: kind, noise, points, share that is trained on, seed.
type Drawn = (DatasetKind, u32, u32, u32, u32);

/// Data sets that are there.
#[derive(Default)]
pub struct DataSets {
    known: Vec<(Drawn, Arc<Dataset>)>,
    placed: Vec<(Arc<Dataset>, [usize; 2])>,
    /// Of each set placed the inputs `[points, features]` of training points, then their classes.
    pub numbers: Vec<f32>,
}

impl DataSets {
    /// The set of a job.
    ///
    /// # Errors
    /// The bytes are no digits.
    pub fn of(
        &mut self,
        job: &Job,
        digits: &[u8],
        factory: NetworkFactory,
    ) -> Result<Arc<Dataset>, Error> {
        let s = &job.settings;
        let drawn = (s.data, s.noise, s.samples, s.split, s.seed);
        if let Some((_, set)) = self.known.iter().find(|known| known.0 == drawn) {
            return Ok(set.clone());
        }
        let set = Arc::new((factory.data)(s, digits)?);
        self.known.push((drawn, set.clone()));
        Ok(set)
    }

    /// Where inputs and classes of a set begin; `None` where there would be more than `most` numbers.
    pub fn place(&mut self, set: &Arc<Dataset>, most: usize) -> Option<[usize; 2]> {
        let is_it = |placed: &&(Arc<Dataset>, _)| Arc::ptr_eq(&placed.0, set);
        if let Some((_, places)) = self.placed.iter().find(is_it) {
            return Some(*places);
        }
        let data_at = self.numbers.len();
        let labels_at = data_at + set.train.x.len();
        if labels_at + set.train.len() > most {
            return None;
        }
        self.numbers.extend(&set.train.x);
        let labels = set.train.labels.iter();
        self.numbers.extend(labels.map(|label| f32::from(*label)));
        self.placed.push((set.clone(), [data_at, labels_at]));
        Some([data_at, labels_at])
    }
}
