//! Net 1: who may use whom. Reads every path in src/ that begins with
//! `crate`, `super`, `self` or a crate's name, in `use` lines and in code.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use safepoint_tests::{read, root};

/// Which layers the files of a layer may use: themselves, and what is below.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "api",
        &["safepoint", "blocking", "time", "process", "fault", "context", "zone", "sys"],
    ),
    ("safepoint", &["context", "zone", "sys"]),
    // A wait that something ends is a safe point.
    ("blocking", &["safepoint", "context", "zone", "sys"]),
    ("time", &["context", "zone", "sys"]),
    ("process", &["context", "zone", "sys"]),
    ("fault", &["context", "zone", "sys"]),
    ("context", &["zone", "sys"]),
    ("zone", &["sys::zone"]),
    ("sys", &["sys::zone"]),
    ("sys::zone", &[]),
];

/// Crates, and the only layers that may name them.
const CRATES: &[(&str, &[&str])] =
    &[("libc", &["sys", "sys::zone"]), ("windows_sys", &["sys", "sys::zone"])];

/// What the zone may use of `core`, beside the names of C's types: atomics
/// through one file, which the loom models replace.
const ZONE_CORE: &[(&str, &str)] = &[
    ("core::sync::atomic", "src/zone/atomic.rs"),
    ("core::hint::spin_loop", "src/zone/atomic.rs"),
    ("core::ptr::null_mut", "src/zone/atomic.rs"),
    ("core::ptr::with_exposed_provenance", "src/zone/atomic.rs"),
    ("core::ffi::c_int", ""),
    ("core::ffi::c_void", ""),
];

const LONGEST_FILE: usize = 350;

/// A path in the code, and the line it begins on.
type Named = (usize, Vec<String>);

/// What is wrong with a file, in lines that say where and how to mend it.
fn violations(file: &str, text: &str) -> Vec<String> {
    let Some(layer) = layer_of_file(file) else {
        return vec![format!("{file}: no layer; name it in tests/layers.rs and lib.rs")];
    };
    let tokens: TokenStream = match text.parse() {
        Ok(tokens) => tokens,
        Err(error) => return vec![format!("{file}: {error}")],
    };
    let mut found = Vec::new();
    let mut say = |line: usize, what: String| found.push(format!("{file}:{line}: {what}"));

    let mut paths = Vec::new();
    let mut unsafe_lines = Vec::new();
    walk(tokens, &mut paths, &mut unsafe_lines);
    for (line, path) in paths {
        if let Err(what) = judge(file, layer, &path) {
            say(line, what);
        }
    }

    let lines: Vec<&str> = text.lines().collect();
    for line in unsafe_lines {
        let above = &lines[line.saturating_sub(4)..line];
        if !above.iter().any(|line| line.contains("SAFETY:")) {
            say(line, "unsafe without a `// SAFETY:` in the three lines above".into());
        }
    }
    for (number, line) in lines.iter().enumerate() {
        let reason = line.split_once("allow(unsafe_code)]").map(|(_, after)| after.trim());
        if reason.is_some_and(|reason| !reason.starts_with("// ") || reason.len() < 10) {
            say(number + 1, "allow(unsafe_code) without a reason behind it".into());
        }
    }
    if lines.len() > LONGEST_FILE {
        let long = lines.len();
        say(long, format!("{long} lines; one over {LONGEST_FILE} is asking to be two"));
    }
    found
}

/// `src/sys/zone/action.rs` is of `sys::zone`; lib.rs stands over all.
fn layer_of_file(file: &str) -> Option<&'static str> {
    let path = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    if path == "lib" {
        return Some("lib");
    }
    let parts: Vec<&str> = path.split('/').collect();
    layer_of_path(&parts)
}

fn layer_of_path(parts: &[impl AsRef<str>]) -> Option<&'static str> {
    let name = match parts.iter().map(AsRef::as_ref).collect::<Vec<_>>()[..] {
        ["sys", "zone", ..] => "sys::zone",
        [first, ..] => first,
        [] => return None,
    };
    LAYERS.iter().map(|(layer, _)| *layer).find(|layer| *layer == name)
}

/// Whether a file may name this path.
fn judge(file: &str, layer: &str, path: &[String]) -> Result<(), String> {
    let written = path.join("::");
    let first = path.first().map_or("", String::as_str);
    if let Some((_, layers)) = CRATES.iter().find(|(name, _)| *name == first) {
        return match layers.contains(&layer) {
            true => Ok(()),
            false => Err(format!("{written}: only {} may", layers.join(" and "))),
        };
    }
    match first {
        "std" | "alloc" => {
            Err(format!("{written}: what ships is no_std and never allocates"))
        }
        "core" if layer == "zone" => {
            let allowed = ZONE_CORE.iter().any(|(allowed, only)| {
                let inside =
                    written == *allowed || written.starts_with(&format!("{allowed}::"));
                inside && (only.is_empty() || *only == file)
            });
            match allowed {
                true => Ok(()),
                false => Err(format!("{written}: the zone may not; see ZONE_CORE")),
            }
        }
        "core" => Ok(()),
        _ => judge_own(file, layer, &absolute(file, path), &written),
    }
}

