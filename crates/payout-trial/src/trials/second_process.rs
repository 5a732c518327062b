//! A second process on the same file.

use std::time::Duration;

use anyhow::Result;

use super::{ORDINARY, pay};
use crate::finding::{Finding, Kind};
use crate::service::{self, Setting};
use crate::stage::Stage;
use crate::store::Store;
use crate::world::{Setup, World};

/// How soon a second process says that it is one.
const PATIENCE: Duration = Duration::from_secs(20);

/// One process at a time uses a file; a second one says so and ends, and the first one goes on.
pub(super) async fn run(stage: &Stage) -> Result<Vec<Finding>> {
    let mut world = World::open(stage, &Setup::default()).await?;
    pay(&world, &["before"]).await?;
    let setting = Setting {
        name: "service-0",
        store: &Store::Sqlite,
        gateway: &world.provider.url,
        webhook: None,
        environment: &[],
    };
    let mut second = service::launch(stage, Stage::address()?, &setting).start(stage)?;
    match tokio::time::timeout(PATIENCE, second.ended()).await {
        Ok(status) if status.as_ref().is_ok_and(|status| !status.success()) => {}
        Ok(_) => world.findings.add(Kind::Conduct, "a second process ended as if it had worked"),
        Err(_) => world.findings.add(Kind::Conduct, "a second process uses the same file"),
    }
    pay(&world, &["after"]).await?;
    world.auditor.finish(ORDINARY).await?;
    Ok(world.findings.all())
}
