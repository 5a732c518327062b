//! A disk that fails while a payout is worked on.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Lane;
use super::point::Point;
use super::tracer::Tracer;
use super::working::name;
use crate::finding::Kind;
use crate::store::Store;

/// How long a life with an error is looked at.
const LIFE: Duration = Duration::from_secs(5);

/// How soon a service ends whose disk does not keep what it is given.
const END: Duration = Duration::from_secs(10);

impl Lane {
    /// Lets one call fail as a broken disk does. After a failed `fsync` of its own store the service must
    /// accept nothing more and end; after any other failure it may go on. Says whether the life came
    /// that far.
    pub(super) async fn fail_to_write(&mut self, point: Point) -> Result<bool> {
        let pid = self.world.service()?.server.pid();
        let tracer = Tracer::attach(&self.stage, pid, Some(point)).await?;
        let number = self.world.want(&name(point))?;
        // What an error has interrupted goes on when its lease ends; the restart comes sooner.
        let _or_it_is_interrupted =
            tokio::time::timeout(LIFE, self.until_it_ends(number)).await.ok().transpose()?;
        let struck = tracer.has_struck();
        // A database server keeps its own disk. SQLite keeps its log by `fsync`; by `fdatasync` go the mark,
        // without which nothing leaves until it is written again, and the audit trail.
        let keeps_the_store = self.store == Store::Sqlite;
        if struck && keeps_the_store && point.call == "fsync" {
            self.must_end(point).await?;
        }
        tracer.detach().await?;
        self.begin_again(number).await?;
        Ok(struck)
    }

    async fn must_end(&mut self, point: Point) -> Result<()> {
        let begun = Instant::now();
        let late = self.world.want(&format!("{}-late", name(point)))?;
        while self.world.service()?.server.is_running()? {
            if let Some(id) = self.world.ask_once(late).await? {
                let story = format!("{point}: it accepted {id} after its disk had failed");
                self.world.findings.add(Kind::Conduct, story);
                break;
            }
            if begun.elapsed() > END {
                let story = format!("{point}: it goes on after its disk has failed");
                self.world.findings.add(Kind::Conduct, story);
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}
