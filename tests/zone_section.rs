//! Net 2: what can run inside a signal handler calls only what it may. The
//! zone's functions lie in a section of their own; whatever they reach shows
//! in that section's relocations.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

use object::read::archive::ArchiveFile;
use object::{File, Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex};
use object::{SectionKind, SymbolIndex};
use safepoint_tests::lists::List;
use safepoint_tests::ship::shipped;
use safepoint_tests::{prototypes, read};

const ZONE: &str = ".text.safepoint_zone";

/// The library's own member of the archive. The others are the compiler's.
fn member() -> &'static [u8] {
    static MEMBER: OnceLock<Vec<u8>> = OnceLock::new();
    MEMBER.get_or_init(|| {
        let shipped = shipped(concat!(env!("CARGO_TARGET_TMPDIR"), "/zone_section"));
        let data = std::fs::read(&shipped.archive).expect("reading the archive");
        let archive = ArchiveFile::parse(&*data).expect("an archive");
        let mut found = Vec::new();
        for member in archive.members() {
            let member = member.expect("a member");
            let data = member.data(&*data).expect("its data");
            let name = String::from_utf8_lossy(member.name());
            let Ok(file) = File::parse(data) else { continue };
            if file.section_by_name(ZONE).is_some() {
                found.push(data.to_vec());
            } else {
                assert!(!name.starts_with("safepoint"), "{name} has no section {ZONE}");
            }
        }
        assert_eq!(found.len(), 1, "members with a section {ZONE}");
        found.remove(0)
    })
}

fn parsed() -> File<'static> {
    File::parse(member()).expect("an object file")
}

/// What code reaches: C functions by name, and what is forbidden by sentence.
#[derive(Default)]
struct Reached {
    external: BTreeSet<String>,
    forbidden: BTreeSet<String>,
    /// Data that it refers to.
    data: HashSet<SectionIndex>,
}

/// Follow the relocations of a part of a section. Code may refer to `home`
/// and to the zone; any other code of ours is outside.
fn follow(
    file: &File,
    section: SectionIndex,
    part: std::ops::Range<u64>,
    home: Option<SectionIndex>,
    reached: &mut Reached,
) {
    let section = file.section_by_index(section).expect("a section");
    for (offset, relocation) in section.relocations() {
        if !part.contains(&offset) {
            continue;
        }
        let RelocationTarget::Symbol(index) = relocation.target() else {
            reached
                .forbidden
                .insert(format!("a relocation without a symbol at {offset:#x}"));
            continue;
        };
        reach(file, index, home, reached);
    }
}

fn reach(
    file: &File,
    index: SymbolIndex,
    home: Option<SectionIndex>,
    reached: &mut Reached,
) {
    let symbol = file.symbol_by_index(index).expect("a symbol");
    let name = symbol.name().unwrap_or("").to_string();
    let Some(target) = symbol.section_index() else {
        reached.external.insert(name);
        return;
    };
    let target_section = file.section_by_index(target).expect("a section");
    let target_name = target_section.name().unwrap_or("?");
    match target_section.kind() {
        SectionKind::Text if target_name == ZONE || Some(target) == home => (),
        // The bounds of a wait, which are compared with and never called.
        SectionKind::Text if name.starts_with("safepoint_wait_") => (),
        SectionKind::Text => {
            let name = if name.is_empty() { target_name } else { &name };
            reached.forbidden.insert(format!("{name}, a function outside {ZONE}"));
        }
        SectionKind::Tls | SectionKind::UninitializedTls => {
            reached
                .forbidden
                .insert(format!("{name} in {target_name}, thread-local storage"));
        }
        _ => _ = reached.data.insert(target),
    }
}

/// Data can hold addresses of functions, which are called through it.
fn follow_data(file: &File, home: Option<SectionIndex>, reached: &mut Reached) {
    let mut done = HashSet::new();
    while let Some(next) = reached.data.difference(&done).next().copied() {
        done.insert(next);
        follow(file, next, 0..u64::MAX, home, reached);
    }
}

/// Every function's symbol: its section and the part that it takes there.
fn functions(file: &File) -> BTreeMap<String, (SectionIndex, std::ops::Range<u64>)> {
    let defined = file.symbols().filter_map(|symbol| {
        let part = symbol.address()..symbol.address() + symbol.size();
        Some((symbol.name().ok()?.to_string(), (symbol.section_index()?, part)))
    });
    defined.collect()
}

