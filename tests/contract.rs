//! The header says what the library is: signatures, layouts, constants.
//!
//! The Rust compiler says what each exported function takes and returns, the
//! C compiler says what the header declares, and both must be the same.
#![cfg(target_os = "linux")]

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::process::Command;

use safepoint::api::{
    blocking, calls, contexts, files, handlers, latch, life, names, points, sending,
};
use safepoint::api::{sleeps, sockets, stats, time, trip, version, wakeup};
use safepoint_tests::header::STRUCTS;
use safepoint_tests::{prototypes, read, root};

/// What the sources call a type, and C does.
const NAMES: &[(&str, &str)] = &[
    ("Event", "sig_event"),
    ("Handle", "sig_context"),
    ("Job", "sig_job"),
    ("Disposition", "sig_disposition"),
    ("Itimer", "sig_itimer"),
    ("Counters", "sig_counters"),
    ("Latch", "sig_latch"),
    ("Call", "sig_call"),
    ("Handler", "sig_handler"),
];

fn c_name(rust: &str) -> &str {
    let last = rust.rsplit("::").next().unwrap_or(rust);
    NAMES.iter().find(|(rust, _)| *rust == last).map_or(last, |(_, c)| *c)
}

/// A Rust type in C's words. What it points to only has a name here, since
/// the library's structs are not public in Rust; their layouts come below.
trait InC {
    fn in_c() -> String;
}

macro_rules! in_c {
    ($($rust:ty = $c:literal),*) => {
        $(impl InC for $rust { fn in_c() -> String { $c.to_string() } })*
    };
}

in_c!(
    i32 = "int",
    u32 = "uint32_t",
    i64 = "long",
    u64 = "uint64_t",
    usize = "size_t",
    isize = "intptr_t"
);

fn pointee<T>() -> String {
    match type_name::<T>() {
        "core::ffi::c_void" => "void".to_string(),
        "*mut core::ffi::c_void" => "void *".to_string(),
        "i8" | "u8" => "char".to_string(),
        "i32" => "int".to_string(),
        "u32" => "uint32_t".to_string(),
        "i64" => "int64_t".to_string(),
        "u64" => "uint64_t".to_string(),
        name if STRUCTS.contains(&c_name(name)) => format!("struct {}", c_name(name)),
        name => c_name(name).to_string(),
    }
}

impl<T> InC for *mut T {
    fn in_c() -> String {
        format!("{} *", pointee::<T>())
    }
}

impl<T> InC for *const T {
    fn in_c() -> String {
        format!("const {} *", pointee::<T>())
    }
}

/// Callbacks; NULL is `None`.
macro_rules! callbacks {
    ($(($($unsafe:tt)?) $($of:ident),*;)*) => {
        $(impl<R: InC, $($of: InC),*> InC for Option<$($unsafe)? extern "C" fn($($of),*) -> R> {
            fn in_c() -> String {
                format!("{}(*)({})", R::in_c(), [$($of::in_c()),*].join(", "))
            }
        })*
    };
}

callbacks!((unsafe) A; (unsafe) A, B; () A, B;);

impl InC for () {
    fn in_c() -> String {
        "void".to_string()
    }
}

/// A function's signature in C's words, and the sizes of what it points to.
macro_rules! functions_of {
    ($($name:ident $($of:ident)*;)*) => {
        $(fn $name<R: InC, $($of: InC),*>(_: unsafe extern "C" fn($($of),*) -> R) -> String {
            format!("{}({})", R::in_c(), [$($of::in_c()),*].join(", "))
        })*
    };
}

fn of0<R: InC>(_: unsafe extern "C" fn() -> R) -> String {
    format!("{}()", R::in_c())
}

functions_of!(
    of1 A; of2 A B; of3 A B C; of4 A B C D; of5 A B C D E; of6 A B C D E F;
    of7 A B C D E F G; of8 A B C D E F G H;
);

