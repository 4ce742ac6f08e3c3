//! The owner's side of the C library, on Unix.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::{c_int, c_void};
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU32, AtomicUsize};

use super::zone::{SavedErrno, WakeKind, last_error, swap_mask};

pub use super::zone::this_thread;

pub use libc::{
    E2BIG, EAGAIN, EBADF, EBUSY, EEXIST, EFAULT, EINVAL, EMFILE, ENFILE, ENOENT, ENOMEM,
    ENOSYS, EPERM, ESTALE,
};
pub use libc::{EALREADY, EINPROGRESS, EINTR, EISCONN, ENOTSUP, ESRCH, ETIMEDOUT};
pub use libc::{SIGCHLD, SIGINT, SIGKILL, SIGPIPE, SIGSTOP, SIGURG, SIGXFSZ};

pub const SA_RESTART: u32 = libc::SA_RESTART as u32;
pub const SA_NOCLDSTOP: u32 = libc::SA_NOCLDSTOP as u32;
pub const SA_NOCLDWAIT: u32 = libc::SA_NOCLDWAIT as u32;

/// Numbers that signals have, beside the real-time ones.
pub const VALID: u64 = (1 << 31) - 1;

/// Masks, signals between threads and processes, and calls that a signal
/// interrupts.
pub const IS_POSIX: bool = true;

/// Whether there is a system call of this number: the kernel says.
#[inline(always)]
pub fn is_there(_: core::ffi::c_long) -> bool {
    true
}

/// The calling thread enters code that is not ours, and has left it: repeated
/// kicks are enough.
pub fn enter_foreign(_: usize) -> Result<(), Errno> {
    Ok(())
}
pub fn leave_foreign() {}

/// Nobody waits until a signal's handler is put back.
pub fn let_go(_: u32) {}

/// There are descriptors, and no handles.
pub fn event_handle(_: c_int) -> *mut c_void {
    core::ptr::null_mut()
}

/// A failed call's errno, positive.
pub type Errno = c_int;

/// End the process at once. Never reached in what ships: see `panic`.
#[cfg(all(not(feature = "std"), not(test)))]
pub fn abort() -> ! {
    // SAFETY: no preconditions.
    unsafe { libc::abort() }
}

/// The real-time signals that the C library leaves to programs.
pub fn real_time() -> core::ops::RangeInclusive<u32> {
    #[cfg(target_os = "linux")]
    return libc::SIGRTMIN() as u32..=libc::SIGRTMAX() as u32;
    #[cfg(not(target_os = "linux"))]
    // macOS has none, and FreeBSD's begin at 65, beyond our sets.
    #[allow(clippy::reversed_empty_ranges)]
    return 1..=0;
}

/// The process-wide lock: dispositions and fork. Signals are blocked while it
/// is held, so that no handler on this thread can find it taken. Its holder
/// may take it again: fork holds it while it calls the atfork handlers of
/// others, which may call anything of ours.
pub struct Lock {
    /// The thread, or 0.
    holder: AtomicUsize,
    /// How often it has taken it besides, and its mask: the holder's alone.
    again: AtomicU32,
    mask: [AtomicU32; 2],
}

impl Lock {
    pub const fn new() -> Self {
        Lock {
            holder: AtomicUsize::new(0),
            again: AtomicU32::new(0),
            mask: [const { AtomicU32::new(0) }; 2],
        }
    }

    /// With the lock held, and not across anything that can fail to return.
    pub fn with<T>(&self, work: impl FnOnce() -> T) -> T {
        self.lock();
        let result = work();
        self.unlock();
        result
    }

    /// Block every signal, then take it.
    #[inline(never)]
    pub fn lock(&self) {
        let me = this_thread();
        if self.holder.load(Relaxed) == me {
            return self.again.store(self.again.load(Relaxed) + 1, Relaxed);
        }
        let before = swap_mask(libc::SIG_BLOCK, !0).unwrap_or(UNKNOWN_MASK);
        while self.holder.compare_exchange(0, me, Acquire, Relaxed).is_err() {
            let_others_run();
        }
        let [low, high] = &self.mask;
        low.store(before as u32, Relaxed);
        high.store((before >> 32) as u32, Relaxed);
    }

