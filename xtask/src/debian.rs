//! What has to be on the machine before a verb can work.

use crate::process::output_of;
use anyhow::{Context, Result, bail};
use std::process::Command;

/// The tests compare our signatures with the provider's own crate, and that one links OpenSSL.
pub(crate) fn need_openssl() -> Result<()> {
    let found = Command::new("pkg-config").args(["--exists", "openssl"]).status();
    if found.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    apt_get_install(&["pkg-config", "libssl-dev"])
}

/// The trials of the binary look into its system calls, and lie to it about the time.
pub(crate) fn need_tracers() -> Result<()> {
    let has_strace = Command::new("strace").arg("--version").output().is_ok();
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    if has_strace && libraries.any(|library| library.exists()) {
        return Ok(());
    }
    apt_get_install(&["strace", "libfaketime"])
}

/// Installs these packages if there is no such program.
pub(crate) fn need(program: &str, packages: &[&str]) -> Result<()> {
    if Command::new(program).arg("--version").output().is_ok() {
        return Ok(());
    }
    apt_get_install(packages).with_context(|| format!("`{program}` is not installed"))
}

/// Installs Debian packages if we may; otherwise says which are missing.
pub(crate) fn apt_get_install(packages: &[&str]) -> Result<()> {
    let is_root = output_of(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root || Command::new("apt-get").arg("--version").output().is_err() {
        bail!("install {} (on Debian: `apt-get install` as root)", packages.join(" "));
    }
    println!("apt-get install {}", packages.join(" "));
    output_of(Command::new("apt-get").arg("update"))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    output_of(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    Ok(())
}