/// Each function, by what the Rust compiler takes it for.
fn signatures() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("sig_version", of0(version::sig_version)),
        ("sig_version_string", of0(version::sig_version_string)),
        ("sig_strerror", of1(version::sig_strerror)),
        ("sig_init", of1(life::sig_init)),
        ("sig_fini", of0(life::sig_fini)),
        ("sig_is_owner", of0(life::sig_is_owner)),
        ("sig_adopt", of0(life::sig_adopt)),
        ("sig_install", of4(handlers::sig_install)),
        ("sig_ignore", of1(handlers::sig_ignore)),
        ("sig_default", of1(handlers::sig_default)),
        ("sig_restore", of1(handlers::sig_restore)),
        ("sig_query", of3(handlers::sig_query)),
        ("sig_interrupted", of2(handlers::sig_interrupted)),
        ("sig_check", of0(points::sig_check)),
        ("sig_check_frame", of1(points::sig_check_frame)),
        ("sig_next", of2(points::sig_next)),
        ("sig_breaker", of0(points::sig_breaker)),
        ("sig_hold", of0(points::sig_hold)),
        ("sig_release", of0(points::sig_release)),
        ("sig_add_pending_call", of2(calls::sig_add_pending_call)),
        ("sig_post", of1(calls::sig_post)),
        ("sig_trip", of1(trip::sig_trip)),
        ("sig_interrupt", of1(trip::sig_interrupt)),
        ("sig_set_wakeup_fd", of3(wakeup::sig_set_wakeup_fd)),
        ("sig_event_fd", of0(wakeup::sig_event_fd)),
        ("sig_event_handle", of1(wakeup::sig_event_handle)),
        ("sig_set_wakeup_fn", of2(wakeup::sig_set_wakeup_fn)),
        ("sig_wakeup_failures", of1(wakeup::sig_wakeup_failures)),
        ("sig_syscall", of7(blocking::sig_syscall)),
        ("sig_blocking_begin", of0(blocking::sig_blocking_begin)),
        ("sig_blocking_end", of0(blocking::sig_blocking_end)),
        ("sig_raised", of0(blocking::sig_raised)),
        ("sig_retry", of0(blocking::sig_retry)),
        ("sig_set_kick", of1(blocking::sig_set_kick)),
        ("sig_read", of3(files::sig_read)),
        ("sig_write", of3(files::sig_write)),
        ("sig_readv", of3(files::sig_readv)),
        ("sig_writev", of3(files::sig_writev)),
        ("sig_pread", of4(files::sig_pread)),
        ("sig_pwrite", of4(files::sig_pwrite)),
        ("sig_open", of3(files::sig_open)),
        ("sig_openat", of4(files::sig_openat)),
        ("sig_flock", of2(files::sig_flock)),
        ("sig_fcntl_lock", of3(files::sig_fcntl_lock)),
        ("sig_sendfile", of4(files::sig_sendfile)),
        ("sig_splice", of6(files::sig_splice)),
        ("sig_copy_file_range", of6(files::sig_copy_file_range)),
        ("sig_getrandom", of3(files::sig_getrandom)),
        ("sig_recv", of4(sockets::sig_recv)),
        ("sig_send", of4(sockets::sig_send)),
        ("sig_recvfrom", of6(sockets::sig_recvfrom)),
        ("sig_sendto", of6(sockets::sig_sendto)),
        ("sig_recvmsg", of3(sockets::sig_recvmsg)),
        ("sig_sendmsg", of3(sockets::sig_sendmsg)),
        ("sig_accept", of3(sockets::sig_accept)),
        ("sig_accept4", of4(sockets::sig_accept4)),
        ("sig_connect", of3(sockets::sig_connect)),
        ("sig_poll", of3(sockets::sig_poll)),
        ("sig_ppoll", of4(sockets::sig_ppoll)),
        ("sig_select", of5(sockets::sig_select)),
        ("sig_pselect", of6(sockets::sig_pselect)),
        ("sig_epoll_wait", of4(sockets::sig_epoll_wait)),
        ("sig_sleep", of1(sleeps::sig_sleep)),
        ("sig_pause", of0(sleeps::sig_pause)),
        ("sig_nanosleep", of2(sleeps::sig_nanosleep)),
        ("sig_clock_nanosleep", of4(sleeps::sig_clock_nanosleep)),
        ("sig_waitpid", of3(sleeps::sig_waitpid)),
        ("sig_wait4", of4(sleeps::sig_wait4)),
        ("sig_waitid", of4(sleeps::sig_waitid)),
        ("sig_futex_wait", of3(sleeps::sig_futex_wait)),
        ("sig_sem_wait", of1(sleeps::sig_sem_wait)),
        ("sig_semop", of3(sleeps::sig_semop)),
        ("sig_msgrcv", of5(sleeps::sig_msgrcv)),
        ("sig_msgsnd", of4(sleeps::sig_msgsnd)),
        ("sig_main", of0(contexts::life::sig_main)),
        ("sig_context_new", of0(contexts::life::sig_context_new)),
        ("sig_context_free", of1(contexts::life::sig_context_free)),
        ("sig_context_is_owner", of1(contexts::state::sig_context_is_owner)),
        ("sig_context_adopt", of1(contexts::state::sig_context_adopt)),
        ("sig_context_install", of5(contexts::state::sig_context_install)),
        ("sig_context_ignore", of2(contexts::state::sig_context_ignore)),
        ("sig_context_default", of2(contexts::state::sig_context_default)),
        ("sig_context_restore", of2(contexts::state::sig_context_restore)),
        ("sig_context_query", of4(contexts::state::sig_context_query)),
        ("sig_context_verify", of2(contexts::state::sig_context_verify)),
        ("sig_context_set_escalation", of4(contexts::state::sig_context_set_escalation)),
        ("sig_context_syscall", of8(contexts::state::sig_context_syscall)),
        ("sig_context_blocking_begin", of1(contexts::state::sig_context_blocking_begin)),
        ("sig_context_blocking_end", of1(contexts::state::sig_context_blocking_end)),
        ("sig_context_raised", of1(contexts::state::sig_context_raised)),
        ("sig_context_retry", of1(contexts::state::sig_context_retry)),
        ("sig_context_call_after", of6(contexts::state::sig_context_call_after)),
        ("sig_context_mask", of4(contexts::state::sig_context_mask)),
        ("sig_context_pending", of2(contexts::state::sig_context_pending)),
        ("sig_context_wait", of5(contexts::state::sig_context_wait)),
        ("sig_context_set_restart", of3(contexts::state::sig_context_set_restart)),
        ("sig_context_check", of1(contexts::points::sig_context_check)),
        ("sig_context_check_frame", of2(contexts::points::sig_context_check_frame)),
        ("sig_context_next", of3(contexts::points::sig_context_next)),
        ("sig_context_breaker", of1(contexts::points::sig_context_breaker)),
        ("sig_context_hold", of1(contexts::points::sig_context_hold)),
        ("sig_context_release", of1(contexts::points::sig_context_release)),
        (
            "sig_context_add_pending_call",
            of3(contexts::points::sig_context_add_pending_call),
        ),
        ("sig_context_post", of2(contexts::points::sig_context_post)),
        ("sig_context_trip", of2(contexts::points::sig_context_trip)),
        ("sig_context_interrupt", of2(contexts::points::sig_context_interrupt)),
        ("sig_context_set_wakeup_fd", of4(contexts::points::sig_context_set_wakeup_fd)),
        ("sig_context_event_fd", of1(contexts::points::sig_context_event_fd)),
        ("sig_context_event_handle", of2(contexts::points::sig_context_event_handle)),
        ("sig_context_set_wakeup_fn", of3(contexts::points::sig_context_set_wakeup_fn)),
        ("sig_context_wakeup_failures", of2(contexts::points::sig_context_wakeup_failures)),
        ("sig_context_read", of4(contexts::files::sig_context_read)),
        ("sig_context_write", of4(contexts::files::sig_context_write)),
        ("sig_context_readv", of4(contexts::files::sig_context_readv)),
        ("sig_context_writev", of4(contexts::files::sig_context_writev)),
        ("sig_context_pread", of5(contexts::files::sig_context_pread)),
        ("sig_context_pwrite", of5(contexts::files::sig_context_pwrite)),
        ("sig_context_open", of4(contexts::files::sig_context_open)),
        ("sig_context_openat", of5(contexts::files::sig_context_openat)),
        ("sig_context_flock", of3(contexts::files::sig_context_flock)),
        ("sig_context_fcntl_lock", of4(contexts::files::sig_context_fcntl_lock)),
        ("sig_context_sendfile", of5(contexts::files::sig_context_sendfile)),
        ("sig_context_splice", of7(contexts::files::sig_context_splice)),
        ("sig_context_copy_file_range", of7(contexts::files::sig_context_copy_file_range)),
        ("sig_context_getrandom", of4(contexts::files::sig_context_getrandom)),
        ("sig_context_recv", of5(contexts::sockets::sig_context_recv)),
        ("sig_context_send", of5(contexts::sockets::sig_context_send)),
        ("sig_context_recvfrom", of7(contexts::sockets::sig_context_recvfrom)),
        ("sig_context_sendto", of7(contexts::sockets::sig_context_sendto)),
        ("sig_context_recvmsg", of4(contexts::sockets::sig_context_recvmsg)),
        ("sig_context_sendmsg", of4(contexts::sockets::sig_context_sendmsg)),
        ("sig_context_accept", of4(contexts::sockets::sig_context_accept)),
        ("sig_context_accept4", of5(contexts::sockets::sig_context_accept4)),
        ("sig_context_connect", of4(contexts::sockets::sig_context_connect)),
        ("sig_context_poll", of4(contexts::sockets::sig_context_poll)),
        ("sig_context_ppoll", of5(contexts::sockets::sig_context_ppoll)),
        ("sig_context_select", of6(contexts::sockets::sig_context_select)),
        ("sig_context_pselect", of7(contexts::sockets::sig_context_pselect)),
        ("sig_context_epoll_wait", of5(contexts::sockets::sig_context_epoll_wait)),
        ("sig_context_sleep", of2(contexts::sleeps::sig_context_sleep)),
        ("sig_context_pause", of1(contexts::sleeps::sig_context_pause)),
        ("sig_context_nanosleep", of3(contexts::sleeps::sig_context_nanosleep)),
        ("sig_context_clock_nanosleep", of5(contexts::sleeps::sig_context_clock_nanosleep)),
        ("sig_context_waitpid", of4(contexts::sleeps::sig_context_waitpid)),
        ("sig_context_wait4", of5(contexts::sleeps::sig_context_wait4)),
        ("sig_context_waitid", of5(contexts::sleeps::sig_context_waitid)),
        ("sig_context_futex_wait", of4(contexts::sleeps::sig_context_futex_wait)),
        ("sig_context_sem_wait", of2(contexts::sleeps::sig_context_sem_wait)),
        ("sig_context_semop", of4(contexts::sleeps::sig_context_semop)),
        ("sig_context_msgrcv", of6(contexts::sleeps::sig_context_msgrcv)),
        ("sig_context_msgsnd", of5(contexts::sleeps::sig_context_msgsnd)),
        ("sig_latch_set", of1(latch::sig_latch_set)),
        ("sig_latch_is_set", of1(latch::sig_latch_is_set)),
        ("sig_latch_wait", of2(latch::sig_latch_wait)),
        ("sig_context_latch_wait", of3(latch::sig_context_latch_wait)),
        ("sig_verify", of1(handlers::sig_verify)),
        ("sig_set_escalation", of3(handlers::sig_set_escalation)),
        ("sig_call_after", of5(time::sig_call_after)),
        ("sig_cancel", of1(time::sig_cancel)),
        ("sig_context_stats", of3(stats::sig_context_stats)),
        ("sig_alarm", of1(time::sig_alarm)),
        ("sig_setitimer", of3(time::sig_setitimer)),
        ("sig_getitimer", of2(time::sig_getitimer)),
        ("sig_raise", of1(sending::sig_raise)),
        ("sig_kill", of2(sending::sig_kill)),
        ("sig_kill_thread", of2(sending::sig_kill_thread)),
        ("sig_queue", of3(sending::sig_queue)),
        ("sig_pidfd_send", of2(sending::sig_pidfd_send)),
        ("sig_mask", of3(sending::sig_mask)),
        ("sig_pending", of1(sending::sig_pending)),
        ("sig_wait", of4(sending::sig_wait)),
        ("sig_set_restart", of2(sending::sig_set_restart)),
        ("sig_name", of1(names::sig_name)),
        ("sig_describe", of1(names::sig_describe)),
        ("sig_number", of1(names::sig_number)),
        ("sig_valid", of0(names::sig_valid)),
        ("sig_stats", of2(stats::sig_stats)),
    ])
}

