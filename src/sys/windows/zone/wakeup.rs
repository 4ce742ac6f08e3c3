//! Wake-ups: sockets of a user's, and events of ours.
//!
//! A user's socket is kept as a duplicate of our own, in a table: another is
//! put in its place under a lock, so a number that was read before never comes
//! to mean a stranger's. Numbers of the table are below -1, where the system
//! has none.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::{c_int, c_void};
use core::mem::{transmute, zeroed};
use core::ptr::{from_ref, null};
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use core::sync::atomic::{AtomicU32, AtomicUsize, fence};

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
use windows_sys::Win32::Networking::WinSock::{
    AF_INET, FIONBIO, FROM_PROTOCOL_INFO, INADDR_LOOPBACK, INVALID_SOCKET, IPPROTO_UDP,
    SO_TYPE, SOCK_DGRAM, SOCKADDR_IN, SOCKET, SOCKET_ERROR, SOL_SOCKET,
    WSA_FLAG_NO_HANDLE_INHERIT, WSA_FLAG_OVERLAPPED, WSADATA, WSADuplicateSocketW,
    WSAEINVAL, WSAEMFILE, WSAENOBUFS, WSAENOTSOCK, WSAEWOULDBLOCK, WSAGetLastError,
    WSANOTINITIALISED, WSASocketW, WSAStartup, bind, closesocket, connect, getsockname,
    getsockopt, ioctlsocket, recv, send,
};
use windows_sys::Win32::System::Threading::{
    CreateEventW, GetCurrentProcessId, ResetEvent, SetEvent,
};

use super::{Spin, WakeKind};

/// What lies under a number of ours: a socket or an event, and 0 is nothing.
struct File {
    taken: AtomicU32,
    lock: Spin,
    kind: AtomicU32,
    value: AtomicUsize,
}

const ROOM: usize = 8192;
static FILES: [File; ROOM] = [const {
    File {
        taken: AtomicU32::new(0),
        lock: Spin::new(),
        kind: AtomicU32::new(0),
        value: AtomicUsize::new(0),
    }
}; ROOM];

fn file(number: c_int) -> Option<&'static File> {
    FILES.get((-2i32).wrapping_sub(number) as u32 as usize)
}

/// A number for what `make` makes, which is asked for only when there is one.
fn new_file(
    kind: WakeKind,
    make: impl FnOnce() -> Result<usize, c_int>,
) -> Result<c_int, c_int> {
    let found = FILES.iter().enumerate().find(|(_, file)| file.taken.swap(1, AcqRel) == 0);
    let (index, file) = found.ok_or(libc::EMFILE)?;
    match make() {
        Ok(value) => file.put(kind, value),
        Err(error) => {
            file.taken.store(0, Release);
            return Err(error);
        }
    }
    Ok(-2 - index as c_int)
}

impl File {
    /// Put this in the place of what was there, which is closed.
    fn put(&self, kind: WakeKind, value: usize) {
        let (before, of) = self.lock.with(|| {
            let of = self.kind.swap(kind.to_bits(), Relaxed);
            (self.value.swap(value, Relaxed), of)
        });
        if before != 0 {
            // SAFETY: ours, and nobody else has it any more.
            unsafe {
                match WakeKind::from_bits(of) {
                    WakeKind::Socket => _ = closesocket(before as SOCKET),
                    _ => _ = CloseHandle(before as HANDLE),
                }
            }
        }
    }

    fn get(&self) -> usize {
        self.value.load(Acquire)
    }
}

/// What C's errno.h has for an error of the sockets'; else the system's number.
pub fn error_of(error: i32) -> c_int {
    match error {
        WSAEWOULDBLOCK => libc::EAGAIN,
        WSAENOTSOCK => libc::EBADF,
        WSAEINVAL => libc::EINVAL,
        WSAEMFILE => libc::EMFILE,
        WSAENOBUFS => libc::ENOMEM,
        error => error,
    }
}

fn failed() -> c_int {
    // SAFETY: no preconditions.
    error_of(unsafe { WSAGetLastError() })
}

