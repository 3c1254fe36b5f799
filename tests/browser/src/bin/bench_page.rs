//! Measures the page.

fn main() {}
