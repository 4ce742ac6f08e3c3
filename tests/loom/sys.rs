//! What the zone asks of the system, in the models: one eventfd.

pub mod zone {
    use crate::atomics::AtomicU64;
    use loom::sync::atomic::Ordering::SeqCst;

    loom::lazy_static! {
        /// The kernel's counter: it changes under a lock of the kernel's.
        pub static ref EVENT: AtomicU64 = AtomicU64::new(0);
        pub static ref KICKS: AtomicU64 = AtomicU64::new(0);
        /// How often a wake-up function was called.
        pub static ref CALLED: AtomicU64 = AtomicU64::new(0);
    }

    pub fn write_event(_fd: i32) -> Result<(), i32> {
        EVENT.fetch_add(1, SeqCst);
        Ok(())
    }

    pub fn drain_event(_fd: i32) {
        EVENT.swap(0, SeqCst);
    }

    /// How often the owner was kicked.
    pub fn kick(_thread: i32, _signum: i32, _context: usize) {
        KICKS.fetch_add(1, SeqCst);
    }

    pub fn run_timer(_: i32, _: bool) {
        panic!("no timer is wanted")
    }

    /// A producer's: never the owner's, which is 7.
    pub fn this_thread() -> usize {
        1
    }

    pub const FENCES_ALL_THREADS: bool = true;

    /// In the kernel; here in the owner's own time, which is no less.
    pub fn fence_all_threads() {
        loom::sync::atomic::fence(SeqCst);
    }

    /// The models wake by the eventfd only.
    #[derive(Clone, Copy)]
    pub enum WakeKind {
        None = 0,
    }

    impl WakeKind {
        pub fn to_bits(self) -> u32 {
            self as u32
        }

        pub fn from_bits(_: u32) -> Self {
            WakeKind::None
        }
    }

    pub fn write_wakeup(_: WakeKind, _: i32, _: u8) -> Result<(), i32> {
        panic!("no descriptor is set")
    }

    pub fn call_wakeup(_: usize, _: i32, _: usize) {
        CALLED.fetch_add(1, SeqCst);
    }

    pub struct SavedErrno;

    impl SavedErrno {
        pub fn new() -> Self {
            SavedErrno
        }
    }
}
