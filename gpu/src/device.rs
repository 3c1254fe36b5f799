//! A device of an adapter, with the limits that a lab needs. Tries no second adapter: that is the caller's choice.

use super::faults::{Fault, Faults};
use batchnorm_lab::error::Error;

/// Which device is wanted.
#[derive(Clone, Debug, Default)]
pub struct Want {
    /// Whether all the memory that the adapter offers a buffer or a workgroup may be used; else WebGPU's own limits hold.
    pub large: bool,
    /// Which families of adapters may be taken; `None` for all that were built in.
    pub backends: Option<wgpu::Backends>,
    /// Limits in place of those that follow from `large`.
    pub limits: Option<wgpu::Limits>,
}

/// A device, its queue and what it reports.
#[derive(Clone, Debug)]
pub struct Gpu {
    /// Makes things.
    pub device: wgpu::Device,
    /// Takes work.
    pub queue: wgpu::Queue,
    /// The adapter's own name, for developers.
    pub adapter: String,
    /// Whether the adapter says that a CPU plays it; in a browser none does.
    pub(super) is_cpu: bool,
    pub(super) faults: Faults,
}

impl Gpu {
    /// A device of the first adapter.
    ///
    /// # Errors
    /// `Fault::NoAdapter` where there is none; `Fault::OutOfMemory` where it does not reach the limits wanted.
    pub async fn acquire(want: Want) -> Result<Self, Error> {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        if let Some(backends) = want.backends {
            descriptor.backends = backends;
        }
        Self::of(&wgpu::Instance::new(descriptor), want).await
    }

    /// A device of the first adapter of this instance.
    ///
    /// # Errors
    /// As `acquire`.
    pub(super) async fn of(instance: &wgpu::Instance, want: Want) -> Result<Self, Error> {
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..wgpu::RequestAdapterOptions::default()
        };
        let adapter = instance.request_adapter(&options).await;
        let adapter = adapter.map_err(|error| Error::Engine {
            code: Fault::NoAdapter.code(),
            detail: error.to_string(),
        })?;
        let offered = adapter.limits();
        let default = wgpu::Limits::default();
        let required_limits = want.limits.unwrap_or(match want.large {
            true => wgpu::Limits {
                max_buffer_size: offered.max_buffer_size,
                max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
                max_compute_workgroup_storage_size: offered.max_compute_workgroup_storage_size,
                ..default
            },
            false => default,
        });
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("batchnorm-lab"),
            required_limits,
            ..wgpu::DeviceDescriptor::default()
        };
        let device = adapter.request_device(&descriptor).await;
        let (device, queue) = device.map_err(|error| Error::Engine {
            code: Fault::OutOfMemory.code(),
            detail: error.to_string(),
        })?;
        let faults = Faults::default();
        faults.listen(&device);
        let info = adapter.get_info();
        Ok(Self {
            device,
            queue,
            is_cpu: info.device_type == wgpu::DeviceType::Cpu,
            adapter: info.name,
            faults,
        })
    }

    /// The first fault of this device so far.
    ///
    /// # Errors
    /// `Error::Engine`.
    pub fn check(&self) -> Result<(), Error> {
        self.faults.check()
    }

    /// Makes things, and hears what is refused of them meanwhile; that says nothing about the device.
    ///
    /// # Errors
    /// `Error::Engine`; that of `make`.
    pub(super) async fn make<T>(
        &self,
        make: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        // The outer scope hears what the inner does not.
        let memory_scope = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let internal_scope = self.device.push_error_scope(wgpu::ErrorFilter::Internal);
        let validation_scope = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let made = make();
        let faults = Faults::default();
        for scope in [validation_scope, internal_scope, memory_scope] {
            if let Some(error) = scope.pop().await {
                faults.report_error(&error);
            }
        }
        self.check()?;
        faults.check()?;
        made
    }

    /// A buffer of so many numbers, filled with zeros; one that no shader reads is not made smaller than one number.
    pub(super) fn storage(&self, label: &str, values: usize) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: 4 * values.max(1) as u64,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC
                | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }
}
