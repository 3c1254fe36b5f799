//! What the rows of the table cost, and that every one of them runs. Natively only: the page makes its own.
#![cfg(not(target_arch = "wasm32"))]

use batchnorm_lab_bench::Cost;
use batchnorm_lab_bench::rows::rows;

fn cost(id: &str) -> Cost {
    let rows = rows().expect("a list");
    let row = rows.iter().find(|row| row.id == id).expect("such a row");
    row.make().expect("it can be made").0
}

#[test]
fn every_row_runs() {
    let rows = rows().expect("a list");
    assert_eq!(rows.len(), 10);
    for row in rows {
        let (cost, mut run) = row.make().expect("it can be made");
        run(2);
        assert!(cost.flops > 0.0 && cost.bytes > 0.0, "{}", row.id);
    }
}

#[test]
fn a_dense_step_counts_the_products_of_its_shapes() {
    // 64-100-100-100-10 at batch 60, counted by hand: outputs and weights' gradients of all four layers, inputs'
    // gradients of all but the first.
    let products = [64 * 100, 100 * 100, 100 * 100, 100 * 10];
    let all: usize = products.iter().sum();
    let expected = 2 * 60 * (3 * all - products[0]);
    assert_eq!(cost("train/mlp_b").flops, expected as f64);
    assert_eq!(expected, 9_096_000);
    assert_eq!(cost("train/mlp_b_relu"), cost("train/mlp_b"));
    assert_eq!(cost("train/mlp_a").flops, cost("train/playground").flops);
}

#[test]
fn a_convolutional_step_counts_nine_places_a_position() {
    // Two 3×3 convolutions of 64 positions, 1 to 8 to 16 channels, then 1024 to 10; batch 32.
    let (first, second, dense) = (64 * 9 * 8, 64 * 9 * 8 * 16, 1024 * 10);
    let expected = 2 * 32 * (3 * (first + second + dense) - first);
    assert_eq!(cost("train/cnn_c").flops, expected as f64);
    assert_eq!(expected, 16_711_680);
}

#[test]
fn bytes_are_those_of_the_arrays() {
    // x, x̂, y forward, d_y, x̂, d_x backward; 4 bytes each.
    let values = 4096.0 * 256.0;
    assert_eq!(
        cost("bn_fwdbwd/4096x256"),
        Cost {
            flops: 16.0 * values,
            bytes: 24.0 * values
        }
    );
    assert_eq!(
        cost("bn_infer/4096x256"),
        Cost {
            flops: 4.0 * values,
            bytes: 8.0 * values
        }
    );
    assert_eq!(cost("hist/100000x64").bytes, 8.0 * 100_000.0);
    // A step of mlp_b by hand. Products: values in and out of a batch and weights in each pass, weights thrice more for
    // the update; normalisation six arrays and activation five, of 300 units.
    let layer = |inputs: usize, outputs: usize, passes: usize| {
        passes * (60 * (inputs + outputs) + inputs * outputs) + 3 * inputs * outputs
    };
    let products = layer(64, 100, 2) + 2 * layer(100, 100, 3) + layer(100, 10, 3);
    let values = products + 60 * 300 * (6 + 5);
    assert_eq!(cost("train/mlp_b").bytes, 4.0 * values as f64);
}
