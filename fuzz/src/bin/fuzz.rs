//! libFuzzer's program: see docs/fuzzing.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    safepoint_fuzz::run(bytes);
});
