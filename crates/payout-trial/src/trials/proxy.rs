//! An environment that names a proxy.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use tokio::net::TcpListener;

use super::{ORDINARY, pay};
use crate::finding::{Finding, Kind};
use crate::stage::Stage;
use crate::store::Store;
use crate::world::{Setup, World};

/// The variables by which programs find a proxy.
const VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"];

/// The service goes to its provider and to its client directly, whatever the environment says.
pub(super) async fn run(stage: &Stage, store: &Store) -> Result<Vec<Finding>> {
    let trap = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", trap.local_addr()?);
    let caught = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&caught);
    tokio::spawn(async move {
        while trap.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let environment = VARIABLES.map(|name| (name.to_owned(), url.clone())).to_vec();
    let setup = Setup { store: store.clone(), environment, ..Setup::default() };
    let mut world = World::open(stage, &setup).await?;
    pay(&world, &["one", "two"]).await?;
    world.auditor.finish(ORDINARY).await?;
    let caught = caught.load(Ordering::SeqCst);
    if caught > 0 {
        world.findings.add(Kind::Conduct, format!("{caught} connections went to the proxy"));
    }
    Ok(world.findings.all())
}
