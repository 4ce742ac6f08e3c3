//! What ships has no panic in it. Built with `safepoint_prove_panic_free`,
//! the handler names a symbol that exists nowhere: the link fails if any
//! panic can be reached.
#![allow(unsafe_code)] // the symbol that must not be linked

#[cfg(safepoint_prove_panic_free)]
unsafe extern "C" {
    fn safepoint_a_panic_can_be_reached() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(safepoint_prove_panic_free)]
    // SAFETY: never linked, so never called.
    unsafe {
        safepoint_a_panic_can_be_reached()
    }
    #[cfg(not(safepoint_prove_panic_free))]
    super::abort()
}
