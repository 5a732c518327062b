//! What has to be on the machine before a verb can work.

use crate::process::output_of;
use anyhow::{Result, bail};
use std::process::Command;

/// The tests compare our signatures with the provider's own crate, and that one links OpenSSL.
pub(crate) fn need_openssl() -> Result<()> {
    let found = Command::new("pkg-config").args(["--exists", "openssl"]).status();
    if found.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    apt_get_install(&["pkg-config", "libssl-dev"])
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
