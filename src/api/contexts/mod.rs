//! What the other files do for the main context, for any.

pub mod files;
pub mod life;
pub mod points;
pub mod sleeps;
pub mod sockets;
pub mod state;