/// The size of the struct that a function is given a pointer to.
fn size_of_first<T, R, A>(_: unsafe extern "C" fn(*mut T, A) -> R) -> usize {
    size_of::<T>()
}

fn size_of_only<T, R>(_: unsafe extern "C" fn(*mut T) -> R) -> usize {
    size_of::<T>()
}

fn size_of_second_alone<T, R>(_: unsafe extern "C" fn(i32, *mut T) -> R) -> usize {
    size_of::<T>()
}

fn size_of_second<T, R>(_: unsafe extern "C" fn(i32, *mut T, usize) -> R) -> usize {
    size_of::<T>()
}

/// Each struct: the file that defines it, and its size for the Rust compiler.
fn structs() -> [(&'static str, &'static str, usize); 6] {
    [
        ("Itimer", "src/api/time.rs", size_of_second_alone(time::sig_getitimer)),
        ("Event", "src/context/event.rs", size_of_first(points::sig_next)),
        ("Job", "src/context/jobs.rs", size_of_only(calls::sig_post)),
        ("Disposition", "src/api/handlers.rs", size_of_second(handlers::sig_query)),
        ("Counters", "src/context/counters.rs", size_of_first(stats::sig_stats)),
        ("Latch", "src/api/latch.rs", size_of_only(latch::sig_latch_set)),
    ]
}

