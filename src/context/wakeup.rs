//! The owner's side of wake-ups: which descriptor lies under our number.
//!
//! A number that arrivals may have read is never closed. It is reserved at
//! the first use, and from then on another file is put under it: the user's,
//! or for "none" an eventfd that nobody reads.

use core::sync::atomic::Ordering::Relaxed;

use super::Context;
use crate::sys::{self, Errno};
use crate::zone::{From, Target};

impl Context {
    /// Wake through the user's descriptor; -1 is none. The one before, by the
    /// number that the user knew it by.
    pub fn set_wakeup_fd(&self, fd: i32, calls: bool) -> Result<i32, Errno> {
        let wake = &self.inbox().wake;
        if fd < 0 {
            self.stop_wakeup_fd()?;
        } else {
            let kind = sys::wake_kind(fd)?;
            match wake.fd() {
                Some(number) => self.exchange(fd, number)?,
                None => wake.reserve_fd(sys::duplicate(fd)?),
            }
            wake.aim(Target::new(kind, calls));
            self.wake_for_pending();
        }
        let old = self.wakeup_fd.load(Relaxed) as i32 - 1;
        self.wakeup_fd.store((fd + 1) as u32, Relaxed);
        Ok(old)
    }

    fn stop_wakeup_fd(&self) -> Result<(), Errno> {
        let wake = &self.inbox().wake;
        let Some(number) = wake.fd() else { return Ok(()) };
        let nobody = sys::new_event()?;
        let result = self.exchange(nobody, number);
        sys::close(nobody);
        result
    }

    /// Put another file under our number while nobody is told to write there:
    /// an arrival that fails all the same, since the file is of another kind
    /// than it thought, sees that it was told something old.
    fn exchange(&self, fd: i32, number: i32) -> Result<(), Errno> {
        let wake = &self.inbox().wake;
        let before = wake.target();
        wake.aim(Target::NOTHING);
        sys::put_under(fd, number).inspect_err(|_| wake.aim(before))
    }

    /// An eventfd that is readable while something is pending.
    pub fn event_fd(&self) -> Result<i32, Errno> {
        let wake = &self.inbox().wake;
        if let Some(fd) = wake.event_fd() {
            return Ok(fd);
        }
        let fd = sys::new_event()?;
        wake.start_event(fd);
        if self.is_pending() {
            wake.force_event();
        }
        Ok(fd)
    }

    pub fn set_wakeup_function(&self, function: usize, argument: usize) {
        self.inbox().wake.set_function(function, argument);
    }

    /// What came before there was a wake-up is due one now.
    fn wake_for_pending(&self) {
        let mut signals = self.pending();
        let others = self.is_pending() && signals == 0;
        while signals != 0 {
            self.inbox().wake.wake(signals.trailing_zeros() + 1, From::Caller);
            signals &= signals - 1;
        }
        if others {
            self.inbox().wake.wake(0, From::Caller);
        }
    }

    /// Failed wake-ups since this was last asked, and the last one's errno.
    pub fn failures(&self) -> (u64, i32) {
        let (failed, error) = self.inbox().wake.failures();
        let told = self.failures_told.swap(failed, Relaxed);
        (failed.wrapping_sub(told), error)
    }

    pub fn stop_wakeups(&self) {
        // Where no descriptor can be had to lie under the number, nothing is
        // written to it any more all the same.
        if self.stop_wakeup_fd().is_err() {
            self.inbox().wake.aim(Target::NOTHING);
        }
        self.wakeup_fd.store(0, Relaxed);
        self.inbox().wake.set_function(0, 0);
    }

    /// The numbers stay, but nothing of the parent's lies under them.
    pub fn wakeups_in_child(&self) {
        let wake = &self.inbox().wake;
        wake.reset();
        self.failures_told.store(0, Relaxed);
        self.wakeup_fd.store(0, Relaxed);
        if wake.fd().is_none() && wake.event_fd().is_none() {
            return;
        }
        let fresh = sys::new_event();
        if let Some(number) = wake.fd() {
            let put = fresh.and_then(|fresh| sys::put_under(fresh, number));
            if put.is_err() {
                sys::close(number);
                wake.reserve_fd(0);
            }
        }
        if let Some(number) = wake.event_fd() {
            if fresh.and_then(|fresh| sys::put_under(fresh, number)).is_err() {
                sys::close(number);
                wake.stop_event();
            }
        }
        if let Ok(fresh) = fresh {
            sys::close(fresh);
        }
    }
}