fn zone(file: &File) -> Reached {
    let section = file.section_by_name(ZONE).expect("the zone's section");
    let mut reached = Reached::default();
    follow(file, section.index(), 0..u64::MAX, None, &mut reached);
    follow_data(file, None, &mut reached);
    reached
}

/// The functions that may be called in a signal handler and lie elsewhere.
fn signal_safe_elsewhere(file: &File) -> BTreeMap<String, Reached> {
    let functions = functions(file);
    let mut all = BTreeMap::new();
    for function in prototypes::functions(&read("include/safepoint.h")) {
        if !function.signal_safe {
            continue;
        }
        let name = function.name;
        let Some((section, part)) = functions.get(&name) else {
            panic!("{name} is in the header and not in the library");
        };
        assert!(!part.is_empty(), "{name} has no size");
        let mut reached = Reached::default();
        if file
            .section_by_index(*section)
            .and_then(|s| s.name().map(|n| n != ZONE))
            .expect("a name")
        {
            follow(file, *section, part.clone(), Some(*section), &mut reached);
            follow_data(file, Some(*section), &mut reached);
            all.insert(name, reached);
        }
    }
    all
}

const MEND: &str = "give it the link section `.text.safepoint_zone`, as its neighbours \
    have it, or `#[inline(always)]` if it is ours and safe; else do without it";

#[test]
fn the_zone_calls_nothing_of_ours_outside_the_zone() {
    let forbidden = zone(&parsed()).forbidden;
    assert!(forbidden.is_empty(), "the zone reaches {forbidden:#?};\n{MEND}");
}

#[test]
fn what_may_be_called_in_a_signal_handler_calls_nothing_of_ours_outside_the_zone() {
    let file = parsed();
    let elsewhere = signal_safe_elsewhere(&file);
    for (name, reached) in &elsewhere {
        let forbidden = &reached.forbidden;
        assert!(forbidden.is_empty(), "{name} reaches {forbidden:#?};\n{MEND}");
    }
    let all = functions(&file);
    let in_zone = ["sig_add_pending_call", "sig_post", "sig_trip", "sig_interrupt"];
    for name in in_zone {
        assert!(all.contains_key(name) && !elsewhere.contains_key(name), "{name}: {MEND}");
    }
}

/// Both together, so that no line of the list is there for nothing.
#[test]
fn the_c_functions_that_run_in_signal_handlers_are_those_on_the_list() {
    let file = parsed();
    let mut external = zone(&file).external;
    for reached in signal_safe_elsewhere(&file).into_values() {
        external.extend(reached.external);
    }
    external.remove("_GLOBAL_OFFSET_TABLE_");
    List::read("zone_calls.txt").assert_is("what signal handlers may run", &external);
}

/// Thread-local storage of ours is `__tls_get_addr`, which can call malloc.
#[test]
fn there_is_no_thread_local_storage_in_the_archive() {
    let file = parsed();
    for section in file.sections() {
        let name = section.name().unwrap_or("?");
        let kind = section.kind();
        let is_tls = matches!(kind, SectionKind::Tls | SectionKind::UninitializedTls);
        assert!(!is_tls, "section {name} is thread-local");
    }
    for symbol in file.symbols() {
        let name = symbol.name().unwrap_or("?");
        assert!(symbol.kind() != object::SymbolKind::Tls, "{name} is thread-local");
        assert!(name != "__tls_get_addr", "something is thread-local");
    }
}

/// The same following finds what is wrong in code that is: the owner's side
/// locks, and reaches functions outside the zone.
#[test]
fn a_function_that_is_not_signal_safe_is_found_to_be_so() {
    let file = parsed();
    let functions = functions(&file);
    let list = List::read("zone_calls.txt");
    for name in ["sig_install", "sig_check_frame", "sig_set_wakeup_fd"] {
        let (section, part) = functions.get(name).expect("a function of the library");
        let mut reached = Reached::default();
        follow(&file, *section, part.clone(), Some(*section), &mut reached);
        let beyond = list.beyond(&reached.external);
        assert!(
            !reached.forbidden.is_empty() || !beyond.is_empty(),
            "{name} passes as signal-safe: the test sees nothing any more"
        );
    }
}
