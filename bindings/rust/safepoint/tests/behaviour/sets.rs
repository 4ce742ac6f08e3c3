// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signals, sets and the version.

use safepoint::{Signal, SignalSet};

crate::tests![
    the_constants_are_those_of_the_c_library
    every_signal_is_its_name_and_its_number_again
    what_is_no_signal_is_refused
    sets_are_sets
    the_version_is_the_librarys
    the_library_is_linked_as_was_asked_for
];

fn the_constants_are_those_of_the_c_library() {
    macro_rules! same {
        ($($here:ident $there:ident),*) => {
            $(assert_eq!(Signal::$here.number(), libc::$there);)*
            let all = [$(Signal::$here),*];
            assert_eq!(all.len(), 31);
            $(assert_eq!(Signal::$here.name(), stringify!($there));)*
        };
    }
    same!(
        HUP SIGHUP, INT SIGINT, QUIT SIGQUIT, ILL SIGILL, TRAP SIGTRAP, ABRT SIGABRT,
        BUS SIGBUS, FPE SIGFPE, KILL SIGKILL, USR1 SIGUSR1, SEGV SIGSEGV, USR2 SIGUSR2,
        PIPE SIGPIPE, ALRM SIGALRM, TERM SIGTERM, STKFLT SIGSTKFLT, CHLD SIGCHLD,
        CONT SIGCONT, STOP SIGSTOP, TSTP SIGTSTP, TTIN SIGTTIN, TTOU SIGTTOU, URG SIGURG,
        XCPU SIGXCPU, XFSZ SIGXFSZ, VTALRM SIGVTALRM, PROF SIGPROF, WINCH SIGWINCH,
        IO SIGIO, PWR SIGPWR, SYS SIGSYS
    );
}

fn every_signal_is_its_name_and_its_number_again() {
    let mut last = 0;
    for signal in SignalSet::all().iter() {
        assert!(signal.number() > last);
        last = signal.number();
        assert_eq!(signal.name().parse::<Signal>().unwrap(), signal);
        assert_eq!(signal.number().to_string().parse::<Signal>().unwrap(), signal);
        assert_eq!(Signal::try_from(signal.number()).unwrap(), signal);
        assert!(!signal.describe().is_empty());
    }
    assert_eq!(last, 64);
    assert_eq!(format!("{:>8}|{:?}", Signal::INT, Signal::INT), "  SIGINT|SIGINT");
    assert_eq!(Signal::INT.describe(), "Interrupt");
}

fn what_is_no_signal_is_refused() {
    for number in [i32::MIN, -1, 0, 32, 33, 65, i32::MAX] {
        let error = Signal::try_from(number).unwrap_err();
        assert_eq!(error.errno(), libc::EINVAL, "{number}");
    }
    for name in ["", "SIG", "FOO", "INT\0", "0", "65", "RTMIN+31"] {
        assert_eq!(name.parse::<Signal>().unwrap_err().errno(), libc::EINVAL, "{name:?}");
    }
}

fn sets_are_sets() {
    let mut set = Signal::INT | Signal::HUP;
    assert_eq!(set.bits(), 0b11);
    assert_eq!(set.iter().collect::<Vec<_>>(), [Signal::HUP, Signal::INT]);
    assert_eq!(format!("{set:?}"), "{SIGHUP, SIGINT}");
    set |= Signal::TERM;
    set -= Signal::HUP;
    assert_eq!(set, [Signal::INT, Signal::TERM].into_iter().collect());
    assert_eq!(set & Signal::TERM, Signal::TERM.into());
    assert!(!(!set).contains(Signal::INT) && (!set).contains(Signal::HUP));
    assert_eq!(!!set, set);
    set &= SignalSet::EMPTY;
    assert!(set.is_empty() && set == SignalSet::default());
    set.extend([Signal::SYS]);
    assert_eq!(set.bits(), 1 << 30);
    assert_eq!(SignalSet::from_bits(u64::MAX), SignalSet::all());
    assert!(SignalSet::all().contains("RTMAX".parse().unwrap()));
}

fn the_version_is_the_librarys() {
    let parts: Vec<u32> =
        safepoint::version().split('.').map(|part| part.parse().unwrap()).collect();
    assert_eq!(safepoint::version_number(), parts[0] << 16 | parts[1] << 8 | parts[2]);
    assert_eq!(safepoint::version(), env!("CARGO_PKG_VERSION"));
}

fn the_library_is_linked_as_was_asked_for() {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let names = maps.lines().filter_map(|line| line.split_whitespace().nth(5));
    let mut shared: Vec<_> = names.filter(|name| name.contains("libsafepoint")).collect();
    shared.dedup();
    let inside = cfg!(feature = "vendored") || option_env!("SAFEPOINT_STATIC").is_some();
    assert_eq!(shared.len(), usize::from(!inside), "{shared:?}");
}
