//! What a server keeps of its operators.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use base16ct::{lower, mixed};
use payout_domain::OperatorName;
use payout_http_server::{OperatorDirectory, SecretDigest};
use payout_ports::Clock as _;
use payout_wire::timestamp;
use serde::{Deserialize, Serialize};

use super::{OwnSecrets, of_this_user};
use crate::clock::SystemClock;
use crate::credentials::{create_private_directory, write_private};
use crate::failure::Failure;
use crate::id_generator;

/// The operators of a server, in `operators/` of its data directory: a file for each. They are read
/// anew whenever somebody asks, so that whoever is added or removed is so at once.
#[derive(Clone, Debug)]
pub(crate) struct OperatorFiles {
    data: PathBuf,
}

/// An operator as a file has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    /// What recognises the secret, in hexadecimal digits.
    secret_digest: String,
    added_at: String,
}

/// An operator that a server has.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) name: OperatorName,
    /// When, as RFC 3339 writes it.
    pub(crate) added_at: String,
}

impl OperatorFiles {
    /// The operators of the server with this data directory.
    pub(crate) fn of(data: &Path) -> Self {
        Self { data: data.to_owned() }
    }

    /// Sees to it that a new server has an operator: whoever starts it. The secret is put where the
    /// verbs of the same user find it; where there is no such place, the server has no operator yet.
    pub(crate) fn begin(&self) -> Result<(), Failure> {
        if self.directory().exists() {
            return Ok(());
        }
        let (name, secret) = (of_this_user(), id_generator::long_secret());
        match OwnSecrets::of(&self.data).keep(&name, &secret) {
            Ok(file) => {
                self.add(&name, &secret)?;
                tracing::info!(operator = %name, secret_file = %file.display(), "an operator was made");
            }
            // A home that cannot be written must not stop a server.
            Err(failure) => {
                tracing::warn!(%failure, "nobody is an operator yet: payout operator add NAME --secret-file FILE");
            }
        }
        Ok(())
    }

    /// Adds an operator with this secret; `false` if there is one of this name.
    pub(crate) fn add(&self, name: &OperatorName, secret: &str) -> Result<bool, Failure> {
        create_private_directory(&self.directory())?;
        let kept = Kept {
            name: name.to_string(),
            secret_digest: lower::encode_string(SecretDigest::of_operator(secret).as_bytes()),
            added_at: timestamp::to_seconds(SystemClock.now()),
        };
        let json = serde_json::to_string(&kept).map_err(|e| Failure::failed("operator", &e))?;
        // A link is made in one step and never over another file: of two who add the same name, one
        // does.
        let new = self.directory().join(format!(".{}", id_generator::random().simple()));
        write_private(&new, &(json + "\n"))?;
        let linked = fs::hard_link(&new, self.file(name));
        let _only_litter_if_it_stays = fs::remove_file(&new);
        match linked {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(failed(&self.file(name), &error)),
        }
    }

    /// Removes an operator; `false` if there is none of this name.
    pub(crate) fn remove(&self, name: &OperatorName) -> Result<bool, Failure> {
        match fs::remove_file(self.file(name)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(&self.file(name), &error)),
        }
    }

    /// All operators, by name.
    pub(crate) fn list(&self) -> Result<Vec<Listed>, Failure> {
        let entries = match fs::read_dir(self.directory()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&self.directory(), &error)),
        };
        let names = entries.flatten().filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            file.strip_suffix(SUFFIX)?.parse::<OperatorName>().ok()
        });
        let mut listed = Vec::new();
        for name in names {
            let kept = self.kept(&name)?;
            listed.extend(kept.map(|kept| Listed { name, added_at: kept.added_at }));
        }
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    fn kept(&self, name: &OperatorName) -> Result<Option<Kept>, Failure> {
        let file = self.file(name);
        for path in [&self.directory(), &file] {
            match fs::metadata(path) {
                Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                    return Err(open_to_others(path));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(failed(path, &error)),
            }
        }
        let text = fs::read_to_string(&file).map_err(|error| failed(&file, &error))?;
        let kept: Kept = serde_json::from_str(&text).map_err(|error| failed(&file, &error))?;
        // On a disk that does not tell cases apart, another name can open the same file.
        Ok(Some(kept).filter(|kept| kept.name == name.as_str()))
    }

    fn directory(&self) -> PathBuf {
        self.data.join("operators")
    }

    fn file(&self, name: &OperatorName) -> PathBuf {
        self.directory().join(format!("{name}{SUFFIX}"))
    }
}

