//! The library itself, under the same program: each thing that is seen of it is
//! compared with what the model says, at once.

mod ops;

use std::cell::{Cell, RefCell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{Acquire, Release};

use safepoint as _; // whose functions `ffi` declares

use crate::coverage::Told;
use crate::ffi::*;
use crate::model::{Details, Model, Seen, Stands, What};
use crate::program::{self, *};
use ops::argument;

/// Handlers find it here.
static WORLD: AtomicPtr<World> = AtomicPtr::new(null_mut());
struct World {
    program: Vec<Step>,
    /// What is to be seen of this step, and how far it was.
    expected: RefCell<Vec<Seen>>,
    at: Cell<usize>,
    /// Which step of the program this is.
    number: Cell<usize>,
    handles: [Cell<*mut sig_context>; CONTEXTS],
    /// The last one in each slot that was freed.
    stale: [Cell<*mut sig_context>; CONTEXTS],
    jobs: [UnsafeCell<sig_job>; JOBS],
    timers: RefCell<Vec<u64>>,
    depth: Cell<u32>,
    bell: Cell<*mut sig_context>,
    /// How many forks away this process is.
    forks: Cell<u32>,
}

// SAFETY: one thread at a time: whoever starts one waits for it.
unsafe impl Sync for World {}

/// Perform the program that these bytes are; abort with a report where anything
/// is not as the model says.
pub fn run(bytes: &[u8]) {
    let program = program::read(bytes);
    let mut model = Model::new(&program);
    let world = World::new(program);
    WORLD.store((&raw const world).cast_mut(), Release);
    forget();
    let mut child = None;
    for number in 0..world.program.len() {
        world.number.set(number);
        let step = world.program[number];
        let expected = model.run(step);
        let forks = step.op == Op::Fork && expected != [Seen::Skipped];
        world.perform_all(expected, step);
        if forks {
            world.fork(&mut model, &mut child);
        }
        world.look_at_breakers(&model);
    }
    world.end(&mut model);
    forget();
    WORLD.store(null_mut(), Release);
    if let Some(mut told) = child {
        told.tell();
        // SAFETY: no preconditions. The child's copy of the parent ends here.
        unsafe { libc::_exit(0) }
    }
}

/// As if nothing had ever happened: nothing is counted, and no signal was ever
/// sent or handled.
fn forget() {
    // SAFETY: no preconditions. Counters begin with an owner.
    let results = unsafe { [sig_init(0), sig_fini()] };
    assert_eq!(results, [0, 0], "sig_init() and sig_fini()");
    for signal in SIGNALS {
        for action in [libc::SIG_IGN, libc::SIG_DFL] {
            // SAFETY: no preconditions. To ignore drops what is blocked.
            unsafe { libc::signal(signal, action) };
        }
    }
    // SAFETY: a set of our own.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigprocmask(libc::SIG_SETMASK, &set, null_mut());
    }
}

fn world() -> &'static World {
    // SAFETY: set while a program runs, and only then are handlers there.
    unsafe { WORLD.load(Acquire).as_ref() }.unwrap_or_else(|| {
        eprintln!("a handler ran behind the program's end");
        std::process::abort()
    })
}

extern "C" fn handler(event: *const sig_event, user: *mut c_void) -> c_int {
    let (world, body) = (world(), Body(user as usize as u8));
    // SAFETY: the library's word.
    let event = unsafe { &*event };
    world.observe(Seen::Ran(world.slot(event.context), world.what(event), body));
    world.call(body)
}

extern "C" fn called(argument: *mut c_void) -> c_int {
    let body = Body(argument as usize as u8);
    world().observe(Seen::Called(body));
    world().call(body)
}

extern "C" fn foreign(signum: c_int) {
    let world = world();
    world.observe(Seen::Foreign(world.signal(signum)));
}

impl World {
    fn new(program: Vec<Step>) -> Self {
        let job = |job| sig_job {
            size: size_of::<sig_job>() as u32,
            reserved: 0,
            fn_: Some(called),
            arg: argument(job_body(job)),
            link: [0; 2],
        };
        // SAFETY: no preconditions.
        let main = unsafe { sig_main() };
        World {
            program,
            expected: RefCell::default(),
            at: Cell::new(0),
            number: Cell::new(0),
            handles: [main, null_mut(), null_mut(), null_mut()].map(Cell::new),
            stale: [null_mut(); CONTEXTS].map(Cell::new),
            jobs: [0, 1, 2].map(|number| UnsafeCell::new(job(number))),
            timers: RefCell::default(),
            depth: Cell::new(0),
            bell: Cell::new(null_mut()),
            forks: Cell::new(0),
        }
    }

    /// One step, all of it.
    fn perform_all(&self, expected: Vec<Seen>, step: Step) {
        let last = expected.len();
        self.expected.replace(expected);
        self.at.set(0);
        self.perform(step);
        if self.at.get() != last {
            self.fail("this was not seen");
        }
    }

    fn perform(&self, step: Step) {
        if self.expected.borrow().get(self.at.get()) == Some(&Seen::Skipped) {
            return self.at.set(self.at.get() + 1);
        }
        let result = match step.elsewhere {
            false => self.op(step.op),
            true => std::thread::scope(|scope| {
                scope
                    .spawn(|| self.op(step.op))
                    .join()
                    .unwrap_or_else(|_| std::process::abort())
            }),
        };
        self.observe(Seen::Result(result));
    }

