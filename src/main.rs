//! The command line of tresteg.

fn main() {}
