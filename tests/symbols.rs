//! Net 4: what the shared object takes from others, and what it gives.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use object::elf;
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{Object, ObjectSymbol};
use safepoint_tests::lists::List;
use safepoint_tests::ship::{Shipped, shipped};
use safepoint_tests::{prototypes, read};

fn ours() -> &'static Shipped {
    static SHIPPED: OnceLock<Shipped> = OnceLock::new();
    SHIPPED.get_or_init(|| shipped(concat!(env!("CARGO_TARGET_TMPDIR"), "/symbols")))
}

fn shared() -> Vec<u8> {
    std::fs::read(&ours().shared).expect("reading the shared object")
}

fn dynamic_symbols(defined: bool) -> BTreeSet<String> {
    let data = shared();
    let file = ElfFile64::<object::Endianness>::parse(&*data).expect("an ELF file");
    let symbols = file.dynamic_symbols().filter(|symbol| symbol.is_undefined() != defined);
    symbols.map(|symbol| symbol.name().expect("a name").to_string()).collect()
}

/// Entries of the dynamic section with this tag: as text, or as a number.
fn dynamic_entries(tag: elf::DynamicTag) -> Vec<String> {
    let data = shared();
    let file = ElfFile64::<object::Endianness>::parse(&*data).expect("an ELF file");
    let table = file.elf_section_table().dynamic_table(file.endian(), &*data);
    let table = table.expect("a dynamic section");
    let entries = table.iter().filter(|entry| entry.tag == tag).map(|entry| {
        match entry.is_string().then(|| table.string(entry)) {
            Some(text) => String::from_utf8_lossy(text.expect("a string")).into_owned(),
            None => entry.val.to_string(),
        }
    });
    entries.collect()
}

#[test]
fn the_undefined_symbols_are_those_on_the_list() {
    List::read("undefined.txt")
        .assert_is("what the library takes", &dynamic_symbols(false));
}

/// Whatever signal handlers may run is the C library's own, and what the
/// owner uses beside that is on the other list alone.
#[test]
fn what_signal_handlers_run_is_taken_from_the_c_library() {
    let undefined = List::read("undefined.txt");
    let zone = read("tests/lists/zone_calls.txt");
    let names = zone.lines().filter(|line| !line.starts_with('#'));
    let names = names.filter_map(|line| line.split_whitespace().next());
    for name in names.map(|name| name.trim_start_matches('?')) {
        assert!(
            undefined.has(name),
            "{name} is in zone_calls.txt and not in undefined.txt"
        );
    }
}

#[test]
fn exports_the_header_and_the_list_are_the_same() {
    let list = List::read("exports.txt");
    list.assert_is("what the library gives", &dynamic_symbols(true));
    let header = read("include/safepoint.h");
    let mut declared: BTreeSet<String> =
        prototypes::functions(&header).into_iter().map(|function| function.name).collect();
    assert!(
        header.contains(" safepoint_breaker;"),
        "the header declares the breaker's address"
    );
    declared.insert("safepoint_breaker".to_string());
    list.assert_is("what the header declares", &declared);
}

#[test]
fn it_needs_the_c_library_alone() {
    assert_eq!(dynamic_entries(elf::DT_NEEDED), ["libc.so.6"]);
}

#[test]
fn its_soname_has_the_major_version() {
    let major = env!("CARGO_PKG_VERSION_MAJOR");
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    let major = version.and_then(|version| version.split('.').next()).unwrap_or(major);
    assert_eq!(dynamic_entries(elf::DT_SONAME), [format!("libsafepoint.so.{major}")]);
}

#[test]
fn dlclose_leaves_it_mapped() {
    let flags: u64 = dynamic_entries(elf::DT_FLAGS_1)[0].parse().expect("a number");
    assert!(flags & elf::DF_1_NODELETE.0 != 0, "no NODELETE: {flags:#x}");
}

#[test]
fn it_has_no_thread_local_storage() {
    let data = shared();
    let file = ElfFile64::<object::Endianness>::parse(&*data).expect("an ELF file");
    for segment in file.elf_program_headers() {
        assert!(segment.p_type(file.endian()) != elf::PT_TLS, "a segment of it");
    }
    for symbol in file.symbols().chain(file.dynamic_symbols()) {
        let name = symbol.name().unwrap_or("?");
        assert!(symbol.kind() != object::SymbolKind::Tls, "{name} is thread-local");
    }
}

#[test]
fn nothing_is_writable_and_executable_nor_is_the_stack() {
    let data = shared();
    let file = ElfFile64::<object::Endianness>::parse(&*data).expect("an ELF file");
    let mut stack = false;
    for segment in file.elf_program_headers() {
        let flags = segment.p_flags(file.endian());
        let both = elf::PF_W | elf::PF_X;
        assert!(flags & both != both, "a segment is writable and executable");
        stack |= segment.p_type(file.endian()) == elf::PT_GNU_STACK;
    }
    assert!(stack, "no PT_GNU_STACK: the stack would be executable");
    let textrel = dynamic_entries(elf::DT_TEXTREL);
    assert!(textrel.is_empty(), "relocations in code: it is written to while loading");
}

/// Neither in the object nor in the archive's own member: two Rust libraries
/// that carry std do not link into one program.
#[test]
fn nothing_of_std_or_alloc_is_in_it() {
    let data = shared();
    let file = object::File::parse(&*data).expect("an ELF file");
    let symbols: Vec<String> =
        file.symbols().filter_map(|symbol| Some(symbol.name().ok()?.to_string())).collect();
    assert!(
        symbols.iter().any(|name| name.contains("safepoint")),
        "no symbols to look at: is it stripped?"
    );
    for name in symbols {
        // In both manglings; `__rust_alloc`, `__rdl_` and `__rg_` are alloc's.
        let bad = ["3std", "5alloc", "__rust_", "__rdl_", "__rg_", "rust_eh_personality"];
        let bad = bad.iter().find(|part| name.contains(**part));
        assert!(bad.is_none(), "{name}");
    }
}

/// Rust's copy of them would come before the compiler's own, and its signed
/// division of 128 bits needs `rust_eh_personality`, which nobody has.
#[test]
fn the_archive_leaves_the_compilers_own_functions_alone() {
    let data = std::fs::read(&ours().archive).expect("reading the archive");
    let archive = object::read::archive::ArchiveFile::parse(&*data).expect("an archive");
    let mut defined = 0;
    for member in archive.members() {
        let member = member.expect("a member");
        let file = object::File::parse(member.data(&*data).expect("its data"));
        for symbol in file.expect("an ELF file").symbols() {
            let name = symbol.name().expect("a name");
            let is_taken = symbol.is_undefined() || !symbol.is_global();
            assert!(is_taken || !name.starts_with("__"), "{name} is defined");
            defined += usize::from(!is_taken);
        }
    }
    assert!(defined > 170, "{defined} symbols: is this the archive?");
}

/// A distribution's package, an embedder's download.
#[test]
fn it_is_small() {
    let stripped = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/stripped.so"));
    let strip = Command::new("strip").arg("-o").arg(&stripped).arg(&ours().shared).status();
    assert!(
        strip.is_ok_and(|status| status.success()),
        "strip, of the binutils, is needed"
    );
    let size = std::fs::metadata(&stripped).expect("the stripped object").len();
    println!("stripped: {size} bytes");
    assert!(size <= 100 * 1024, "{size} bytes stripped, and 100 KiB are the most");
}