/// A C program that says yes or no to each claim; which were not true.
fn untrue(name: &str, claims: &[String]) -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut text =
        String::from("#include <safepoint.h>\n#include <stdio.h>\nint main(void)\n{\n");
    for claim in claims {
        text.push_str(&format!("    puts(({claim}) ? \"1\" : \"0\");\n"));
    }
    text.push_str("}\n");
    let source = folder.join(format!("{name}.c"));
    let program = folder.join(name);
    std::fs::write(&source, text).expect("writing the program");
    let compiled = Command::new(std::env::var("CC").unwrap_or("cc".to_string()))
        .args(["-std=gnu11", "-Wall", "-DSAFEPOINT_NO_INLINE", "-I"])
        .arg(root().join("include"))
        .arg(&source)
        .arg("-o")
        .arg(&program)
        .output()
        .expect("cc");
    assert!(
        compiled.status.success(),
        "the header lacks what src/ has, or does not compile:\n{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let said = Command::new(&program).output().expect("running the program").stdout;
    let said = String::from_utf8(said).expect("text");
    assert_eq!(said.lines().count(), claims.len(), "answers and claims");
    let pairs = said.lines().zip(claims).filter(|(answer, _)| *answer != "1");
    pairs.map(|(_, claim)| claim.clone()).collect()
}

