//! `cargo xtask dist`: what is given away: the binary with its papers, its parts list, and checksums.
//!
//! Everything is made from the last commit in a folder of its own, so that the same commit always
//! gives the same bytes, whoever builds it wherever with the same compiler.

use crate::cargo_program::CargoProgram;
use crate::process::{self, output_of, workspace_root};
use crate::verdict::Verdict;
use anyhow::{Context, Result, ensure};
use cargo_metadata::MetadataCommand;
use std::path::{Path, PathBuf};
use std::process::Command;

const CARGO_CYCLONEDX: CargoProgram = CargoProgram { name: "cargo-cyclonedx", version: "0.5.9" };

/// What lies beside the binary.
const PAPERS: [&str; 5] =
    ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// The shells that a completion script is added for, and the script's name there.
const COMPLETIONS: [(&str, &str); 3] =
    [("bash", "payout.bash"), ("fish", "payout.fish"), ("zsh", "_payout")];

/// Builds the archive, its parts list and its checksums below `target/dist`.
pub(crate) fn run() -> Result<Verdict> {
    let dist = Dist::plan()?;
    dist.check_out()?;
    if dist.build()? == Verdict::Failed {
        return Ok(Verdict::Failed);
    }
    dist.lay_out()?;
    let files = [dist.archive()?, dist.parts_list()?];
    let sums = output_of(Command::new("sha256sum").args(&files).current_dir(&dist.folder))?;
    std::fs::write(dist.folder.join("SHA256SUMS"), &sums)?;
    println!("\n{}:\n{sums}", dist.folder.display());
    Ok(Verdict::Passed)
}

struct Dist {
    /// Where the results lie.
    folder: PathBuf,
    /// The last commit, checked out.
    source: PathBuf,
    /// The name of the archive, without its ending, and of the folder in it.
    name: String,
    triple: String,
    /// When the commit was made, in seconds since 1970: the time of every file.
    made_at: String,
}

impl Dist {
    fn plan() -> Result<Self> {
        let folder = process::target_folder()?.join("dist");
        let metadata = MetadataCommand::new().current_dir(workspace_root()).no_deps().exec()?;
        let app = metadata.packages.iter().find(|package| package.name.as_str() == "app");
        let version = &app.context("the workspace has no `app`")?.version;
        let triple = process::host()?;
        let name = format!("payout-{version}-{triple}");
        let made_at = git(&["log", "-1", "--format=%ct"])?;
        Ok(Self { source: folder.join("source"), folder, name, triple, made_at })
    }

    /// Puts the last commit into a folder of its own; what is not committed is not in it.
    fn check_out(&self) -> Result<()> {
        if !git(&["status", "--porcelain"])?.is_empty() {
            println!("dist: there are changes that are not committed; they are not part of it");
        }
        if self.source.exists() {
            std::fs::remove_dir_all(&self.source)?;
        }
        std::fs::create_dir_all(&self.source)?;
        let tar = self.folder.join("source.tar");
        git(&["archive", "--output", &tar.display().to_string(), "HEAD"])?;
        output_of(Command::new("tar").arg("-xf").arg(&tar).arg("-C").arg(&self.source))?;
        Ok(std::fs::remove_file(tar)?)
    }

    fn build(&self) -> Result<Verdict> {
        let cargo_home = home("CARGO_HOME", ".cargo");
        let prefixes = [(&self.source, "/payout"), (&cargo_home, "/cargo")];
        // No path of this machine stands in what is given away.
        let flags = |option: &str| {
            let flags = prefixes.map(|(path, name)| format!("{option}={}={name}", path.display()));
            flags.join(" ")
        };
        let mut build = Command::new("cargo");
        build.args(["build", "--release", "--locked", "--package", "app", "--target-dir"]);
        build.arg(self.folder.join("build")).current_dir(&self.source);
        build.env("RUSTFLAGS", flags("--remap-path-prefix"));
        build.env("CFLAGS", flags("-ffile-prefix-map")).env("CARGO_INCREMENTAL", "0");
        build.env("SOURCE_DATE_EPOCH", &self.made_at);
        process::announce("the binary", &build);
        process::run(&mut build)
    }

    /// Puts together what goes into the archive.
    fn lay_out(&self) -> Result<()> {
        let folder = self.folder.join(&self.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(folder.join("completions"))?;
        let binary = folder.join("payout");
        std::fs::copy(self.folder.join("build/release/payout"), &binary)?;
        for paper in PAPERS {
            std::fs::copy(self.source.join(paper), folder.join(paper))?;
        }
        output_of(Command::new(&binary).args(["man", "--out"]).arg(folder.join("man")))?;
        for (shell, script) in COMPLETIONS {
            let text = output_of(Command::new(&binary).args(["completions", shell]))?;
            std::fs::write(folder.join("completions").join(script), text)?;
        }
        Ok(())
    }

    /// Packs it: in the order of names, as nobody's files, at the time of the commit.
    fn archive(&self) -> Result<String> {
        let tar = format!("{}.tar", self.name);
        let mut pack = Command::new("tar");
        pack.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"]);
        pack.args(["--mode=u+rwX,go=rX", &format!("--mtime=@{}", self.made_at)]);
        output_of(pack.args(["-cf", &tar, &self.name]).current_dir(&self.folder))?;
        let mut press = Command::new("gzip");
        output_of(press.args(["--no-name", "--best", "--force", &tar]).current_dir(&self.folder))?;
        Ok(format!("{tar}.gz"))
    }

    /// Lists what the binary is made of, by `CycloneDX` 1.5.
    fn parts_list(&self) -> Result<String> {
        let mut list = Command::new(CARGO_CYCLONEDX.installed()?);
        list.args(["cyclonedx", "--format", "json", "--spec-version", "1.5"]);
        list.args(["--override-filename", "parts", "--target", &self.triple]);
        list.args(["--manifest-path", "crates/app/Cargo.toml"]).current_dir(&self.source);
        output_of(list.env("SOURCE_DATE_EPOCH", &self.made_at))?;
        let listed = std::fs::read_to_string(self.source.join("crates/app/parts.json"))?;
        let listed = without_path(&listed, &self.source)?;
        let file = format!("{}.cdx.json", self.name);
        std::fs::write(self.folder.join(&file), listed)?;
        Ok(file)
    }
}

/// The list without the folder in which it was made.
fn without_path(listed: &str, folder: &Path) -> Result<String> {
    let folder = folder.display().to_string();
    ensure!(listed.contains("\"bomFormat\": \"CycloneDX\""), "this is no list of CycloneDX");
    Ok(listed.replace(&folder, "/payout"))
}

fn git(arguments: &[&str]) -> Result<String> {
    let mut git = Command::new("git");
    let said = output_of(git.args(arguments).current_dir(workspace_root()))?;
    Ok(said.trim_end().to_owned())
}

/// A folder that a variable names, or one in the user's own.
fn home(variable: &str, otherwise: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    named.unwrap_or_else(|| {
        PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(otherwise)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_list_names_no_folder_of_this_machine() {
        let listed =
            r#"{"bomFormat": "CycloneDX", "ref": "path+file:///home/sam/x/crates/app#0.1.0"}"#;

        let given = without_path(listed, Path::new("/home/sam/x")).expect("it is a list");

        assert!(given.contains("file:///payout/crates/app#0.1.0"), "{given}");
        assert!(without_path("{}", Path::new("/")).is_err());
    }

    #[test]
    fn every_paper_that_is_packed_is_there() {
        for paper in PAPERS {
            assert!(workspace_root().join(paper).is_file(), "{paper}");
        }
    }
}
