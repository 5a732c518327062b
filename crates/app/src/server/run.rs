//! Listening, announcing, stopping.

use std::fs::OpenOptions;
use std::future::Future;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use payout_http_server::{Api, Ended, Entrance, router, serve};
use tokio::signal::unix::{SignalKind, signal};

use crate::credentials::Announcement;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::wiring::UseCases;
use crate::workers::Workers;

/// A server that is ready to serve.
pub(crate) struct Serving<'a> {
    pub(crate) name: &'static str,
    pub(crate) entrance: Entrance,
    pub(crate) api: Api,
    pub(crate) announcement: Announcement,
    pub(crate) directory: &'a Path,
    pub(crate) write_env: Option<&'a Path>,
    pub(crate) workers: Workers,
    pub(crate) output: Output,
}

impl Serving<'_> {
    /// Serves until the process is told to stop, answers what is open, and stops the workers.
    /// `finish` then waits for what is on its way and closes what is open.
    ///
    /// If the store can no longer be written, `broken` says why, and the server ends: what has not
    /// reached the disk must not be promised.
    pub(crate) async fn run<F, B>(self, finish: F, broken: B) -> Result<Exit, Failure>
    where
        F: Future<Output = Result<(), Failure>>,
        B: Future<Output = String> + Send + 'static,
    {
        let stop = stop_signal()?;
        let reason = Arc::new(OnceLock::new());
        let said = Arc::clone(&reason);
        let stop = async move {
            tokio::select! {
                () = stop => {}
                why = broken => {
                    let _said_once = said.set(why);
                }
            }
        };
        self.announcement.publish(self.directory)?;
        if let Some(path) = self.write_env {
            write_env(path, &self.announcement)?;
        }
        self.announce()?;
        let limits = self.api.limits.clone();
        let ended = serve(self.entrance, router(self.api), limits, stop).await;
        tracing::info!(server = self.name, "stopping");
        self.announcement.withdraw();
        self.workers.stop().await;
        let finished = finish.await;
        if let Some(why) = reason.get() {
            let message = format!(
                "the store can no longer be written: {why}; look at the disk, then start again"
            );
            return Err(Failure::new(Exit::Failed, message));
        }
        finished?;
        match ended {
            Ended::Drained => {}
            Ended::CutOff => tracing::warn!("some requests took too long and were cut off"),
        }
        Ok(Exit::Done)
    }

    fn announce(&self) -> Result<(), Failure> {
        let json = serde_json::to_string(&self.announcement)
            .map_err(|error| Failure::failed("announcement", &error))?;
        self.output.result(&json, || self.words())
    }

    /// Everything that a client needs, for people.
    fn words(&self) -> String {
        let a = &self.announcement;
        let mut lines = vec![
            format!("payout {} listens on {}", self.name, a.base_url),
            format!("  client id        {}", a.client_id),
            format!("  client secret    in {}", a.client_secret_file.display()),
            format!("  key id           {}", a.kid),
        ];
        if let Some(path) = &a.private_key_file {
            lines.push(format!("  private key      in {}", path.display()));
        }
        for account in &a.merchant_accounts {
            lines.push(format!("  merchant account {} ({})", account.id, account.currency));
        }
        lines.push(format!("  webhook keys     {}", a.webhook_jwks_url));
        lines.push(format!("  data             {}", self.directory.display()));
        lines.join("\n")
    }
}

/// Starts the worker that sends payouts. Nothing else does.
pub(crate) fn start_sending(workers: &Workers, use_cases: &UseCases) {
    let dispatch = use_cases.dispatch_payouts.clone();
    let bell = use_cases.bells.dispatch.clone();
    workers.spawn("dispatch", Duration::from_millis(250), Some(bell), move || {
        let dispatch = dispatch.clone();
        async move { dispatch.run().await }
    });
}

/// Starts the workers that every server has, but for the one that sends.
pub(crate) fn start_workers(workers: &Workers, use_cases: &UseCases) {
    let reconcile = use_cases.reconcile_payouts.clone();
    workers.spawn("reconcile", Duration::from_millis(100), None, move || {
        let reconcile = reconcile.clone();
        async move { reconcile.run().await }
    });
    let follow = use_cases.follow_events.clone();
    let bell = use_cases.bells.events.clone();
    workers.spawn("events", Duration::from_secs(1), Some(bell), move || {
        let follow = follow.clone();
        async move { follow.run().await }
    });
    let notify = use_cases.notify_clients.clone();
    let bell = use_cases.bells.notifications.clone();
    workers.spawn("notifications", Duration::from_millis(500), Some(bell), move || {
        let notify = notify.clone();
        async move { notify.run().await }
    });
    let guard = use_cases.guard_store.clone();
    workers.spawn("mark", Duration::from_secs(1), None, move || {
        let guard = guard.clone();
        // That it was written is no reason to write it again at once.
        async move { guard.keep_up().await.map(|_| 0) }
    });
}

/// Resolves when the process is told to stop. The handlers are there before anything is announced, so
/// that whoever stops us at once stops us cleanly.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let wrong = |error: std::io::Error| Failure::failed("signals", &error);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(wrong)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(wrong)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Writes what the verbs read from the environment, for `. FILE` in a shell.
fn write_env(path: &Path, announcement: &Announcement) -> Result<(), Failure> {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut lines = vec![
        ("PAYOUT_URL".to_owned(), announcement.base_url.clone()),
        ("PAYOUT_CLIENT_ID".to_owned(), announcement.client_id.to_string()),
        (
            "PAYOUT_CLIENT_SECRET_FILE".to_owned(),
            announcement.client_secret_file.display().to_string(),
        ),
        ("PAYOUT_KID".to_owned(), announcement.kid.clone()),
        ("PAYOUT_WEBHOOK_JWKS_URL".to_owned(), announcement.webhook_jwks_url.clone()),
    ];
    if let Some(key) = &announcement.private_key_file {
        lines.push(("PAYOUT_PRIVATE_KEY_FILE".to_owned(), key.display().to_string()));
    }
    for account in &announcement.merchant_accounts {
        let name = format!("PAYOUT_MERCHANT_ACCOUNT_{}", account.currency);
        if !lines.iter().any(|(known, _)| *known == name) {
            lines.push((name, account.id.to_string()));
        }
    }
    let lines: Vec<_> =
        lines.iter().map(|(name, value)| format!("export {name}={}", quoted(value))).collect();
    let text = lines.join("\n") + "\n";
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::failed(&path.display().to_string(), &error))
}
