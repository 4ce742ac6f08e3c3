//! Wasmtime, whose modules are stopped by Ctrl-C, a deadline or a thread.
//!
//!     cmake --preset embed -DSAFEPOINT_EMBED_WASMTIME=ON
//!     cmake --build --preset embed --target embed-wasmtime
//!     build/embed/examples/embed/wasmtime/release/wasmtime ctrl-c spin
//!
//! Compiled code compares the engine's epoch with its deadline. The wake-up
//! function increments the epoch, from within the signal handler.
//!
//! SPDX-License-Identifier: MIT OR Apache-2.0

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::fmt;
use std::ptr::null_mut;
use std::thread;
use std::time::Duration;
use wasmtime::{
    Config, Engine, Error, Instance, Module, Result, Store, UpdateDeadline, WasmParams,
    WasmResults,
};

type Handler = extern "C" fn(event: *const c_void, user: *mut c_void) -> c_int;
type Call = extern "C" fn(arg: *mut c_void) -> c_int;
type Wakeup = extern "C" fn(signum: c_int, arg: *mut c_void);

unsafe extern "C" {
    fn sig_strerror(err: c_int) -> *const c_char;
    fn sig_number(name: *const c_char) -> c_int;
    fn sig_install(signum: c_int, handler: Handler, user: *mut c_void, flags: u32)
    -> c_int;
    fn sig_check() -> c_int;
    fn sig_add_pending_call(call: Call, arg: *mut c_void) -> c_int;
    fn sig_interrupt(value: c_int) -> c_int;
    fn sig_set_wakeup_fn(wakeup: Option<Wakeup>, arg: *mut c_void) -> c_int;
    fn sig_call_after(
        ns: u64,
        every_ns: u64,
        call: Call,
        arg: *mut c_void,
        id: *mut u64,
    ) -> c_int;
    fn sig_fini() -> c_int;
    fn clock() -> c_long;
}

const MS: u64 = 1_000_000;

// What stops a module: the number that is raised.
const CTRL_C: c_int = 1;
const DEADLINE: c_int = 2;
const CANCEL: c_int = 3;

/// A trap is not an exception, so `catch_all` does not see it.
const MODULE: &str = r#"
(module
    (func $spin (export "spin")
        (loop $again (br $again)))
    (func (export "stubborn")
        (loop $again
            (block $caught
                (try_table (catch_all $caught) (call $spin)))
            (br $again)))
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    ;; Steps of a generator of random numbers.
    (func (export "work") (param $steps i32) (result i32)
        (local $x i32)
        (local.set $x (i32.const 1))
        (loop $again
            (local.set $x (i32.xor (local.get $x)
                (i32.shl (local.get $x) (i32.const 13))))
            (local.set $x (i32.xor (local.get $x)
                (i32.shr_u (local.get $x) (i32.const 17))))
            (local.set $x (i32.xor (local.get $x)
                (i32.shl (local.get $x) (i32.const 5))))
            (local.set $steps (i32.sub (local.get $steps) (i32.const 1)))
            (br_if $again (local.get $steps)))
        (local.get $x)))
"#;

/// The error of a call that was stopped.
#[derive(Debug)]
struct Stopped(c_int);

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self.0 {
            CTRL_C => "ctrl-c",
            DEADLINE => "deadline",
            CANCEL => "cancel",
            _ => "?",
        })
    }
}

impl std::error::Error for Stopped {}

fn require(result: c_int) -> Result<()> {
    if result < 0 {
        let why = unsafe { CStr::from_ptr(sig_strerror(result)) };
        return Err(Error::msg(why.to_string_lossy().into_owned()));
    }
    Ok(())
}

extern "C" fn on_sigint(_event: *const c_void, _user: *mut c_void) -> c_int {
    CTRL_C
}

extern "C" fn on_deadline(_arg: *mut c_void) -> c_int {
    DEADLINE
}

/// Raises nothing: the module goes on.
extern "C" fn go_on(_arg: *mut c_void) -> c_int {
    0
}

/// On any thread, or in a signal handler: an atomic addition, no more.
extern "C" fn wake(_signum: c_int, engine: *mut c_void) {
    unsafe { &*engine.cast::<Engine>() }.increment_epoch();
}

