//! The plain formulas in f64, row-major and slow: what every lane of every kernel answers to.