const MEND: &str = "the header is generated: run the test `header` with \
                    SAFEPOINT_REWRITE_HEADER=1; if that does not mend it, \
                    tests/src/header.rs translates it wrongly";

#[test]
fn every_function_is_declared_as_it_is_defined() {
    let header = read("include/safepoint.h");
    let declared: BTreeSet<String> =
        prototypes::functions(&header).into_iter().map(|function| function.name).collect();
    let defined = signatures();
    let names: BTreeSet<String> = defined.keys().map(|name| name.to_string()).collect();
    assert_eq!(names, declared, "signatures() in tests/contract.rs, and the header");
    let claims: Vec<String> = defined
        .iter()
        .map(|(name, signature)| {
            let signature = signature.replace("()", "(void)");
            let signature = match *name {
                // The one word that Rust has no type for.
                "sig_breaker" | "sig_context_breaker" => {
                    signature.replace("const", "const volatile")
                }
                _ => signature,
            };
            format!("__builtin_types_compatible_p(__typeof__({name}), {signature})")
        })
        .collect();
    let untrue = untrue("signatures", &claims);
    assert!(untrue.is_empty(), "not so for C: {untrue:#?};\n{MEND}");
}

/// The fields of a struct of the sources, in order: name and type.
fn fields(rust: &str, file: &str) -> Vec<(String, String)> {
    let text = read(file);
    let begin = format!("\npub struct {rust} {{\n");
    let (before, behind) = text.split_once(&begin).expect("the struct, in its file");
    let attributes = before.rsplit("\n\n").next().unwrap_or_default();
    assert!(attributes.contains("#[repr(C)]"), "{rust} in {file} is not repr(C)");
    let (body, _) = behind.split_once("\n}").expect("the end of the struct");
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with(['/', '#']));
    let split = lines.filter(|line| !line.is_empty()).map(|line| {
        let field = line.strip_prefix("pub ").expect("a public field");
        let (name, of) = field.trim_end_matches(',').split_once(": ").expect("name: type");
        (name.trim_start_matches("r#").to_string(), of.to_string())
    });
    split.collect()
}

