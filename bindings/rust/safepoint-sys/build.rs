// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finds the library by pkg-config, or, with the feature `vendored`, builds it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

fn main() {
    if env::var_os("CARGO_FEATURE_VENDORED").is_some() {
        vendored();
    } else {
        installed();
    }
}

fn fail(message: &str) -> ! {
    eprintln!("safepoint-sys: {message}");
    exit(1)
}

/// An environment variable, which is part of what the build depends on.
fn variable(name: &str) -> Option<OsString> {
    println!("cargo::rerun-if-env-changed={name}");
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The library that is installed: shared, or with SAFEPOINT_STATIC=1 static.
fn installed() {
    for name in ["PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR"] {
        variable(name);
    }
    let linked_statically = variable("SAFEPOINT_STATIC").is_some_and(|value| value != "0");
    pkg_config(&["--print-errors", "--exists", "safepoint >= 0.1.0"]);
    let folder = pkg_config(&["--variable=libdir", "safepoint"]);
    // Of a folder that the linker searches anyhow pkg-config says nothing: named
    // here, it would come before other libraries' folders.
    if linked_statically || !pkg_config(&["--libs-only-L", "safepoint"]).is_empty() {
        println!("cargo::rustc-link-search=native={folder}");
    }
    let kind = if linked_statically { "static" } else { "dylib" };
    println!("cargo::rustc-link-lib={kind}=safepoint");
    // For build scripts of crates above: DEP_SAFEPOINT_INCLUDE.
    let include = pkg_config(&["--variable=includedir", "safepoint"]);
    println!("cargo::metadata=include={include}");
}

fn pkg_config(arguments: &[&str]) -> String {
    let program = variable("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let output = Command::new(&program).args(arguments).output().unwrap_or_else(|error| {
        fail(&format!(
            "{} did not start: {error}. Install pkg-config (Debian: pkg-config), \
             or set PKG_CONFIG, or choose the feature `vendored`.",
            program.to_string_lossy()
        ))
    });
    if !output.status.success() {
        fail(&format!(
            "the C library safepoint, 0.1.0 or later, was not found. Install it, and \
             where that was not below /usr, set PKG_CONFIG_PATH to its lib/pkgconfig; or \
             choose the feature `vendored`. What pkg-config said:\n{}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}

/// The library as it ships, built by another cargo in a folder of its own: so it
/// has its own profile, and no std, whatever the program around it has.
fn vendored() {
    if variable("HOST") != variable("TARGET") {
        fail(
            "the feature `vendored` builds for this machine only; install the library \
             for the other one, and set PKG_CONFIG_PATH.",
        );
    }
    let source = source();
    let target = PathBuf::from(variable("OUT_DIR").expect("cargo sets it")).join("library");
    let status = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["rustc", "--quiet", "--locked", "--release", "--lib", "-p", "safepoint"])
        .args(["--no-default-features", "--crate-type", "staticlib", "--manifest-path"])
        .arg(source.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        // Meant for the crates of the program, and not for this build.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => fail(&format!("building {}: {status}", source.display())),
        Err(error) => fail(&format!("cargo did not start: {error}")),
    }
    println!("cargo::rustc-link-search=native={}", target.join("release").display());
    println!("cargo::rustc-link-lib=static=safepoint");
    println!("cargo::metadata=include={}", source.join("include").display());
    for name in ["src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", source.join(name).display());
    }
}

/// The library's sources: SAFEPOINT_SOURCE, or those that this crate is part of.
fn source() -> PathBuf {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let source =
        variable("SAFEPOINT_SOURCE").map_or_else(|| here.join("../../.."), PathBuf::from);
    if !Path::new(&source).join("include/safepoint.h").exists() {
        fail(&format!(
            "no sources of the C library in {}: set SAFEPOINT_SOURCE to the folder that \
             has its Cargo.toml and include/safepoint.h.",
            source.display()
        ));
    }
    source
}
