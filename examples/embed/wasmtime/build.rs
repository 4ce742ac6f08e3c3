//! Links libsafepoint.so, from the folder SAFEPOINT_LIBDIR.
//!
//! SPDX-License-Identifier: MIT OR Apache-2.0

fn main() {
    let dir =
        std::env::var("SAFEPOINT_LIBDIR").expect("SAFEPOINT_LIBDIR: libsafepoint's folder");
    println!("cargo:rerun-if-env-changed=SAFEPOINT_LIBDIR");
    println!("cargo:rustc-link-search=native={dir}");
    println!("cargo:rustc-link-lib=dylib=safepoint");
    println!("cargo:rustc-link-arg=-Wl,-rpath,{dir}");
}