    /// Give it back, then put the mask back.
    #[inline(never)]
    pub fn unlock(&self) {
        if let Some(again) = self.again.load(Relaxed).checked_sub(1) {
            return self.again.store(again, Relaxed);
        }
        let [low, high] = &self.mask;
        let before = u64::from(high.load(Relaxed)) << 32 | u64::from(low.load(Relaxed));
        self.holder.store(0, Release);
        if before != UNKNOWN_MASK {
            let _ = swap_mask(libc::SIG_SETMASK, before);
        }
    }
}

/// Where the mask could not be changed. No thread's: none has SIGKILL.
const UNKNOWN_MASK: u64 = !0;

/// Have these called around every `fork`.
pub fn at_fork(
    prepare: unsafe extern "C" fn(),
    parent: unsafe extern "C" fn(),
    child: unsafe extern "C" fn(),
) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    #[cfg(target_os = "macos")]
    stay_mapped(prepare as *const c_void);
    // SAFETY: the functions are static, and the library is never unmapped.
    match unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) } {
        0 => Ok(()),
        error => Err(error),
    }
}

/// Have dlclose leave the image mapped that this lies in. Elsewhere the linker
/// says so.
#[cfg(target_os = "macos")]
fn stay_mapped(inside: *const c_void) {
    let mut image = core::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let mode = libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
    // SAFETY: a valid place; an image that is there, by its own name. The
    // program itself, which is always mapped, may be refused.
    unsafe {
        if libc::dladdr(inside, image.as_mut_ptr()) != 0 {
            libc::dlopen(image.assume_init().dli_fname, mode);
        }
    }
}

/// Called with a value of its own when a thread ends that was marked with it:
/// returns, pthread_exit, cancelled. A key of POSIX threads, not a thread-
/// local, which would need a TLS segment.
pub struct AtThreadExit(AtomicUsize);

impl AtThreadExit {
    pub const fn new() -> Self {
        AtThreadExit(AtomicUsize::new(0))
    }

    /// Before any thread is marked; once is enough.
    pub fn call(&self, function: unsafe extern "C" fn(*mut c_void)) -> Result<(), Errno> {
        if self.0.load(Acquire) != 0 {
            return Ok(());
        }
        let mut key = 0;
        // SAFETY: a valid place; the function is static.
        match unsafe { libc::pthread_key_create(&mut key, Some(function)) } {
            0 => {
                // Keys begin at 0. Where two threads come here at once, one
                // key is left unused.
                self.0.store(key as usize + 1, Release);
                Ok(())
            }
            error => Err(error),
        }
    }

    /// Mark the calling thread; the value is not null.
    pub fn mark(&self, value: *const c_void) {
        let key = self.0.load(Acquire).wrapping_sub(1) as libc::pthread_key_t;
        // SAFETY: a key that was created. It can fail for want of memory where
        // a program has more than 32 keys; then the end goes unnoticed.
        unsafe { libc::pthread_setspecific(key, value) };
    }

    /// Whether the calling thread is marked.
    pub fn is_marked(&self) -> bool {
        let Some(key) = self.0.load(Acquire).checked_sub(1) else { return false };
        // SAFETY: a key that was created.
        unsafe { !libc::pthread_getspecific(key as libc::pthread_key_t).is_null() }
    }
}

/// Let another thread run.
pub fn let_others_run() {
    // SAFETY: no preconditions.
    unsafe { libc::sched_yield() };
}

/// Memory for the life of the process: zeros, which take none until they are
/// written to.
pub fn map(size: usize) -> Result<*mut c_void, Errno> {
    let _errno = SavedErrno::new();
    let access = libc::PROT_READ | libc::PROT_WRITE;
    #[cfg(not(target_os = "freebsd"))]
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    #[cfg(target_os = "freebsd")]
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS; // never reserved there
    // SAFETY: fresh memory, wherever there is some.
    let memory = unsafe { libc::mmap(core::ptr::null_mut(), size, access, kind, -1, 0) };
    if memory == libc::MAP_FAILED { Err(ENOMEM) } else { Ok(memory) }
}