/// A field's type in C, its size and its alignment.
fn field_type(rust: &str, constants: &BTreeMap<String, i128>) -> (String, usize, usize) {
    if let Some(array) = rust.strip_prefix('[') {
        let (element, count) =
            array.trim_end_matches(']').split_once("; ").expect("an array");
        let count =
            count.parse().ok().or(constants.get(count).map(|value| *value as usize));
        let (c, size, align) = field_type(element, constants);
        let count = count.expect("the length of an array");
        return (format!("{c}[{count}]"), size * count, align);
    }
    let word = size_of::<usize>();
    match rust {
        "u32" => ("uint32_t".to_string(), 4, 4),
        "i32" => ("int32_t".to_string(), 4, 4),
        "u64" => ("uint64_t".to_string(), 8, align_of::<u64>()),
        "usize" => ("uintptr_t".to_string(), word, word),
        "isize" => ("intptr_t".to_string(), word, word),
        "*mut c_void" => ("void *".to_string(), size_of::<*mut c_void>(), word),
        "Call" | "Handler" => (c_name(rust).to_string(), word, word),
        "*mut Handle" => (format!("{} *", c_name("Handle")), word, word),
        other => panic!("a field of type {other}: say what that is in C in field_type()"),
    }
}

#[test]
fn every_struct_is_laid_out_as_it_is_declared() {
    let constants = constants();
    let mut claims = Vec::new();
    for (rust, file, compiled) in structs() {
        let c = c_name(rust);
        let (mut end, mut widest) = (0_usize, 1);
        for (name, of) in fields(rust, file) {
            let (c_type, size, align) = field_type(&of, &constants);
            let offset = end.next_multiple_of(align);
            claims.push(format!("offsetof({c}, {name}) == {offset}"));
            claims.push(format!(
                "__builtin_types_compatible_p(__typeof__((({c} *)0)->{name}), {c_type})"
            ));
            (end, widest) = (offset + size, widest.max(align));
        }
        let size = end.next_multiple_of(widest);
        assert_eq!(size, compiled, "{rust}: {file}, and what the compiler made of it");
        claims.push(format!("sizeof({c}) == {size} && _Alignof({c}) == {widest}"));
    }
    assert!(claims.len() > 60, "too few fields: {claims:#?}");
    let untrue = untrue("layouts", &claims);
    assert!(untrue.is_empty(), "not so for C: {untrue:#?};\n{MEND}");
}

