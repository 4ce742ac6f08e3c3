//! The owner's side of wake-ups: which descriptor lies under our number.
//!
//! A number that arrivals may have read is never closed. It is reserved at
//! the first use, and from then on another file is put under it: the user's,
//! or for "none" a file that nobody reads. There is one such number for
//! each kind of file, since each is written to in its own way.

use core::sync::atomic::Ordering::Relaxed;

use super::Context;
use crate::sys::zone::WakeKind;
use crate::sys::{self, Errno};
use crate::zone::Target;

impl Context {
    /// Wake through the user's descriptor; -1 is none. The one before, by the
    /// number that the user knew it by.
    pub fn set_wakeup_fd(&self, fd: i32, calls: bool) -> Result<i32, Errno> {
        let wake = &self.inbox().wake;
        if fd < 0 {
            self.exchange(None)?;
        } else {
            let kind = sys::wake_kind(fd)?;
            self.exchange(Some((kind, fd)))?;
            wake.aim(Target::new(kind, calls));
            self.wake_for_pending(|signum| wake.write_fd(signum));
        }
        let old = self.wakeup_fd.load(Relaxed) as i32 - 1;
        self.wakeup_fd.store((fd + 1) as u32, Relaxed);
        Ok(old)
    }

    /// Put the user's file under our number of its kind, and nobody's under
    /// the one that was written to before, while nobody is told to write. An
    /// arrival that was told before may write late, to a file of the same
    /// kind, or fail: then it sees that it was told something old.
    fn exchange(&self, target: Option<(WakeKind, i32)>) -> Result<(), Errno> {
        let wake = &self.inbox().wake;
        let before = wake.target();
        let new = target.map(|(kind, _)| kind);
        let left = before.kind().filter(|kind| new != Some(*kind));
        let left = left.and_then(|kind| wake.fd(kind));
        let nobody = left.map(|_| sys::new_nobody()).transpose()?;
        wake.aim(Target::NOTHING);
        let taken = match target {
            None => Ok(()),
            Some((kind, fd)) => match wake.fd(kind) {
                Some(number) => sys::put_under(fd, number),
                None => sys::duplicate(fd).map(|number| wake.reserve_fd(kind, number)),
            },
        };
        let result = taken.and_then(|()| match (left, nobody) {
            (Some(number), Some(nobody)) => sys::put_under(nobody, number),
            _ => Ok(()),
        });
        if result.is_err() {
            wake.aim(before);
        }
        if let Some(nobody) = nobody {
            sys::close(nobody);
        }
        result
    }

    /// A descriptor that is readable while something is pending.
    pub fn event_fd(&self) -> Result<i32, Errno> {
        let wake = &self.inbox().wake;
        let known = wake.event();
        let event = known.map_or_else(sys::new_event, Ok)?;
        if !wake.is_event_on() {
            wake.start_event(event);
            self.inbox().look();
            self.settle();
        }
        Ok(event[0])
    }

    /// EBUSY where somebody has been in the one before for a second: then it
    /// stays.
    pub fn set_wakeup_function(&self, words: [usize; 2]) -> Result<(), Errno> {
        let wake = &self.inbox().wake;
        let before = wake.stop_function();
        let is_free = self.is_left_in_peace();
        wake.set_function(if is_free { words } else { before });
        self.wake_for_pending(|signum| wake.call_function(signum));
        if is_free { Ok(()) } else { Err(sys::EBUSY) }
    }

    /// Wait until nobody is in the wake-up function any more, which was just
    /// taken away; a second, at most.
    fn is_left_in_peace(&self) -> bool {
        let late = sys::zone::now().saturating_add(1_000_000_000);
        while self.inbox().wake.is_calling() {
            if sys::zone::now() >= late {
                return false;
            }
            sys::let_others_run();
        }
        true
    }

    /// What came before there was a wake-up of this kind is due one now.
    fn wake_for_pending(&self, wake: impl Fn(u32)) {
        self.inbox().look();
        let mut signals = self.pending();
        while signals != 0 {
            wake(signals.trailing_zeros() + 1);
            signals &= signals - 1;
        }
        if self.is_pending_besides_signals() {
            wake(0);
        }
    }

    /// Failed wake-ups since this was last asked, and the last one's errno.
    pub fn failures(&self) -> (u64, i32) {
        let (failed, error) = self.inbox().wake.failures();
        let told = self.failures_told.fetch_max(failed, Relaxed);
        (failed.saturating_sub(told), error)
    }

    pub fn stop_wakeups(&self) {
        // Where no descriptor can be had to lie under the number, nothing is
        // written to it any more all the same.
        if self.exchange(None).is_err() {
            self.inbox().wake.aim(Target::NOTHING);
        }
        self.wakeup_fd.store(0, Relaxed);
        self.inbox().wake.stop_function();
        self.is_left_in_peace(); // or whoever is in it stays there
    }

    /// The numbers stay, but nothing of the parent's lies under them.
    pub fn wakeups_in_child(&self) {
        let wake = &self.inbox().wake;
        wake.reset();
        self.failures_told.store(0, Relaxed);
        self.wakeup_fd.store(0, Relaxed);
        let fresh = sys::new_event();
        let put = |end: usize, number| {
            fresh.and_then(|fresh| sys::put_under(fresh[end], number)).is_ok()
        };
        for kind in WakeKind::ALL {
            let Some(number) = wake.fd(kind) else { continue };
            if !put(0, number) {
                sys::close(number);
                wake.reserve_fd(kind, 0);
            }
        }
        if let Some([reader, writer]) = wake.event() {
            // Where both are one, it is put there twice.
            if !put(0, reader) || !put(1, writer) {
                sys::close_event([reader, writer]);
                wake.forget_event();
            }
        }
        if let Ok(fresh) = fresh {
            sys::close_event(fresh);
        }
    }
}
