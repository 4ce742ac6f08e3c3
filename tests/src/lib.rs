//! What the tests share: where things are, what ships, the lists that tests
//! compare with, and the header's generator.

pub mod header;
pub mod lists;
pub mod prototypes;
pub mod ship;

use std::path::PathBuf;

/// The project's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the root")
}

/// The text of a file of the project's.
pub fn read(path: &str) -> String {
    let full = root().join(path);
    std::fs::read_to_string(&full)
        .unwrap_or_else(|error| panic!("{}: {error}", full.display()))
}
