// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waits for descriptors: see `wait` for what all of them promise.

use std::ffi::{CString, c_int, c_long};
use std::fs::File;
use std::io::{IoSlice, IoSliceMut};
use std::marker::PhantomData;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null_mut;
use std::time::Duration;

use safepoint_sys as sys;

use crate::Context;
use crate::error::{EINVAL, Error};

const O_CLOEXEC: c_int = 0o2_000_000;

/// What [`Context::poll`] watches: a descriptor, and what for.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PollFd<'fd> {
    fd: RawFd,
    events: i16,
    revents: i16,
    borrowed: PhantomData<BorrowedFd<'fd>>,
}

impl<'fd> PollFd<'fd> {
    /// There is something to read.
    pub const IN: i16 = 1;
    /// There is something urgent to read.
    pub const PRI: i16 = 2;
    /// It can be written to.
    pub const OUT: i16 = 4;
    /// An error, told without being asked for.
    pub const ERR: i16 = 8;
    /// The other end has gone, told without being asked for.
    pub const HUP: i16 = 16;

    /// Watch this descriptor for these: `IN | OUT`, as poll(2) has them.
    #[must_use]
    pub fn new<Fd: AsFd>(fd: &'fd Fd, events: i16) -> PollFd<'fd> {
        let fd = fd.as_fd().as_raw_fd();
        PollFd { fd, events, revents: 0, borrowed: PhantomData }
    }

    /// What has come of it.
    #[must_use]
    pub fn revents(&self) -> i16 {
        self.revents
    }
}

/// A time as poll takes it.
#[repr(C)]
struct Timespec {
    seconds: c_long,
    nanoseconds: c_long,
}

/// Waits for descriptors.
impl Context {
    /// read(2): how many bytes; 0 at the end.
    ///
    /// # Errors
    /// Its own.
    pub fn read(&self, fd: impl AsFd, into: &mut [u8]) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let (start, size) = (into.as_mut_ptr().cast(), into.len());
        // SAFETY: it exists; memory of this size.
        self.waited(unsafe { sys::sig_context_read(self.as_ptr(), fd, start, size) })
    }