fn safe_point() -> Result<()> {
    match unsafe { sig_check() } {
        0 => Ok(()),
        raised => Err(Error::new(Stopped(raised))),
    }
}

struct Vm {
    engine: Box<Engine>, // where the wake-up function finds it
    store: Store<()>,
    instance: Instance,
}

impl Vm {
    fn new(epochs: bool) -> Result<Vm> {
        let mut config = Config::new();
        config.epoch_interruption(epochs).wasm_exceptions(true);
        let engine = Box::new(Engine::new(&config)?);
        let mut store = Store::new(&engine, ());
        let module = Module::new(&engine, MODULE)?;
        let instance = Instance::new(&mut store, &module, &[])?;
        Ok(Vm { engine, store, instance })
    }

    fn attach(&mut self) -> Result<()> {
        let mut ticks = false;
        self.store.epoch_deadline_callback(move |_| {
            safe_point()?;
            // The new deadline is one from the epoch that is when we have
            // returned: it does not see what arrives before that. So look
            // again, every so often, once there was something to go on from.
            if !ticks {
                let every = 100 * MS;
                require(unsafe {
                    sig_call_after(every, every, go_on, null_mut(), null_mut())
                })?;
                ticks = true;
            }
            Ok(UpdateDeadline::Continue(1))
        });
        let engine: *const Engine = &*self.engine;
        require(unsafe { sig_set_wakeup_fn(Some(wake), engine.cast_mut().cast()) })
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> Result<R> {
        let f = self.instance.get_typed_func(&mut self.store, name)?;
        self.store.set_epoch_deadline(1);
        safe_point()?; // what came before that has had its wake-up
        f.call(&mut self.store, params)
    }
}

fn stop(vm: &mut Vm, mode: &str, script: &str) -> Result<()> {
    println!("ready");
    if mode == "deadline" {
        require(unsafe {
            sig_call_after(50 * MS, 0, on_deadline, null_mut(), null_mut())
        })?;
    }
    let canceller = (mode == "cancel").then(|| {
        thread::spawn(|| {
            thread::sleep(Duration::from_nanos(25 * MS));
            require(unsafe { sig_add_pending_call(go_on, null_mut()) })?;
            thread::sleep(Duration::from_nanos(25 * MS));
            require(unsafe { sig_interrupt(CANCEL) })
        })
    });
    let result: Result<()> = vm.call(script, ());
    if let Some(thread) = canceller {
        thread.join().expect("the thread has panicked")?;
    }
    match result.map_err(|error| error.downcast::<Stopped>()) {
        Err(Ok(stopped)) => println!("stopped: {stopped}"),
        Err(Err(error)) => return Err(error),
        Ok(()) => println!("ended"),
    }
    println!("then: {}", vm.call::<_, i32>("add", (1, 1))?);
    Ok(())
}

/// CPU time, which a busy machine does not lengthen as much.
fn seconds(vm: &mut Vm, steps: i32) -> Result<f64> {
    let start = unsafe { clock() };
    vm.call::<_, i32>("work", steps)?;
    Ok((unsafe { clock() } - start) as f64 / 1e6)
}

/// Against an engine whose code looks at no epoch.
fn cost(vm: &mut Vm) -> Result<()> {
    let mut bare = Vm::new(false)?;
    let mut steps = 1 << 20;
    while seconds(&mut bare, steps)? < 0.06 {
        steps *= 2;
    }
    let mut ratios = Vec::new();
    for _ in 0..31 {
        let before = seconds(vm, steps)?;
        let without = seconds(&mut bare, steps)?;
        let after = seconds(vm, steps)?;
        ratios.push((before + after) / 2.0 / without);
    }
    ratios.sort_by(f64::total_cmp);
    println!("cost: {:.3}", ratios[ratios.len() / 2]);
    Ok(())
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let mut vm = Vm::new(true)?;
    require(unsafe { sig_install(sig_number(c"INT".as_ptr()), on_sigint, null_mut(), 0) })?;
    vm.attach()?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "cost"] => cost(&mut vm)?,
        [_, mode, script] => stop(&mut vm, mode, script)?,
        _ => return Err(Error::msg("arguments: MODE SCRIPT, or cost")),
    }
    // The engine may go once nobody is in the wake-up function any more.
    require(unsafe { sig_set_wakeup_fn(None, null_mut()) })?;
    require(unsafe { sig_fini() })
}
