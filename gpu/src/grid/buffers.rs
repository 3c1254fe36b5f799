//! The buffers of a grid: what stays the same is written once, what a dispatch brings along each time.

use super::TOLD;
use super::net::Net;
use super::program::Bound;
use super::records::{NetPlace, layer, net as net_record};
use super::upload::Upload;
use crate::device::Gpu;
use crate::record::{Record, bytes_of};

/// See the module.
pub struct GridBuffers {
    nets: wgpu::Buffer,
    layers: wgpu::Buffer,
    slices: wgpu::Buffer,
    order: wgpu::Buffer,
    numbers: wgpu::Buffer,
    data: wgpu::Buffer,
    pub room: wgpu::Buffer,
    pub losses: wgpu::Buffer,
}

/// Records of one kind, one behind the other.
#[derive(Default)]
struct Records(Vec<u8>);

impl Records {
    fn add(&mut self, kind: &str, record: &Record) {
        #[cfg(test)]
        crate::check::record("grid_steps", &super::program::source(1, true), kind, record);
        #[cfg(not(test))]
        let _ = kind;
        self.0.extend(record.bytes());
    }
}

impl GridBuffers {
    /// Gives every network its part of the room, and writes all that stays the same and the states at step 0.
    pub fn new(gpu: &Gpu, nets: &mut [Net], arena: usize, data: &[f32]) -> Self {
        let (mut records, mut layers) = (Records::default(), Records::default());
        let (mut room_at, mut layers_at) = (0, 0);
        for net in nets.iter_mut() {
            net.room_at = room_at;
            let place = NetPlace {
                room: room_at,
                layers: layers_at,
                data: net.data[0],
                labels: net.data[1],
            };
            records.add("Net", &net_record(&net.plan, &net.places, place, arena));
            for number in 0..net.plan.layers.len() {
                layers.add("Layer", &layer(&net.plan, &net.places, number));
            }
            room_at += net.places.in_room;
            layers_at += net.plan.layers.len();
        }
        let made = Self {
            nets: gpu.storage("nets", records.0.len() / 4),
            layers: gpu.storage("layers", layers.0.len() / 4),
            slices: gpu.storage("slices", 1),
            order: gpu.storage("order", 1),
            numbers: gpu.storage("numbers", 1),
            data: gpu.storage("data", data.len()),
            room: gpu.storage("room", room_at),
            losses: gpu.storage("losses", nets.len() * TOLD),
        };
        gpu.queue.write_buffer(&made.nets, 0, &records.0);
        gpu.queue.write_buffer(&made.layers, 0, &layers.0);
        gpu.queue.write_buffer(&made.data, 0, &bytes_of(data));
        for net in nets {
            let offset = 4 * net.room_at as u64;
            gpu.queue
                .write_buffer(&made.room, offset, &bytes_of(&net.state()));
        }
        made
    }

    /// Writes what the next dispatch brings along.
    pub fn fill(&mut self, gpu: &Gpu, upload: &Upload) {
        let order: Vec<u8> = upload
            .order
            .iter()
            .flat_map(|at| at.to_le_bytes())
            .collect();
        let parts = [
            (&mut self.slices, &upload.slices),
            (&mut self.order, &order),
            (&mut self.numbers, &bytes_of(&upload.numbers)),
        ];
        for (buffer, bytes) in parts {
            if buffer.size() < bytes.len() as u64 {
                buffer.destroy();
                *buffer = gpu.storage("grid", bytes.len().div_ceil(4));
            }
            gpu.queue.write_buffer(buffer, 0, bytes);
        }
    }

    /// As the program binds them.
    pub fn bound(&self) -> Bound<'_> {
        Bound {
            read: [
                &self.nets,
                &self.layers,
                &self.slices,
                &self.order,
                &self.numbers,
                &self.data,
            ],
            written: [&self.room, &self.losses],
        }
    }
}

/// At once: a browser would keep the largest until it collects garbage, which knows nothing of what they hold.
impl Drop for GridBuffers {
    fn drop(&mut self) {
        for buffer in [&self.room, &self.data, &self.order, &self.losses] {
            buffer.destroy();
        }
    }
}
