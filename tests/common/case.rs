//! One golden case: its inputs in the numbers of some lanes, its expectations, and the comparison by its own tolerances.

use std::collections::BTreeMap;

use batchnorm_lab::lanes::Real;
use serde_json::Value;

use super::{golden_files, narrow, widen};

/// A row-major array of doubles.
#[derive(Clone, Debug)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Vec<f64>,
}

impl Tensor {
    fn read(value: &Value) -> Self {
        let list = |key: &str| value[key].as_array().expect("a list").iter();
        Self {
            shape: list("shape")
                .map(|v| v.as_u64().expect("a size") as usize)
                .collect(),
            data: list("data")
                .map(|v| v.as_f64().expect("a number"))
                .collect(),
        }
    }

    /// (N, C, positions) of an (N,C) or (N,C,H,W) block; of (N,T,C) see `of_rows`.
    pub fn sizes(&self) -> (usize, usize, usize) {
        (
            self.shape[0],
            self.shape[1],
            self.shape[2..].iter().product(),
        )
    }
}

/// Sizes of a block of which every axis but the last is a row: (N,T,C) as (N·T, C, 1).
pub fn of_rows(tensor: &Tensor) -> (usize, usize, usize) {
    let features = *tensor.shape.last().expect("an axis");
    (tensor.data.len() / features, features, 1)
}

/// One golden file.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    pub kind: String,
    pub params: Value,
    pub inputs: BTreeMap<String, Tensor>,
    pub expected: BTreeMap<String, Tensor>,
    pub expects_error: bool,
    tolerance: Value,
}

impl Case {
    pub fn parse(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).expect("golden files are JSON");
        let word = |key: &str| value[key].as_str().expect("a word").to_owned();
        let tensors = |key: &str| {
            let map = value[key].as_object().expect("an object").iter();
            map.map(|(name, tensor)| (name.clone(), Tensor::read(tensor)))
                .collect()
        };
        Self {
            name: word("name"),
            kind: word("kind"),
            params: value["params"].clone(),
            inputs: tensors("inputs"),
            expected: tensors("expected"),
            expects_error: value.get("expected_error").is_some(),
            tolerance: value["tolerance"].clone(),
        }
    }

    pub fn has(&self, input: &str) -> bool {
        self.inputs.contains_key(input)
    }

    pub fn tensor(&self, input: &str) -> &Tensor {
        let name = &self.name;
        self.inputs
            .get(input)
            .unwrap_or_else(|| panic!("{name}: no input {input}"))
    }

    /// An input as it stands in the file.
    pub fn flat<R: Real>(&self, input: &str) -> Vec<R> {
        narrow(&self.tensor(input).data)
    }

    /// An input that may be missing.
    pub fn optional<R: Real>(&self, input: &str) -> Option<Vec<R>> {
        self.has(input).then(|| self.flat(input))
    }

    /// An (N,C) or (N,C,H,W) input, feature-major with rows innermost.
    pub fn by_feature<R: Real>(&self, input: &str) -> Vec<R> {
        let tensor = self.tensor(input);
        narrow(&to_feature_major(&tensor.data, tensor.sizes()))
    }

    /// Whole numbers below 256: labels, targets.
    pub fn bytes(&self, input: &str) -> Vec<u8> {
        self.tensor(input).data.iter().map(|v| *v as u8).collect()
    }

    pub fn number(&self, param: &str) -> f64 {
        let name = &self.name;
        self.params[param]
            .as_f64()
            .unwrap_or_else(|| panic!("{name}: no number {param}"))
    }

    pub fn count(&self, param: &str) -> usize {
        self.number(param) as usize
    }

    pub fn flag(&self, param: &str) -> bool {
        self.params[param].as_bool().expect("a flag")
    }

    pub fn word(&self, param: &str) -> &str {
        self.params[param].as_str().expect("a word")
    }
}

