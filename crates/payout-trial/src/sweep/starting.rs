//! A process that is killed while it starts on an empty store.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use payout_domain::ProviderStatus;

use super::point::Point;
use super::tracer::{calls, wrapper};
use super::working::name;
use super::{Lane, one_worker};
use crate::audit::ask;
use crate::finding::Kind;
use crate::load::order;
use crate::provider::Book;
use crate::server::Launch;
use crate::service::{self, Setting};

/// How long one life may take.
const LIFE: Duration = Duration::from_secs(45);

impl Lane {
    /// Looks on while a service starts for the first time.
    pub(super) async fn look_at_a_start(&self) -> Result<BTreeMap<String, u32>> {
        let mut launch = self.launch("looked-at").await?;
        let file = self.stage.path("looked-at.strace");
        launch.wrapper = wrapper(&file, None);
        let mut server = launch.start_ready(&self.stage).await?;
        server.kill().await?;
        calls(&file)
    }

    /// Kills the very first start of a service, and lets the second one pay. Says whether the first
    /// start came that far.
    pub(super) async fn die_while_starting(&mut self, point: Point) -> Result<bool> {
        let directory = name(point);
        let launch = self.launch(&directory).await?;
        let mut traced = launch.clone();
        traced.wrapper = wrapper(&self.stage.path(&format!("{directory}.strace")), Some(point));
        let mut first = traced.start(&self.stage)?;
        let survived = first.announced().await.is_some();
        first.kill().await?;
        if survived {
            return Ok(false);
        }
        match launch.start_ready(&self.stage).await {
            Ok(mut second) => {
                self.pay(point, self.nursery_address).await?;
                // The next one needs its address: a process that waits for a disk takes a while to die.
                second.kill().await?;
            }
            Err(error) => self.findings.add(Kind::Conduct, format!("{point}: {error:#}")),
        }
        let _only_to_save_room = std::fs::remove_dir_all(self.stage.path(&directory));
        Ok(true)
    }

    /// How a service with a store of its own is started.
    async fn launch(&self, directory: &str) -> Result<Launch> {
        let setting = Setting {
            name: directory,
            store: &self.store.fresh().await?,
            gateway: &self.nursery.url,
            webhook: None,
            environment: &one_worker(),
        };
        Ok(service::launch(&self.stage, self.nursery_address, &setting))
    }

    /// Lets the second start pay somebody, once.
    async fn pay(&self, point: Point, address: SocketAddr) -> Result<()> {
        let client = service::client(&self.stage, address)?;
        let user = self.nursery.paid_in("kim").await?;
        let order = order(&user, 0, u64::from(point.nth))?;
        let key = name(point).parse()?;
        let id = ask(async || client.create_payout(&order, &key).await).await?.value;
        let begun = Instant::now();
        loop {
            let status = ask(async || client.payout(id).await).await?.value.status;
            if let ProviderStatus::Executed { .. } = status {
                break;
            }
            if begun.elapsed() > LIFE {
                self.findings.add(Kind::Unfinished, format!("{point}: {id} is {status:?}"));
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut book = Book::default();
        book.read_on(&self.nursery, user.merchant_account).await?;
        if book.by_payout_of(id).len() != 1 {
            self.findings.add(Kind::Twice, format!("{point}: {id}"));
        }
        Ok(())
    }
}
