//! Makes `include/safepoint.h`: the overview, then for each section the prose
//! at the top of its file in `src/api` and what cbindgen makes of its items.

use crate::read;

/// A section: the files that hold its types, and its functions. The first line
/// of one is the section's number and title.
const SECTIONS: &[&[&str]] = &[
    &["src/api/version.rs"],
    &["src/api/life.rs"],
    &["src/context/event.rs", "src/context/handlers.rs", "src/api/handlers.rs"],
    &["src/api/points.rs"],
    &["src/context/jobs.rs", "src/api/calls.rs"],
    &["src/api/trip.rs"],
    &["src/api/wakeup.rs"],
    &["src/api/blocking.rs", "src/api/files.rs", "src/api/sockets.rs", "src/api/sleeps.rs"],
    &["src/api/time.rs"],
    &["src/api/sending.rs"],
    &["src/api/names.rs"],
    &[
        "src/api/contexts/life.rs",
        "src/api/contexts/state.rs",
        "src/api/contexts/points.rs",
        "src/api/contexts/files.rs",
        "src/api/contexts/sockets.rs",
        "src/api/contexts/sleeps.rs",
    ],
    &["src/api/latch.rs"],
    &["src/context/counters.rs", "src/api/stats.rs"],
];

/// What the sources call it, and C does.
const NAMES: &[(&str, &str)] = &[
    ("Event", "sig_event"),
    ("Handle", "sig_context"),
    ("Handler", "sig_handler"),
    ("Call", "sig_call"),
    ("Job", "sig_job"),
    ("Wakeup", "sig_wakeup"),
    ("Disposition", "sig_disposition"),
    ("Itimer", "sig_itimer"),
    ("Counters", "sig_counters"),
    ("Latch", "sig_latch"),
];

/// What Rust has no word for, behind the files that it belongs to.
const BY_HAND: &[(&str, &str)] = &[
    ("src/api/points.rs", "tests/src/inline.h"),
    ("src/api/calls.rs", "tests/src/job.h"),
    ("src/api/blocking.rs", "tests/src/retry.h"),
    ("src/api/latch.rs", "tests/src/latch.h"),
];

/// Structs of the C library's, which its headers define: a tag is enough.
pub const STRUCTS: &[&str] = &[
    "epoll_event",
    "flock",
    "iovec",
    "msghdr",
    "pollfd",
    "rusage",
    "sembuf",
    "sockaddr",
    "timespec",
    "timeval",
];

/// Items of those files that are not for C.
const NOT_FOR_C: &[&str] = &[
    "ALL_FLAGS",
    "LARGEST",
    "BreakerAddress",
    "VERSION",
    "safepoint_breaker",
    "UNSET",
    "AWAITED",
    "SET",
];

pub fn generate() -> String {
    let mut header = read("tests/src/overview.h");
    for files in SECTIONS {
        let mut sources = files.iter().map(|file| read(file));
        let titled =
            sources.find(|text| text.as_bytes().get(4).is_some_and(u8::is_ascii_digit));
        header.push_str(&prose(&titled.expect("a section has a number")));
        for file in *files {
            header.push_str(&declarations(file));
            header.push('\n');
            if let Some((_, more)) = BY_HAND.iter().find(|(behind, _)| behind == file) {
                header.push_str(&read(more));
            }
        }
    }
    header.push_str(
        "\n#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n#endif /* SAFEPOINT_H */\n",
    );
    squeeze(&header)
}

/// The `//!` lines at the top of a file, as a C comment with a rule.
fn prose(source: &str) -> String {
    let lines: Vec<&str> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let (title, rest) = lines.split_first().expect("a section has a title");
    let mut comment = format!("\n/* {}\n * {title}\n", "=".repeat(75));
    for line in rest {
        comment.push_str(format!(" * {line}").trim_end());
        comment.push('\n');
    }
    comment + " */\n\n"
}

fn declarations(file: &str) -> String {
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        no_includes: true,
        style: cbindgen::Style::Both,
        documentation_style: cbindgen::DocumentationStyle::Doxy,
        documentation_length: cbindgen::DocumentationLength::Full,
        line_length: 78,
        tab_width: 4,
        usize_is_size_t: true,
        cpp_compat: false,
        ..Default::default()
    };
    config.function.sort_by = Some(cbindgen::SortKey::None);
    config.function.args = cbindgen::Layout::Auto;
    config.export.rename =
        NAMES.iter().map(|(rust, c)| (rust.to_string(), c.to_string())).collect();
    config.export.exclude = NOT_FOR_C.iter().map(|name| name.to_string()).collect();
    config.export.include = NAMES.iter().map(|(rust, _)| rust.to_string()).collect();
    let mut out = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(crate::root().join(file))
        .generate()
        .unwrap_or_else(|error| panic!("{file}: {error}"))
        .write(&mut out);
    let text = String::from_utf8(out).expect("cbindgen writes UTF-8");
    // What cbindgen has no word for: a word that others change, and integers
    // that hold a pointer.
    let text = STRUCTS.iter().fold(text, |text, name| {
        text.replace(&format!("{name} *"), &format!("struct {name} *"))
    });
    short_comments(&text)
        .replace("const uint32_t *sig_breaker(", "const volatile uint32_t *sig_breaker(")
        .replace("const uint32_t *sig_context_", "const volatile uint32_t *sig_context_")
        .replace("ptrdiff_t value", "intptr_t value")
        .replace("sig_kill_thread(size_t ", "sig_kill_thread(uintptr_t ")
        .replace("size_t link[2]", "uintptr_t link[2]")
}

/// A comment of one line on one line.
fn short_comments(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < lines.len() {
        if let [open, one, close, ..] = lines[at..]
            && open.trim() == "/**"
            && close.trim() == "*/"
        {
            let short = format!("{open} {} */", one.trim().trim_start_matches("* "));
            if short.chars().count() <= 80 {
                out.push_str(&short);
                out.push('\n');
                at += 3;
                continue;
            }
        }
        out.push_str(lines[at]);
        out.push('\n');
        at += 1;
    }
    out
}

/// No run of more than one empty line.
fn squeeze(text: &str) -> String {
    let mut out = String::new();
    let mut empty = 0;
    for line in text.lines() {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}