/// (N, C, positions) to (C, positions, N).
pub fn to_feature_major(data: &[f64], (n, c, s): (usize, usize, usize)) -> Vec<f64> {
    let mut into = vec![0.0; data.len()];
    for row in 0..n {
        for feature in 0..c {
            for position in 0..s {
                into[(feature * s + position) * n + row] = data[(row * c + feature) * s + position];
            }
        }
    }
    into
}

/// (C, positions, N) to (N, C, positions).
pub fn from_feature_major(data: &[f64], (n, c, s): (usize, usize, usize)) -> Vec<f64> {
    let mut into = vec![0.0; data.len()];
    for row in 0..n {
        for feature in 0..c {
            for position in 0..s {
                into[(row * c + feature) * s + position] = data[(feature * s + position) * n + row];
            }
        }
    }
    into
}

/// What a kernel gave for a case, by the names of the file.
#[derive(Default)]
pub struct Outputs(BTreeMap<String, Vec<f64>>);

impl Outputs {
    /// Values in the order of the file.
    pub fn put<R: Real>(&mut self, name: impl Into<String>, values: &[R]) {
        self.0.insert(name.into(), widen(values));
    }

    /// Feature-major values of a block of these sizes.
    pub fn put_by_feature<R: Real>(
        &mut self,
        name: impl Into<String>,
        values: &[R],
        sizes: (usize, usize, usize),
    ) {
        self.0
            .insert(name.into(), from_feature_major(&widen(values), sizes));
    }

    /// Compares all that the case expects; the largest share of its tolerance that was used.
    pub fn compare(&self, case: &Case, lanes: &str) -> f64 {
        assert!(!case.expects_error, "{} ({lanes}): no error", case.name);
        assert!(!case.expected.is_empty(), "{}: expects nothing", case.name);
        let mut worst = 0.0_f64;
        for (name, want) in &case.expected {
            let what = format!("{} ({lanes}): {name}", case.name);
            let got = self
                .0
                .get(name)
                .unwrap_or_else(|| panic!("{what} is missing"));
            let own = &case.tolerance["per_output"][name];
            let tolerance = if own.is_null() { &case.tolerance } else { own };
            let bound = |key: &str| tolerance[key].as_f64().expect("a tolerance");
            let (rtol, atol) = (bound("rtol"), bound("atol"));
            super::assert_close(&what, got, &want.data, rtol, atol);
            for (got, want) in got.iter().zip(&want.data) {
                let allowed = atol + rtol * want.abs();
                if allowed > 0.0 {
                    worst = worst.max((got - want).abs() / allowed);
                }
            }
        }
        worst
    }
}

/// All golden cases: the folder's natively, the compiled-in ones under wasm.
#[cfg(not(target_arch = "wasm32"))]
pub fn all() -> Vec<Case> {
    let read = |name: &String| {
        let text = std::fs::read_to_string(folder().join(format!("{name}.json")));
        Case::parse(&text.expect("a readable golden file"))
    };
    names_in_folder().iter().map(read).collect()
}

/// All golden cases: the folder's natively, the compiled-in ones under wasm.
#[cfg(target_arch = "wasm32")]
pub fn all() -> Vec<Case> {
    golden_files::TEXTS
        .iter()
        .map(|text| Case::parse(text))
        .collect()
}

#[cfg(not(target_arch = "wasm32"))]
fn folder() -> std::path::PathBuf {
    let mut roots = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    // Another crate's tests read the same files.
    let found = roots.find_map(|root| {
        let folder = root.join("tests/golden");
        folder.is_dir().then_some(folder)
    });
    found.expect("the folder of the golden files")
}

/// Names without `.json`, in order.
#[cfg(not(target_arch = "wasm32"))]
pub fn names_in_folder() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("the folder of golden files");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    let mut names: Vec<String> = names
        .filter_map(|name| Some(name.ok()?.strip_suffix(".json")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// The compiled-in names.
pub fn names_compiled_in() -> &'static [&'static str] {
    golden_files::NAMES
}
