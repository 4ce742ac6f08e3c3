//! What `scripts/link` has built for macOS and FreeBSD, where nothing of it is
//! run: what it is, what it gives, and what it takes from the system.

use std::collections::BTreeSet;

use object::read::elf::ElfFile64;
use object::{Architecture, BinaryFormat, Object, ObjectKind, ObjectSymbol, SymbolScope};
use safepoint_tests::lists::List;
use safepoint_tests::root;

const FREEBSD: (&str, &str) = ("x86_64-unknown-freebsd", "libsafepoint.so");
const MACOS: [(&str, &str); 2] = [
    ("x86_64-apple-darwin", "libsafepoint.dylib"),
    ("aarch64-apple-darwin", "libsafepoint.dylib"),
];

fn built((target, name): (&str, &str)) -> Vec<u8> {
    let path = root().join("build/link").join(target).join("release").join(name);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run scripts/link {target}", path.display())
    })
}

fn parse(data: &[u8]) -> object::File<'_> {
    object::File::parse(data).expect("an object file")
}

fn names(bytes: impl IntoIterator<Item = Vec<u8>>) -> BTreeSet<String> {
    bytes.into_iter().map(|name| String::from_utf8(name).expect("a name")).collect()
}

/// Without the `_` that C's names have on macOS.
fn c_names(names: BTreeSet<String>) -> BTreeSet<String> {
    let without = |name: String| name.strip_prefix('_').map(String::from).unwrap_or(name);
    names.into_iter().map(without).collect()
}

fn exported(file: &object::File) -> BTreeSet<String> {
    let symbols = file.symbols().chain(file.dynamic_symbols());
    let exported = symbols.filter(|symbol| symbol.scope() == SymbolScope::Dynamic);
    exported.map(|symbol| symbol.name().expect("a name").to_string()).collect()
}

fn undefined(file: &object::File) -> BTreeSet<String> {
    let symbols = file.symbols().chain(file.dynamic_symbols());
    let undefined = symbols.filter(|symbol| symbol.is_undefined());
    let names = undefined.map(|symbol| symbol.name().expect("a name").to_string());
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn each_is_a_shared_library_of_its_system() {
    let expected = [
        (FREEBSD, BinaryFormat::Elf, Architecture::X86_64),
        (MACOS[0], BinaryFormat::MachO, Architecture::X86_64),
        (MACOS[1], BinaryFormat::MachO, Architecture::Aarch64),
    ];
    for (which, format, architecture) in expected {
        let data = built(which);
        let file = parse(&data);
        assert_eq!(file.format(), format, "{which:?}");
        assert_eq!(file.architecture(), architecture, "{which:?}");
        assert_eq!(file.kind(), ObjectKind::Dynamic, "{which:?}");
    }
}

#[test]
fn each_gives_what_the_list_says() {
    let list = List::read("exports.txt");
    list.assert_is("what FreeBSD's gives", &exported(&parse(&built(FREEBSD))));
    for which in MACOS {
        let mut exports = c_names(exported(&parse(&built(which))));
        for linkers in
            ["__dso_handle", "_dso_handle", "_mh_dylib_header", "mh_dylib_header"]
        {
            exports.remove(linkers);
        }
        list.assert_is("what macOS's gives", &exports);
    }
}

#[test]
fn each_takes_what_its_list_says() {
    let data = built(FREEBSD);
    List::read("undefined_freebsd.txt")
        .assert_is("what FreeBSD's takes", &undefined(&parse(&data)));
    for which in MACOS {
        let data = built(which);
        List::read("undefined_macos.txt")
            .assert_is("what macOS's takes", &c_names(undefined(&parse(&data))));
    }
}

#[test]
fn freebsds_needs_the_c_library_and_its_threads_alone() {
    let data = built(FREEBSD);
    let file = ElfFile64::<object::Endianness>::parse(&*data).expect("an ELF file");
    let table = file.elf_section_table().dynamic_table(file.endian(), &*data);
    let table = table.expect("a dynamic section");
    let needed: BTreeSet<String> = table
        .iter()
        .filter(|entry| entry.tag == object::elf::DT_NEEDED)
        .map(|entry| String::from_utf8_lossy(table.string(entry).expect("text")).into())
        .collect();
    assert_eq!(needed, ["libc.so.7", "libthr.so.3"].map(String::from).into());
}

#[test]
fn macos_needs_the_systems_library_alone() {
    for which in MACOS {
        let data = built(which);
        let file = parse(&data);
        let imports = file.imports().expect("imports");
        let libraries =
            names(imports.map(|import| import.expect("an import").library().to_vec()));
        assert_eq!(
            libraries,
            ["/usr/lib/libSystem.B.dylib".to_string()].into(),
            "{which:?}"
        );
    }
}

#[test]
fn none_has_thread_local_storage() {
    for which in [FREEBSD, MACOS[0], MACOS[1]] {
        let data = built(which);
        let file = parse(&data);
        let mut symbols = 0;
        for symbol in file.symbols().chain(file.dynamic_symbols()) {
            let name = symbol.name().unwrap_or("?");
            assert!(symbol.kind() != object::SymbolKind::Tls, "{which:?}: {name}");
            assert!(!name.contains("tlv_bootstrap"), "{which:?}: {name}");
            symbols += 1;
        }
        assert!(symbols > 100, "{which:?}: {symbols} symbols to look at");
    }
}
