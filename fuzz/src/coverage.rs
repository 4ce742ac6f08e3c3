//! What a forked child has covered, told to its parent: libFuzzer knows only
//! the counters of its own process.

/// Memory that parent and child share, as large as the counters.
pub struct Told(#[allow(dead_code)] Option<&'static mut [u8]>);

#[cfg(fuzzing)]
mod counters {
    unsafe extern "C" {
        // The linker's names for the section's ends.
        static mut __start___sancov_cntrs: u8;
        static mut __stop___sancov_cntrs: u8;
    }

    pub fn all() -> &'static mut [u8] {
        let begin = &raw mut __start___sancov_cntrs;
        let end = &raw mut __stop___sancov_cntrs;
        // SAFETY: the section that the compiler made, all of it bytes.
        unsafe { std::slice::from_raw_parts_mut(begin, end.offset_from_unsigned(begin)) }
    }
}

impl Told {
    /// Before the fork.
    pub fn new() -> Self {
        #[cfg(not(fuzzing))]
        return Told(None);
        #[cfg(fuzzing)]
        // SAFETY: fresh memory of that size.
        unsafe {
            let size = counters::all().len();
            let (access, kind) = (
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            );
            let memory = libc::mmap(std::ptr::null_mut(), size, access, kind, -1, 0);
            assert_ne!(memory, libc::MAP_FAILED, "no memory for the counters");
            Told(Some(std::slice::from_raw_parts_mut(memory.cast(), size)))
        }
    }

    /// In the child, when it ends.
    pub fn tell(&mut self) {
        #[cfg(fuzzing)]
        if let Some(told) = &mut self.0 {
            told.copy_from_slice(counters::all());
        }
    }

    /// In the parent, then: the child began with all that it had itself.
    pub fn hear(&mut self) {
        #[cfg(fuzzing)]
        if let Some(told) = self.0.take() {
            counters::all().copy_from_slice(told);
            // SAFETY: mapped above, and not used any more.
            unsafe { libc::munmap(told.as_mut_ptr().cast(), told.len()) };
        }
    }
}