/// What kind of wake-up this descriptor takes. EBADF: not open. EINVAL:
/// blocking, not open for writing, or neither pipe, socket nor eventfd.
pub fn wake_kind(fd: c_int) -> Result<WakeKind, Errno> {
    let _errno = SavedErrno::new();
    // SAFETY: no pointers.
    let flags = again(|| unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    if flags & libc::O_NONBLOCK == 0 || flags & libc::O_ACCMODE == libc::O_RDONLY {
        return Err(EINVAL);
    }
    let mut stat = core::mem::MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: a valid place to write to, zeroed so that it is initialised.
    let stat = unsafe {
        check(libc::fstat(fd, stat.as_mut_ptr()))?;
        stat.assume_init()
    };
    #[cfg(target_os = "macos")]
    super::zone::system::keep_sigpipe_away(fd);
    match stat.st_mode & libc::S_IFMT {
        // FreeBSD calls an eventfd so, too, but one without blocks.
        #[cfg(target_os = "freebsd")]
        libc::S_IFIFO if stat.st_blksize == 0 => wake_kind_of_event(fd),
        libc::S_IFIFO => Ok(WakeKind::Pipe),
        libc::S_IFSOCK => Ok(WakeKind::Socket),
        // What has no type at all is one of the kernel's anonymous files.
        0 => wake_kind_of_event(fd),
        _ => Err(EINVAL),
    }
}

/// Of the kernel's anonymous files only an eventfd takes eight bytes, and adding
/// 0 changes nothing.
fn wake_kind_of_event(fd: c_int) -> Result<WakeKind, Errno> {
    let zero = 0u64;
    // SAFETY: eight readable bytes.
    match unsafe { libc::write(fd, (&raw const zero).cast(), 8) } {
        8 => Ok(WakeKind::Event),
        _ => Err(EINVAL),
    }
}

/// A descriptor of our own for the same file, close-on-exec, not 0 to 2.
pub fn duplicate(fd: c_int) -> Result<c_int, Errno> {
    let _errno = SavedErrno::new();
    // SAFETY: no pointers.
    again(|| unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) })
}

/// Put the file of `fd` under `number`, in one step.
pub fn put_under(fd: c_int, number: c_int) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    #[cfg(not(target_os = "macos"))]
    // SAFETY: no pointers.
    again(|| unsafe { libc::dup3(fd, number, libc::O_CLOEXEC) })?;
    #[cfg(target_os = "macos")]
    // SAFETY: no pointers.
    again(|| unsafe {
        match libc::dup2(fd, number) {
            -1 => -1,
            _ => libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC),
        }
    })?;
    Ok(())
}

pub fn close(fd: c_int) {
    let _errno = SavedErrno::new();
    // SAFETY: the caller's own descriptor. Never retried: Linux closes it
    // even where it says EINTR.
    unsafe { libc::close(fd) };
}

/// What is readable while something is pending, not 0 to 2: the descriptor to
/// read, and the one to write to.
pub fn new_event() -> Result<[c_int; 2], Errno> {
    let _errno = SavedErrno::new();
    let [reader, writer] = super::zone::new_event()?;
    if reader > 2 && writer > 2 {
        return Ok([reader, writer]);
    }
    let higher = duplicate(reader).and_then(|higher| match reader == writer {
        true => Ok([higher; 2]),
        false => {
            duplicate(writer).map(|writer| [higher, writer]).inspect_err(|_| close(higher))
        }
    });
    close_event([reader, writer]);
    higher
}

pub fn close_event([reader, writer]: [c_int; 2]) {
    close(reader);
    if writer != reader {
        close(writer);
    }
}

/// A file that nobody reads, and that takes no byte without saying so.
pub fn new_nobody() -> Result<c_int, Errno> {
    let _errno = SavedErrno::new();
    let [nobody, writer] = super::zone::new_event()?;
    if writer != nobody {
        close(writer); // what is left is for reading: EBADF, and no SIGPIPE
    }
    Ok(nobody)
}

/// Three times at most, where a signal has ended it, or somebody is just
/// opening a file under that number: EBUSY. EINTR is for what handlers raise.
fn again(call: impl Fn() -> c_int) -> Result<c_int, Errno> {
    for _ in 0..3 {
        match check(call()) {
            Err(EINTR | EBUSY) => let_others_run(),
            result => return result,
        }
    }
    Err(EBUSY)
}

fn check(result: c_int) -> Result<c_int, Errno> {
    if result < 0 { Err(last_error()) } else { Ok(result) }
}