/// Whether a file may name this path of the library's own.
fn judge_own(
    file: &str,
    layer: &str,
    path: &[String],
    written: &str,
) -> Result<(), String> {
    if layer == "lib" || path.is_empty() {
        return Ok(()); // `crate` or `super` alone: a visibility
    }
    let Some(used) = layer_of_path(path) else {
        return Err(format!("{written}: no layer; does {file} use the right path?"));
    };
    let below =
        LAYERS.iter().find(|(name, _)| *name == layer).map_or(&[][..], |found| found.1);
    let through = used == "sys::zone" && below.contains(&"sys");
    match used == layer || through || below.contains(&used) {
        true => Ok(()),
        false => {
            Err(format!("{written}: {layer} may not use {used}, only itself and {below:?}"))
        }
    }
}

/// A path from the crate's root, without `crate`.
fn absolute(file: &str, path: &[String]) -> Vec<String> {
    let inside = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    let mut module: Vec<String> = inside.split('/').map(String::from).collect();
    module.pop_if(|last| last == "mod" || last == "lib");
    let mut rest = path;
    if path.first().is_some_and(|first| first == "crate") {
        module.clear();
        rest = &path[1..];
    }
    while let Some(first) = rest.first() {
        match first.as_str() {
            "super" => _ = module.pop(),
            "self" => (),
            _ => break,
        }
        rest = &rest[1..];
    }
    module.extend(rest.iter().filter(|part| *part != "self").cloned());
    module
}

const ROOTS: &[&str] =
    &["crate", "super", "self", "core", "std", "alloc", "libc", "windows_sys"];

/// All paths that begin with one of the roots, and all lines with `unsafe`
/// blocks and impls.
fn walk(tokens: TokenStream, paths: &mut Vec<Named>, unsafe_lines: &mut Vec<usize>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            walk(group.stream(), paths, unsafe_lines);
        }
        let TokenTree::Ident(ident) = token else { continue };
        let line = ident.span().start().line;
        let braced = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
        let name = ident.to_string();
        let next = tokens.get(at + 1);
        if name == "unsafe" && (braced(next) || is_ident(next, "impl")) {
            unsafe_lines.push(line);
        }
        let inside_path = at >= 2 && is_colons(&tokens[at - 2..]) && at >= 3 && {
            matches!(&tokens[at - 3], TokenTree::Ident(before) if before != "use")
        };
        if ROOTS.contains(&name.as_str()) && is_colons(&tokens[at + 1..]) && !inside_path {
            follow(&tokens[at..], Vec::new(), line, paths);
        }
    }
}

/// The path, or the tree of paths, that begins here.
fn follow(
    tokens: &[TokenTree],
    mut path: Vec<String>,
    line: usize,
    paths: &mut Vec<Named>,
) {
    let mut at = 0;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(p) if p.as_char() == ',');
                for branch in inner.split(is_comma).filter(|branch| !branch.is_empty()) {
                    let line = branch[0].span().start().line;
                    follow(branch, path.clone(), line, paths);
                }
                return;
            }
            _ => break, // `*`, or generics
        }
        if !is_colons(tokens.get(at + 1..).unwrap_or(&[])) {
            break;
        }
        at += 3;
    }
    paths.push((line, path));
}

fn is_ident(tree: Option<&TokenTree>, name: &str) -> bool {
    matches!(tree, Some(TokenTree::Ident(ident)) if ident == name)
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    let colon = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon(tokens.first()) && colon(tokens.get(1))
}

/// Every source file, as `src/...`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("reading src/") {
        let path = entry.expect("an entry of src/").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn every_file_uses_only_what_its_layer_may() {
    let files = sources(&root().join("src"));
    assert!(files.len() > 20, "only {} files found in src/", files.len());
    let mut found = Vec::new();
    for path in files {
        let file = path.strip_prefix(root()).expect("inside the root").to_string_lossy();
        found.extend(violations(&file, &read(&file)));
    }
    assert!(found.is_empty(), "the house of lib.rs does not stand:\n{}", found.join("\n"));
}