/// Ends the name of an operator's file.
const SUFFIX: &str = ".json";

#[async_trait]
impl OperatorDirectory for OperatorFiles {
    async fn find(&self, name: &OperatorName) -> Option<SecretDigest> {
        let (files, name) = (self.clone(), name.clone());
        let kept = tokio::task::spawn_blocking(move || files.kept(&name)).await.ok()?;
        match kept {
            Ok(kept) => digest(&kept?.secret_digest),
            Err(failure) => {
                tracing::error!(%failure, "an operator cannot be looked up, and is refused");
                None
            }
        }
    }
}

fn digest(text: &str) -> Option<SecretDigest> {
    let mut bytes = [0; 32];
    let read = mixed::decode(text, &mut bytes).ok()?.len();
    (read == bytes.len()).then(|| SecretDigest::from_bytes(bytes))
}

fn failed(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::configuration(format!("{}: {error}", path.display()))
}

fn open_to_others(path: &Path) -> Failure {
    let sentence = "others can enter or read this; run: chmod go= on it";
    Failure::configuration(format!("{}: {sentence}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> OperatorName {
        text.parse().expect("the tests name operators well")
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn an_operator_is_there_from_being_added_to_being_removed() {
        let data = tempfile::tempdir().expect("there is room for a file");
        let (here, there) = (OperatorFiles::of(data.path()), OperatorFiles::of(data.path()));
        assert!(here.list().expect("none is no error").is_empty());

        for text in ["alice", "a.b@c-d_e", "..", "."] {
            assert!(there.add(&name(text), "secret").expect("there is room for a file"), "{text}");

            let found = here.find(&name(text)).await;

            assert_eq!(found, Some(SecretDigest::of_operator("secret")), "{text}");
            assert!(!there.add(&name(text), "another").expect("it is no error"), "{text}");
            assert_eq!(here.find(&name(text)).await, found, "the first stays: {text}");
        }
        let listed = here.list().expect("it can be read");
        let names: Vec<_> = listed.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, [".", "..", "a.b@c-d_e", "alice"]);
        assert!(there.remove(&name("alice")).expect("it can be removed"));
        assert!(!there.remove(&name("alice")).expect("it is no error"));
        assert_eq!(here.find(&name("alice")).await, None);
    }

    #[tokio::test]
    async fn no_secret_is_kept_and_nobody_else_can_look() {
        let data = tempfile::tempdir().expect("there is room for a file");
        let files = OperatorFiles::of(data.path());

        files.add(&name("alice"), "canary").expect("there is room for a file");

        let kept = fs::read_to_string(files.file(&name("alice"))).expect("it is there");
        assert!(!kept.contains("canary"), "{kept}");
        assert_eq!((mode(&files.directory()), mode(&files.file(&name("alice")))), (0o700, 0o600));
        let left: Vec<_> = fs::read_dir(files.directory()).expect("it is there").collect();
        assert_eq!(left.len(), 1, "nothing else is left: {left:?}");
    }

    #[tokio::test]
    async fn what_others_could_have_written_is_not_believed() {
        let data = tempfile::tempdir().expect("there is room for a file");
        let files = OperatorFiles::of(data.path());
        files.add(&name("alice"), "secret").expect("there is room for a file");
        let (directory, file) = (files.directory(), files.file(&name("alice")));
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
        };

        for (path, open, closed) in [(&directory, 0o770, 0o700), (&file, 0o604, 0o600)] {
            set(path, open);
            assert_eq!(files.find(&name("alice")).await, None, "{}", path.display());
            set(path, closed);
            assert!(files.find(&name("alice")).await.is_some(), "{}", path.display());
        }
        for spoiled in ["", "{}", r#"{"name":"alice","secret_digest":"00","added_at":""}"#] {
            fs::write(&file, spoiled).expect("it is ours");
            assert_eq!(files.find(&name("alice")).await, None, "{spoiled}");
        }
    }
}