    fn call(&self, body: Body) -> c_int {
        self.depth.set(self.depth.get() + 1);
        if let Some(step) = deed(&self.program, body, self.depth.get()) {
            self.perform(step);
        }
        self.depth.set(self.depth.get() - 1);
        body.result()
    }

    fn observe(&self, seen: Seen) {
        let at = self.at.get();
        if self.expected.borrow().get(at) != Some(&seen) {
            self.fail(&format!("{seen:?} was seen"));
        }
        self.at.set(at + 1);
    }

    fn fail(&self, what: &str) -> ! {
        let (number, at) = (self.number.get(), self.at.get());
        eprintln!("the program, in process {} of it:", self.forks.get() + 1);
        for (index, step) in self.program.iter().enumerate() {
            let mark = if index == number { ">" } else { " " };
            let where_ = if step.elsewhere { ", elsewhere" } else { "" };
            eprintln!("{mark} {index:2} {:?}{where_}", step.op);
        }
        let expected = self.expected.borrow();
        eprintln!("of step {number} this was seen, as it should be:");
        for seen in &expected[at.saturating_sub(8)..at] {
            eprintln!("    {seen:?}");
        }
        eprintln!("and then {what}, where the model has");
        eprintln!("    {:?}", expected.get(at));
        std::process::abort()
    }

    fn slot(&self, handle: *mut sig_context) -> Slot {
        let found = self.handles.iter().position(|known| known.get() == handle);
        found.unwrap_or_else(|| self.fail("an event of an unknown context"))
    }

    fn signal(&self, signum: i32) -> Signal {
        let found = SIGNALS.iter().position(|signal| *signal == signum);
        found.unwrap_or_else(|| self.fail(&format!("signal {signum}")))
    }

    fn what(&self, event: &sig_event) -> What {
        let body = Body(event.arg as usize as u8);
        match event.kind {
            SAFEPOINT_EVENT_SIGNAL => What::Signal {
                signal: self.signal(event.signum),
                details: Details {
                    code: event.code,
                    value: event.value as i32,
                    own: event.pid == std::process::id() as i32,
                },
                count: event.count,
                lost: event.lost,
            },
            SAFEPOINT_EVENT_CALL => What::Call(body),
            SAFEPOINT_EVENT_TIMER if event.count == 1 => What::Timer(body),
            SAFEPOINT_EVENT_INTERRUPT => What::Interrupt(event.status),
            kind => self.fail(&format!("an event of kind {kind}")),
        }
    }

    /// While anything is pending and not held, the breaker is set.
    fn look_at_breakers(&self, model: &Model) {
        for slot in (0..CONTEXTS).filter(|slot| model.is_announced(*slot)) {
            // SAFETY: a context's breaker, which is there for ever.
            let word = unsafe { sig_context_breaker(self.handles[slot].get()).as_ref() };
            if word.copied().unwrap_or(0) == 0 {
                self.fail(&format!("context {slot} has its breaker down"));
            }
        }
    }

    /// Both go on from here, the child first.
    fn fork(&self, model: &mut Model, told: &mut Option<Told>) {
        let mut tells = Told::new();
        // SAFETY: no other thread of ours is there.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            self.forks.set(self.forks.get() + 1);
            model.become_child();
            *told = Some(tells);
            // SAFETY: no preconditions. Not to outlive its parent, nor to hang.
            unsafe {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                libc::signal(libc::SIGALRM, libc::SIG_DFL);
                libc::alarm(20);
            }
            return;
        }
        let mut status = 0;
        // SAFETY: our own child; the signals of a watchdog may come meanwhile.
        while unsafe { libc::waitpid(pid, &mut status, 0) } == -1
            && std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR)
        {}
        if status != 0 {
            self.fail(&format!("a child ended with status {status:#x}"));
        }
        tells.hear();
    }

    /// Take everything, count it, and end everything.
    fn end(&self, model: &mut Model) {
        self.number.set(self.program.len());
        let mut perform = |op| {
            model.be_patient();
            let step = Step { op, elsewhere: false };
            let expected = model.run(step);
            self.perform_all(expected, step);
            self.look_at_breakers(model);
        };
        for slot in (0..CONTEXTS).rev() {
            for op in [Op::Adopt(slot), Op::Stats(slot), Op::Check(slot), Op::Check(slot)] {
                perform(op);
            }
            for op in [Op::Check(slot), Op::EventFd(slot), Op::Stats(slot), Op::Free(slot)]
            {
                perform(op);
            }
        }
        perform(Op::Fini);
        if !self.bell.get().is_null() {
            // SAFETY: of our own, whoever's it was.
            let freed = unsafe { sig_context_free(self.bell()) };
            assert_eq!(freed, 0, "the bell's context");
        }
        for (index, signum) in SIGNALS.into_iter().enumerate() {
            let (stands, is) = (model.stands(index), stands(signum));
            if stands != is {
                self.fail(&format!("signal {signum} was left {is:?}, not {stands:?}"));
            }
        }
    }
}

/// What the kernel has.
fn stands(signum: c_int) -> Stands {
    // SAFETY: an action of our own.
    let action = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signum, null(), &mut action);
        action.sa_sigaction
    };
    match action {
        libc::SIG_DFL => Stands::Default,
        libc::SIG_IGN => Stands::Ignored,
        other if other == foreign as *const () as usize => Stands::Foreign,
        _ => Stands::Ours,
    }
}
