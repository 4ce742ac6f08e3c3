// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the header says, in Rust, for the tests to compare with: all of it as
//! bindgen has it; its functions over the types of safepoint-sys; the C
//! program of ctest; and macros.c.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bindgen::callbacks::{IntKind, ParseCallbacks};

const SYS: &str = "../safepoint-sys/src/bindings.rs";

fn main() {
    let include = PathBuf::from(env::var_os("DEP_SAFEPOINT_INCLUDE").expect("of -sys"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let header = include.join("safepoint.h");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", header.display());
    println!("cargo::rerun-if-changed={SYS}");
    println!("cargo::rustc-env=SAFEPOINT_INCLUDE={}", include.display());
    write_bindings(&header, &out);
    write_functions(&header, &out);
    write_layouts(&include, &out);
    println!("cargo::rerun-if-changed=macros.c");
    cc::Build::new().file("macros.c").include(&include).compile("contract_macros");
}

/// What bindgen cannot know.
#[derive(Debug)]
struct InRust;

impl ParseCallbacks for InRust {
    /// rustdoc would look for what is in brackets.
    fn process_comment(&self, comment: &str) -> Option<String> {
        Some(comment.replace('[', "\\["))
    }

    /// The header's `#define`s are numbers without a type.
    fn int_macro(&self, name: &str, _: i64) -> Option<IntKind> {
        Some(match name {
            "SAFEPOINT_INTERRUPTED" => IntKind::I32,
            "SAFEPOINT_LATENCY_BUCKETS" => {
                IntKind::Custom { name: "usize", is_signed: false }
            }
            _ => IntKind::U32,
        })
    }
}

fn builder(header: &Path) -> bindgen::Builder {
    bindgen::Builder::default()
        .header(header.to_str().expect("a path in UTF-8"))
        .clang_arg("-DSAFEPOINT_NO_INLINE")
        .allowlist_item("(sig|safepoint|SAFEPOINT)_.*")
        .rust_target(bindgen::RustTarget::stable(85, 0).expect("1.85"))
        .rust_edition(bindgen::RustEdition::Edition2024)
        .use_core()
        .merge_extern_blocks(true)
        .parse_callbacks(Box::new(InRust))
}

/// The file that is committed.
fn write_bindings(header: &Path, out: &Path) {
    builder(header)
        .raw_line("// SPDX-License-Identifier: MIT OR Apache-2.0")
        // A u64 that bindgen takes for -1: src/lib.rs has it.
        .blocklist_item("SAFEPOINT_FOREVER")
        .derive_default(true)
        .layout_tests(false)
        .generate()
        .expect("bindgen reads the header")
        .write_to_file(out.join("bindings.rs"))
        .expect("writing bindings.rs");
}

/// The functions alone, over the types of safepoint-sys; and each beside that
/// of safepoint-sys in an array, which is possible for one type only.
fn write_functions(header: &Path, out: &Path) {
    let text = builder(header)
        .blocklist_type(".*")
        .blocklist_item("SAFEPOINT_.*")
        .generate_comments(false)
        .generate()
        .expect("bindgen reads the header")
        .to_string();
    let mut same = String::new();
    let mut names = String::new();
    for line in text.lines() {
        let Some(function) = line.trim().strip_prefix("pub fn ") else { continue };
        let name = function.split('(').next().expect("a name");
        writeln!(same, "const _: () = {{ let _ = [header::{name}, sys::{name}]; }};")
            .unwrap();
        writeln!(names, "    \"{name}\",").unwrap();
    }
    let text = format!(
        "mod header {{\nuse safepoint_sys::*;\n{text}\n}}\n{same}\n\
         const DECLARED: &[&str] = &[\n{names}];\n"
    );
    fs::write(out.join("functions.rs"), text).expect("writing functions.rs");
}

/// A C program that says sizes, offsets and constants, and the Rust that asks.
fn write_layouts(include: &Path, out: &Path) {
    let mut ctest = ctest::TestGenerator::new();
    ctest.header("safepoint.h").include(include).out_dir(out).edition(2024);
    ctest.define("SAFEPOINT_NO_INLINE", None);
    // A word of Rust's.
    ctest
        .rename_struct_field(|_, field| (field.ident() == "fn_").then(|| "fn".to_string()));
    // Declared and not defined, in C: nobody may know a size.
    let opaque = |name: &str| !name.starts_with("sig_") || name == "sig_context";
    ctest.skip_struct(move |structure| opaque(structure.ident()));
    ctest::generate_test(&mut ctest, SYS, "layouts.rs").expect("ctest generates its test");
}