/// A struct that nobody compares could be anything.
#[test]
fn every_struct_of_the_header_is_compared() {
    let header = read("include/safepoint.h");
    let declared = header.lines().filter_map(|line| line.strip_prefix("typedef struct "));
    let declared: BTreeSet<&str> =
        declared.filter_map(|line| line.strip_suffix(" {")).collect();
    let compared: BTreeSet<&str> =
        structs().iter().map(|(rust, ..)| c_name(rust)).collect();
    assert_eq!(compared, declared, "structs() in tests/contract.rs, and the header");
}

/// The sources' constants that are for C.
fn constants() -> BTreeMap<String, i128> {
    let mut found = BTreeMap::new();
    for file in ["context/event", "context/handlers", "context/counters"]
        .into_iter()
        .chain(["api/life", "api/handlers", "api/wakeup", "api/points", "api/calls"])
    {
        let text = read(&format!("src/{file}.rs"));
        for line in text.lines().filter_map(|l| l.strip_prefix("pub const SAFEPOINT_")) {
            let (name, rest) = line.split_once(": ").expect("a constant has a type");
            let value =
                rest.split_once(" = ").map(|(_, value)| value.trim_end_matches(';'));
            let value = value.and_then(|value| value.parse().ok());
            let value =
                value.unwrap_or_else(|| panic!("{file}: SAFEPOINT_{name} is no number"));
            found.insert(format!("SAFEPOINT_{name}"), value);
        }
    }
    found
}

#[test]
fn every_constant_has_the_value_that_it_has_in_the_library() {
    let defined = constants();
    let claims: Vec<String> =
        defined.iter().map(|(name, value)| format!("{name} == {value}")).collect();
    let untrue = untrue("constants", &claims);
    assert!(untrue.is_empty(), "not so for C: {untrue:#?};\n{MEND}");
    let header = read("include/safepoint.h");
    let macros = header.lines().filter_map(|line| line.strip_prefix("#define SAFEPOINT_"));
    let mut in_header: BTreeSet<String> = macros
        .filter(|rest| rest.contains(' ') && !rest.contains(['(', '{']))
        .filter_map(|rest| rest.split(' ').next().map(|name| format!("SAFEPOINT_{name}")))
        .collect();
    assert!(in_header.remove("SAFEPOINT_FOREVER"), "the one that the sources do not have");
    assert_eq!(in_header, defined.into_keys().collect(), "macros, and constants in src/");
}

#[test]
fn the_macros_make_what_the_library_expects() {
    let job = "(sig_job)SAFEPOINT_JOB(sig_post_it, &(int){ 7 })";
    let job = job.replace("sig_post_it", "(sig_call)0");
    let claims = [
        "SAFEPOINT_FOREVER == UINT64_MAX".to_string(),
        format!("({job}).size == sizeof(sig_job)"),
        format!("({job}).reserved == 0 && ({job}).fn == 0"),
        format!("*(int *)({job}).arg == 7"),
        format!("({job}).link[0] == 0 && ({job}).link[1] == 0"),
    ];
    let untrue = untrue("macros", &claims);
    assert!(untrue.is_empty(), "not so for C: {untrue:#?}");
}
