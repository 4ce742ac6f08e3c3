//! Who stands at a signal, and what each context wants there.

use super::points::does_nothing;
use super::{Model, Owner, Seen};
use crate::program::{Body, CONTEXTS, SIGNALS, Signal, Slot};

pub const CHAIN: u32 = 2;
pub const ONESHOT: u32 = 4;
const QUEUE: u32 = 8;
const IF_DEFAULT: u32 = 16;
const KEEP_IGNORED: u32 = 32;

const EEXIST: i64 = -libc::EEXIST as i64;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stands {
    #[default]
    Default,
    Ignored,
    Ours,
    /// Somebody else's.
    Foreign,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Want {
    #[default]
    Nothing,
    Handler(Body, u32),
    Ignored,
    Default,
}

#[derive(Clone, Default)]
pub struct Line {
    /// What the kernel has.
    pub kernel: Stands,
    /// What we have put there, if we have.
    set: Option<Stands>,
    /// What stood there before that.
    pub before: Stands,
    pub wants: [Want; CONTEXTS],
}

impl Line {
    pub fn chains(&self) -> bool {
        let chains =
            |want: &Want| matches!(want, Want::Handler(_, flags) if flags & CHAIN != 0);
        self.wants.iter().any(chains)
    }

    /// What is to stand there as all want it: a handler first.
    fn wanted(&self) -> Option<Stands> {
        let any = |is: fn(&Want) -> bool| self.wants.iter().any(is);
        if any(|want| matches!(want, Want::Handler(..))) {
            Some(Stands::Ours)
        } else if any(|want| *want == Want::Ignored) {
            Some(Stands::Ignored)
        } else if any(|want| *want == Want::Default) {
            Some(Stands::Default)
        } else {
            None
        }
    }

    /// Whether what stands there is what we have put there.
    fn is_ours(&self) -> bool {
        self.set == Some(self.kernel)
    }
}

impl Model {
    /// sigaction(). One that ignores drops what is blocked.
    pub(super) fn stand(&mut self, signal: Signal, stands: Stands) {
        let ignores =
            stands == Stands::Ignored || stands == Stands::Default && does_nothing(signal);
        if ignores {
            self.sent.retain(|sent| sent.signal != signal);
        }
        self.lines[signal].kernel = stands;
    }

    fn want(&mut self, slot: Slot, signal: Signal, want: Want) {
        self.lines[signal].wants[slot] = want;
        let flags = if let Want::Handler(_, flags) = want { flags } else { 0 };
        let queues = SIGNALS[signal] >= 34 || flags & QUEUE != 0;
        self.at(slot).pending.set_queues(signal, queues);
    }

    pub(super) fn install(
        &mut self,
        slot: Slot,
        signal: Signal,
        flags: u32,
        body: Body,
    ) -> i64 {
        let line = &mut self.lines[signal];
        let is_ours = line.is_ours();
        if flags & IF_DEFAULT != 0 && !is_ours && line.kernel == Stands::Foreign {
            return EEXIST;
        }
        if flags & KEEP_IGNORED != 0 && !is_ours && line.kernel == Stands::Ignored {
            return 1;
        }
        if !is_ours {
            line.before = line.kernel;
        }
        line.set = Some(Stands::Ours);
        self.want(slot, signal, Want::Handler(body, flags));
        self.stand(signal, Stands::Ours);
        0
    }

    /// 1 where another context wants otherwise.
    pub(super) fn set_plain(&mut self, slot: Slot, signal: Signal, ignore: bool) -> i64 {
        let (want, plain) = match ignore {
            true => (Want::Ignored, Stands::Ignored),
            false => (Want::Default, Stands::Default),
        };
        self.want(slot, signal, want);
        self.at(slot).pending.drop_signal(signal);
        let line = &mut self.lines[signal];
        if line.wanted() != Some(plain) {
            self.stand_as_wanted(signal);
            return 1;
        }
        if !line.is_ours() {
            line.before = line.kernel;
        }
        line.set = Some(plain);
        self.stand(signal, plain);
        0
    }

    /// Where what we had put there still stands, let it be what all want:
    /// whether it did.
    fn stand_as_wanted(&mut self, signal: Signal) -> bool {
        let line = &mut self.lines[signal];
        let (stood, wanted) = (line.is_ours(), line.wanted());
        line.set = wanted;
        if let Some(wanted) = wanted.filter(|wanted| stood && *wanted != line.kernel) {
            self.stand(signal, wanted);
        }
        stood
    }

    /// 1 where somebody else's stands there.
    pub(super) fn restore(&mut self, slot: Slot, signal: Signal) -> i64 {
        let line = &mut self.lines[signal];
        let had = line.wants[slot] != Want::Nothing;
        if line.set.is_none() || !had && line.wanted().is_some() {
            return 0;
        }
        self.want(slot, signal, Want::Nothing);
        self.at(slot).pending.drop_signal(signal);
        let line = &mut self.lines[signal];
        if line.wanted().is_some() {
            return (!self.stand_as_wanted(signal)).into();
        }
        let is_ours = line.is_ours();
        line.set = None;
        if is_ours {
            let before = line.before;
            self.stand(signal, before);
        }
        (!is_ours).into()
    }

    pub(super) fn query(&mut self, slot: Slot, signal: Signal) -> i64 {
        let owner = self.at(slot).owner;
        if owner != Owner::Nobody && owner != self.me {
            return super::EPERM;
        }
        let line = &self.lines[signal];
        let stands = line.kernel;
        let ours = match line.wants[slot] {
            Want::Handler(body, flags) => Some((body, flags)),
            _ => None,
        };
        let overwritten = ours.is_some() && stands != Stands::Ours;
        let verified = ours.is_some() && stands == Stands::Ours;
        self.see(Seen::Stands(stands, ours, overwritten, verified));
        0
    }
}
