// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is committed is what bindgen makes of the header.

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../safepoint-sys/src/bindings.rs");

#[test]
fn the_committed_bindings_are_the_generated_ones() {
    let generated = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));
    if std::env::var_os("SAFEPOINT_REWRITE_BINDINGS").is_some() {
        std::fs::write(PATH, generated).expect("writing the bindings");
    }
    let committed = std::fs::read_to_string(PATH).expect("the bindings");
    let differs = generated.lines().zip(committed.lines()).position(|(a, b)| a != b);
    assert!(
        generated == committed,
        "{PATH} is not what the header says (first difference: line {:?}); to rewrite it:\n  \
         SAFEPOINT_REWRITE_BINDINGS=1 cargo test --manifest-path contract/Cargo.toml \
         --test bindings",
        differs.map(|line| line + 1)
    );
}