/// What kind of wake-up this descriptor takes: a socket. EBADF: not open.
/// EINVAL: no socket.
pub fn wake_kind(fd: c_int) -> Result<WakeKind, c_int> {
    unsafe extern "C" {
        fn _get_osfhandle(fd: c_int) -> isize;
    }
    let (mut kind, mut size) = (0i32, 4);
    // SAFETY: valid places. The C runtime has no more than some thousand
    // files; of a larger number it says that it is bad.
    unsafe {
        let to = (&raw mut kind).cast();
        let mut result = getsockopt(fd as SOCKET, SOL_SOCKET, SO_TYPE, to, &mut size);
        if result == SOCKET_ERROR && WSAGetLastError() == WSANOTINITIALISED {
            start()?;
            result = getsockopt(fd as SOCKET, SOL_SOCKET, SO_TYPE, to, &mut size);
        }
        if result == SOCKET_ERROR {
            let is_file = (0..8192).contains(&fd) && _get_osfhandle(fd) >= 0;
            return Err(if is_file { libc::EINVAL } else { libc::EBADF });
        }
    }
    Ok(WakeKind::Socket)
}

/// From here on it does not block.
fn unblock(socket: SOCKET) -> Result<(), c_int> {
    // SAFETY: a valid place.
    match unsafe { ioctlsocket(socket, FIONBIO, &mut 1) } {
        0 => Ok(()),
        _ => Err(failed()),
    }
}

/// A socket of our own for the same connection; neither blocks any more. Where
/// it fails, the user's is as it was.
fn duplicate_socket(fd: c_int) -> Result<SOCKET, c_int> {
    // SAFETY: zeros are valid ones; the process is this.
    unsafe {
        let mut info = zeroed();
        if WSADuplicateSocketW(fd as SOCKET, GetCurrentProcessId(), &mut info) != 0 {
            return Err(failed());
        }
        let flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
        let any = FROM_PROTOCOL_INFO;
        let ours = match WSASocketW(any, any, any, &info, 0, flags) {
            INVALID_SOCKET => return Err(failed()),
            socket => socket,
        };
        let unblocked = unblock(fd as SOCKET).and_then(|()| unblock(ours));
        if unblocked.is_err() {
            closesocket(ours);
        }
        unblocked.map(|()| ours)
    }
}

/// A number of ours for a user's socket.
pub fn duplicate(fd: c_int) -> Result<c_int, c_int> {
    new_file(WakeKind::Socket, || duplicate_socket(fd))
}

/// Put a user's socket under a number of ours, or nothing, where `fd` is of ours
/// itself.
pub fn put_under(fd: c_int, number: c_int) -> Result<(), c_int> {
    let file = file(number).ok_or(libc::EBADF)?;
    let socket = if fd < 0 { 0 } else { duplicate_socket(fd)? };
    file.put(WakeKind::Socket, socket);
    Ok(())
}

/// Give a number of ours back.
pub fn close(number: c_int) {
    if let Some(file) = file(number) {
        file.put(WakeKind::Event, 0);
        file.taken.store(0, Release);
    }
}

/// An event that stays set until it is reset: its number, to wait for and to set.
pub fn new_event() -> Result<[c_int; 2], c_int> {
    let number = new_file(WakeKind::Event, || {
        // SAFETY: no name, no security.
        match unsafe { CreateEventW(null(), 1, 0, null()) } as usize {
            0 => Err(libc::ENOMEM),
            event => Ok(event),
        }
    })?;
    Ok([number; 2])
}

pub fn close_event([number, _]: [c_int; 2]) {
    close(number);
}

/// What nobody waits for, to lie under a number in a socket's place.
pub fn new_nobody() -> Result<c_int, c_int> {
    new_event().map(|[number, _]| number)
}

/// The event itself, for the system's own waits.
pub fn event_handle(number: c_int) -> *mut c_void {
    file(number).map_or(0, File::get) as *mut c_void
}

