//! The two macros of `src/zone/atomic.rs`, for atomics that are not `const`.

macro_rules! constructor {
    ($(#[$meta:meta])* $vis:vis fn $name:ident() -> $ret:ty $body:block) => {
        $(#[$meta])* $vis fn $name() -> $ret $body
    };
}

macro_rules! fresh_array {
    ($value:expr; $len:expr) => {
        ::core::array::from_fn::<_, { $len }, _>(|_| $value)
    };
}

pub(crate) use {constructor, fresh_array};