/// A crate that nobody reads about above could do anything.
#[test]
fn the_library_depends_on_libc_alone() {
    let manifest = read("Cargo.toml");
    let mut section = "";
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && !line.is_empty()
            && !line.starts_with('#')
        {
            let name = line.split([' ', '=', '.']).next().unwrap_or(line);
            assert!(
                CRATES.iter().any(|(known, _)| *known == name.replace('-', "_")),
                "Cargo.toml: {section} {name}: a distribution builds the library offline; \
                 put it into the package of the tests, or into CRATES of tests/layers.rs"
            );
        }
    }
}

/// The same check says no to each of these, and where.
#[test]
fn each_kind_of_violation_is_found() {
    let bad = [
        ("src/zone/ring.rs", "use crate::context::MAIN;", "zone may not use context"),
        ("src/zone/ring.rs", "use crate::sys;", "zone may not use sys"),
        (
            "src/zone/ring.rs",
            "use crate::{zone::Call, sys::unix::Lock};",
            "may not use sys",
        ),
        (
            "src/zone/ring.rs",
            "fn f() { super::super::context::f() }",
            "may not use context",
        ),
        ("src/zone/ring.rs", "use core::sync::atomic::fence;", "the zone may not"),
        ("src/zone/wake.rs", "fn f() { core::mem::drop(1) }", "the zone may not"),
        ("src/zone/wake.rs", "use ::core::fmt::Write;", "the zone may not"),
        ("src/zone/wake.rs", "m! { libc::getpid() }", "only sys and sys::zone"),
        ("src/context/mod.rs", "use crate::safepoint;", "context may not use safepoint"),
        ("src/context/jobs.rs", "use super::super::api::calls;", "may not use api"),
        ("src/safepoint/mod.rs", "use crate::api;", "safepoint may not use api"),
        (
            "src/safepoint/mod.rs",
            "use crate::fault::report;",
            "safepoint may not use fault",
        ),
        ("src/api/calls.rs", "const E: i32 = libc::EAGAIN;", "only sys and sys::zone"),
        ("src/sys/unix.rs", "use crate::zone::SIGNALS;", "sys may not use zone"),
        ("src/sys/zone/mod.rs", "use super::unix::close;", "sys::zone may not use sys"),
        ("src/api/mod.rs", "extern crate alloc; use alloc::vec::Vec;", "never allocates"),
        ("src/api/mod.rs", "fn f() { std::process::abort() }", "never allocates"),
        ("src/lib.rs", "fn f() { libc::abort() }", "only sys and sys::zone"),
        ("src/misc.rs", "fn f() {}", "no layer"),
        ("src/zone/ring.rs", "fn f() {\n\n\n\n unsafe { g() } }", "without a `// SAFETY:`"),
        ("src/api/mod.rs", "unsafe impl Sync for A {}", "without a `// SAFETY:`"),
        ("src/api/mod.rs", "#![allow(unsafe_code)]", "without a reason"),
        ("src/api/mod.rs", "#![allow(unsafe_code)] //", "without a reason"),
    ];
    for (file, text, expected) in bad {
        let found = violations(file, text);
        assert!(
            found.len() == 1 && found[0].contains(expected) && found[0].starts_with(file),
            "{file} with `{text}`: expected \"{expected}\", found {found:#?}"
        );
    }
    let long = "\n".repeat(LONGEST_FILE + 1);
    assert!(violations("src/api/mod.rs", &long)[0].contains("351 lines"));
}

#[test]
fn what_the_layers_may_do_is_not_complained_about() {
    let good = [
        (
            "src/zone/atomic.rs",
            "use core::sync::atomic::{AtomicU32, Ordering::{self, SeqCst}};",
        ),
        ("src/zone/wake.rs", "use crate::sys::zone as sys; fn f() { sys::write(1) }"),
        ("src/zone/wake.rs", "use crate::sys::zone::{self as sys, SavedErrno};"),
        ("src/zone/wake.rs", "use super::published::Published; pub(crate) fn f() {}"),
        (
            "src/context/mod.rs",
            "use crate::sys::{self, Errno}; use crate::zone::{self, bit};",
        ),
        ("src/api/mod.rs", "use super::safepoint; // libc::getpid() in a comment"),
        ("src/api/mod.rs", "const A: &str = \"libc::getpid()\";"),
        ("src/sys/zone/mod.rs", "// SAFETY: true.\nfn f() { unsafe { libc::getpid() } }"),
        ("src/api/mod.rs", "#![allow(unsafe_code)] // pointers from C"),
        ("src/lib.rs", "pub mod api; mod zone; use crate::api::life;"),
    ];
    for (file, text) in good {
        assert_eq!(violations(file, text), Vec::<String>::new(), "{file} with `{text}`");
    }
}
