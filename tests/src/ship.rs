//! What ships, built by `scripts/ship` as everybody builds it.

use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Shipped {
    pub shared: PathBuf,
    pub archive: PathBuf,
}

/// Build the project at `root` into `target`, with further arguments for
/// rustc. What the compiler said, where it fails.
pub fn ship(root: &Path, target: &Path, rustc: &[&str]) -> Result<Shipped, String> {
    let output = Command::new(root.join("scripts/ship"))
        .arg(target)
        .args(rustc)
        // Of this very build, and not for that one.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .output()
        .map_err(|error| format!("scripts/ship: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let release = target.join("release");
    Ok(Shipped {
        shared: release.join("libsafepoint.so"),
        archive: release.join("libsafepoint.a"),
    })
}

/// This project's, for a test with a folder of its own.
pub fn shipped(folder: &str) -> Shipped {
    ship(&crate::root(), Path::new(folder), &[]).unwrap_or_else(|said| panic!("{said}"))
}

/// A copy of what the build needs, to be changed.
pub fn copy_of_the_project(to: &Path) -> std::io::Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    for name in ["src", "scripts", "Cargo.toml", "Cargo.lock"] {
        copy(&crate::root().join(name), &to.join(name))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return std::fs::copy(from, to).map(|_| ());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let name = entry?.file_name();
        copy(&from.join(&name), &to.join(&name))?;
    }
    Ok(())
}
