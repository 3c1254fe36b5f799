//! What a device reports by itself, at any time: the first fault is kept until someone asks. Words nothing for readers.

use std::sync::{Arc, Mutex, PoisonError};

use batchnorm_lab::error::Error;

/// How a GPU fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is none, or none that may be used.
    NoAdapter,
    /// It was there and is gone.
    DeviceLost,
    /// It has no room, or less than its limits say is needed.
    OutOfMemory,
    /// It does not take a kernel or a call of one.
    ShaderRejected,
    /// It does not answer.
    Timeout,
    /// A layer that it cannot compute.
    Unsupported,
}

impl Fault {
    /// Its part of `Error::code`.
    pub fn code(self) -> &'static str {
        match self {
            Fault::NoAdapter => "no-adapter",
            Fault::DeviceLost => "device-lost",
            Fault::OutOfMemory => "out-of-memory",
            Fault::ShaderRejected => "shader-rejected",
            Fault::Timeout => "engine-timeout",
            Fault::Unsupported => "engine-unsupported",
        }
    }
}

/// The first fault of a device; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Option<(Fault, String)>>>);

impl Faults {
    /// Keeps the first.
    pub fn report(&self, fault: Fault, detail: String) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert((fault, detail));
    }

    /// Keeps what wgpu says.
    pub fn report_error(&self, error: &wgpu::Error) {
        self.report(fault_of(error), error.to_string());
    }

    /// The first fault so far, if any; a device does not recover.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub fn check(&self) -> Result<(), Error> {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*first {
            None => Ok(()),
            Some((fault, detail)) => Err(Error::Engine {
                code: fault.code(),
                detail: detail.clone(),
            }),
        }
    }

    /// Hears all that the device says.
    pub fn listen(&self, device: &wgpu::Device) {
        let faults = self.clone();
        device.on_uncaptured_error(Arc::new(move |error| faults.report_error(&error)));
        let faults = self.clone();
        device.set_device_lost_callback(move |reason, message| {
            faults.report(Fault::DeviceLost, format!("{reason:?}: {message}"));
        });
    }
}

fn fault_of(error: &wgpu::Error) -> Fault {
    match error {
        wgpu::Error::OutOfMemory { .. } => Fault::OutOfMemory,
        // Of an internal error WebGPU says that a pipeline was too much for the machine.
        wgpu::Error::Validation { .. } | wgpu::Error::Internal { .. } => Fault::ShaderRejected,
    }
}
