//! Net 3: no panic can be reached in what ships. Built with
//! `safepoint_prove_panic_free`, the panic handler names a symbol that exists
//! nowhere (src/sys/panic.rs), so that the link fails where any panic is left.
#![cfg(target_os = "linux")]

use std::path::Path;

use safepoint_tests::root;
use safepoint_tests::ship::{copy_of_the_project, ship};

const PROVE: [&str; 2] = ["--cfg", "safepoint_prove_panic_free"];
const SYMBOL: &str = "safepoint_a_panic_can_be_reached";

#[test]
fn no_panic_can_be_reached_in_what_ships() {
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/panic_free");
    if let Err(said) = ship(&root(), Path::new(target), &PROVE) {
        panic!(
            "the library does not link without its panics. Somewhere an index, a slice, \
             an unwrap, a division or a checked operation can fail; use get(), wrapping_ \
             and so on. To see where, build with --emit asm and look for \
             core::panicking.\n{said}"
        );
    }
}

/// With a function planted into a copy of the library: one that cannot panic
/// links, one that can does not.
#[test]
fn a_panic_that_can_be_reached_fails_the_link_by_name() {
    let folder = Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/planted"));
    let build = |body: &str| {
        copy_of_the_project(&folder.join("copy")).expect("copying the project");
        let planted = format!(
            "#![allow(unsafe_code, missing_docs)]\n#[unsafe(no_mangle)]\n\
             pub extern \"C\" fn sig_planted(index: usize) -> u8 {{ {body} }}\n"
        );
        let library = folder.join("copy/src/lib.rs");
        let text =
            std::fs::read_to_string(&library).expect("lib.rs") + "\npub mod planted;\n";
        std::fs::write(library, text).expect("writing lib.rs");
        std::fs::write(folder.join("copy/src/planted.rs"), planted).expect("planting");
        ship(&folder.join("copy"), &folder.join("target"), &PROVE)
    };
    if let Err(said) = build("[1, 2, 3].get(index).copied().unwrap_or(0)") {
        panic!("a function that cannot panic does not link:\n{said}");
    }
    match build("[1, 2, 3][index]") {
        Ok(_) => panic!("a function that can panic links: {PROVE:?} proves nothing"),
        Err(said) => assert!(said.contains(SYMBOL), "it fails for another reason:\n{said}"),
    }
}