    /// write(2): how many bytes, which may be less than all.
    ///
    /// # Errors
    /// Its own.
    pub fn write(&self, fd: impl AsFd, bytes: &[u8]) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let (start, size) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: it exists; memory of this size.
        self.waited(unsafe { sys::sig_context_write(self.as_ptr(), fd, start, size) })
    }

    /// readv(2).
    ///
    /// # Errors
    /// Its own; EINVAL too many slices.
    pub fn readv(
        &self,
        fd: impl AsFd,
        into: &mut [IoSliceMut<'_>],
    ) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let count = c_int::try_from(into.len()).map_err(|_| Error::from_errno(EINVAL))?;
        let slices = into.as_mut_ptr().cast();
        // SAFETY: it exists; std says that its slices are iovecs.
        self.waited(unsafe { sys::sig_context_readv(self.as_ptr(), fd, slices, count) })
    }

    /// writev(2).
    ///
    /// # Errors
    /// Its own; EINVAL too many slices.
    pub fn writev(&self, fd: impl AsFd, bytes: &[IoSlice<'_>]) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let count = c_int::try_from(bytes.len()).map_err(|_| Error::from_errno(EINVAL))?;
        let slices = bytes.as_ptr().cast();
        // SAFETY: it exists; std says that its slices are iovecs.
        self.waited(unsafe { sys::sig_context_writev(self.as_ptr(), fd, slices, count) })
    }

    /// pread(2).
    ///
    /// # Errors
    /// Its own.
    pub fn pread(&self, fd: impl AsFd, into: &mut [u8], at: i64) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let (start, size) = (into.as_mut_ptr().cast(), into.len());
        // SAFETY: it exists; memory of this size.
        self.waited(unsafe { sys::sig_context_pread(self.as_ptr(), fd, start, size, at) })
    }

    /// pwrite(2).
    ///
    /// # Errors
    /// Its own.
    pub fn pwrite(&self, fd: impl AsFd, bytes: &[u8], at: i64) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let (start, size) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: it exists; memory of this size.
        self.waited(unsafe { sys::sig_context_pwrite(self.as_ptr(), fd, start, size, at) })
    }

    /// open(2), of a FIFO say, with O_CLOEXEC. `flags` and `mode` are those of
    /// fcntl.h; the mode counts with O_CREAT only.
    ///
    /// # Errors
    /// Its own; EINVAL a zero in the path.
    pub fn open(
        &self,
        path: impl AsRef<Path>,
        flags: i32,
        mode: u32,
    ) -> Result<File, Error> {
        let path = CString::new(path.as_ref().as_os_str().as_bytes())
            .map_err(|_| Error::from_errno(EINVAL))?;
        let flags = flags | O_CLOEXEC;
        // SAFETY: it exists; a string that ends in zero.
        let result =
            unsafe { sys::sig_context_open(self.as_ptr(), path.as_ptr(), flags, mode) };
        self.new_descriptor(result).map(File::from)
    }

    fn new_descriptor(&self, result: c_long) -> Result<OwnedFd, Error> {
        let fd = self.waited(result)?;
        // SAFETY: the kernel has just made it, for us.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
    }

    /// flock(2): `operation` is `LOCK_EX` and so on, of sys/file.h.
    ///
    /// # Errors
    /// Its own.
    pub fn flock(&self, fd: impl AsFd, operation: i32) -> Result<(), Error> {
        let fd = fd.as_fd().as_raw_fd();
        // SAFETY: it exists.
        self.waited(unsafe { sys::sig_context_flock(self.as_ptr(), fd, operation) })
            .map(drop)
    }

    /// recv(2): `flags` are `MSG_PEEK` and so on.
    ///
    /// # Errors
    /// Its own.
    pub fn recv(&self, fd: impl AsFd, into: &mut [u8], flags: i32) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let (start, size) = (into.as_mut_ptr().cast(), into.len());
        // SAFETY: it exists; memory of this size.
        self.waited(unsafe { sys::sig_context_recv(self.as_ptr(), fd, start, size, flags) })
    }

    /// send(2): `flags` are `MSG_NOSIGNAL` and so on.
    ///
    /// # Errors
    /// Its own.
    pub fn send(&self, fd: impl AsFd, bytes: &[u8], flags: i32) -> Result<usize, Error> {
        let fd = fd.as_fd().as_raw_fd();
        let (start, size) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: it exists; memory of this size.
        self.waited(unsafe { sys::sig_context_send(self.as_ptr(), fd, start, size, flags) })
    }

    /// accept(2): the new descriptor, with SOCK_CLOEXEC.
    ///
    /// ```no_run
    /// # let context = safepoint::init()?;
    /// # let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    /// let stream = std::net::TcpStream::from(context.accept(&listener)?);
    /// # Ok::<(), safepoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// Its own.
    pub fn accept(&self, fd: impl AsFd) -> Result<OwnedFd, Error> {
        let (context, fd) = (self.as_ptr(), fd.as_fd().as_raw_fd());
        // SAFETY: it exists; NULL where no address is wanted.
        let result = unsafe {
            sys::sig_context_accept4(context, fd, null_mut(), null_mut(), O_CLOEXEC)
        };
        self.new_descriptor(result)
    }

    /// poll(2): how many have something; `None` is no time limit.
    ///
    /// # Errors
    /// Its own.
    pub fn poll(
        &self,
        fds: &mut [PollFd<'_>],
        time: Option<Duration>,
    ) -> Result<usize, Error> {
        let time = time.map(|time| Timespec {
            seconds: c_long::try_from(time.as_secs()).unwrap_or(c_long::MAX),
            nanoseconds: c_long::from(time.subsec_nanos() as i32),
        });
        let time = time.as_ref().map_or(std::ptr::null(), |time| &raw const *time);
        let (start, count) = (fds.as_mut_ptr().cast(), fds.len() as _);
        // SAFETY: it exists; `PollFd` is laid out as C's, and so is the time.
        self.waited(unsafe {
            sys::sig_context_ppoll(
                self.as_ptr(),
                start,
                count,
                time.cast(),
                std::ptr::null(),
            )
        })
    }
}