/// Write one wake-up; never waits.
pub fn write_wakeup(_: WakeKind, number: c_int, byte: u8) -> Result<(), c_int> {
    let file = file(number).ok_or(libc::EBADF)?;
    // Not replaced meanwhile: sockets do not block.
    file.lock.with(|| match file.get() {
        0 => Err(libc::EBADF),
        socket => {
            // SAFETY: one readable byte.
            let sent = unsafe { send(socket, from_ref(&byte), 1, 0) };
            if sent == 1 { Ok(()) } else { Err(failed()) }
        }
    })
}

/// Set an event.
pub fn write_event(number: c_int) -> Result<(), c_int> {
    // SAFETY: an event of ours, which is never closed.
    let set = unsafe { SetEvent(event_handle(number)) };
    if set != 0 { Ok(()) } else { Err(libc::EBADF) }
}

/// Reset it; the owner's half.
pub fn drain_event(number: c_int) {
    // SAFETY: as above.
    unsafe { ResetEvent(event_handle(number)) };
}

/// Call the user's wake-up function.
pub fn call_wakeup(function: usize, signum: c_int, argument: usize) {
    if function != 0 {
        // SAFETY: stored from a function of this type by `sig_set_wakeup_fn`.
        let function: extern "C" fn(c_int, *mut c_void) = unsafe { transmute(function) };
        function(signum, argument as *mut c_void);
    }
}

fn start() -> Result<(), c_int> {
    // SAFETY: zeros are a valid place; once more does no harm.
    match unsafe { WSAStartup(0x202, &mut zeroed::<WSADATA>()) } {
        0 => Ok(()),
        error => Err(error_of(error)),
    }
}

/// A socket that sends to itself, for who waits for sockets and is kicked.
/// Never closed.
pub struct Socket {
    socket: AtomicUsize,
    open: AtomicU32,
}

impl Socket {
    pub const fn new() -> Self {
        Socket { socket: AtomicUsize::new(0), open: AtomicU32::new(0) }
    }

    /// From here on kicks make it readable. The place's thread.
    pub fn open(&self) -> Result<SOCKET, c_int> {
        if self.socket.load(Acquire) == 0 {
            self.socket.store(new_socket()?, Release);
        }
        self.open.store(1, SeqCst);
        fence(SeqCst);
        Ok(self.socket.load(Acquire))
    }

    /// No more; what came is taken out.
    pub fn close(&self) {
        self.open.store(0, SeqCst);
        let mut bytes = [0u8; 16];
        // SAFETY: as many writable bytes. It does not block.
        while unsafe { recv(self.socket.load(Acquire), bytes.as_mut_ptr(), 16, 0) } > 0 {}
    }

    /// Any thread, when it has set the event.
    pub fn kick(&self) {
        fence(SeqCst);
        if self.open.load(SeqCst) != 0 {
            // SAFETY: one readable byte. It does not block: a full one is readable.
            unsafe { send(self.socket.load(Acquire), [0u8].as_ptr(), 1, 0) };
        }
    }
}

fn new_socket() -> Result<SOCKET, c_int> {
    start()?;
    let flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
    // SAFETY: zeros are a valid address; valid places of its size.
    unsafe {
        let socket = WSASocketW(AF_INET as i32, SOCK_DGRAM, IPPROTO_UDP, null(), 0, flags);
        if socket == INVALID_SOCKET {
            return Err(failed());
        }
        let mut at: SOCKADDR_IN = zeroed();
        at.sin_family = AF_INET;
        at.sin_addr.S_un.S_addr = INADDR_LOOPBACK.to_be();
        let (place, mut size) = ((&raw mut at).cast(), size_of::<SOCKADDR_IN>() as i32);
        let itself = bind(socket, place, size) == 0
            && getsockname(socket, place, &mut size) == 0
            && connect(socket, place, size) == 0
            && unblock(socket).is_ok();
        if itself {
            return Ok(socket);
        }
        let error = failed();
        closesocket(socket);
        Err(error)
    }
}
