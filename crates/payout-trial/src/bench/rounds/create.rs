//! Payouts accepted, and forgeries refused.

use std::sync::Arc;

use anyhow::Result;
use payout_signature::SigningKey;

use super::{CONNECTIONS, Round, SIGNED_MAX, UNSIGNED_MAX, mean};
use crate::bench::bare_writer;
use crate::bench::figure::micros;
use crate::bench::load::{Load, Requests};
use crate::bench::names::{Goal, Limit, Scenario};
use crate::bench::paced::Paced;
use crate::bench::served::Served;

/// How many requests that come evenly may be unanswered at once.
const PACED: usize = 32;

impl Round<'_> {
    /// The answers' bodies, for those who read afterwards.
    pub(super) async fn create_sqlite(&mut self) -> Result<Vec<Vec<u8>>> {
        let served = &self.house.sqlite;
        let requests = self.signed(served, self.house.stage.signing_key(), SIGNED_MAX)?;
        let before = self.verifications()?;
        let measured = self.load(served, 202).keeping().run(&requests).await?;
        served.note(measured.count);
        let after = self.verifications()?;
        let created = self.keep(Scenario::CreateSqlite, &measured);
        self.relate(Goal::CreateSqlite, created.per_second, mean(before, after));
        // Whoever sends them again gets the same answers.
        let used = usize::try_from(measured.count)?;
        let replayed = self.load(served, 202).run(&requests.replayed(used)).await?;
        self.keep(Scenario::Replay, &replayed);
        Ok(measured.bodies)
    }

    /// Creates beside verifications, if there is such a service.
    pub(super) async fn create(
        &mut self,
        served: Option<&Served>,
        (scenario, goal): (Scenario, Goal),
    ) -> Result<()> {
        let Some(served) = served else { return Ok(()) };
        let requests = self.signed(served, self.house.stage.signing_key(), SIGNED_MAX)?;
        let before = self.verifications()?;
        let measured = self.load(served, 202).run(&requests).await?;
        served.note(measured.count);
        let after = self.verifications()?;
        let created = self.keep(scenario, &measured);
        self.relate(goal, created.per_second, mean(before, after));
        Ok(())
    }

    /// One after the other: nobody shares a commit, and nobody waits for a processor.
    pub(super) async fn create_alone(&mut self, fsync_us: u64) -> Result<()> {
        let served = &self.house.sqlite;
        let key = self.house.stage.signing_key();
        let requests = self.signed(served, key, SIGNED_MAX.div_euclid(4))?;
        let measured = Load { connections: 1, ..self.load(served, 202) }.run(&requests).await?;
        served.note(measured.count);
        let alone = self.keep(Scenario::CreateAlone, &measured);
        let verification_us = micros(self.house.cryptography.one_verification(self.half())?);
        self.relate(Goal::CreateAlone, alone.p50_us, verification_us.saturating_add(fsync_us));
        Ok(())
    }

    /// As many as half of what it can take, evenly.
    pub(super) fn half_rate(&mut self, fsync_p99_us: u64) -> Result<()> {
        let most = self.taken.scenarios.get(&Scenario::CreateSqlite).and_then(|all| all.last());
        let rate = most.map_or(0, |figure| figure.per_second.div_euclid(2));
        let served = &self.house.sqlite;
        let requests = self.signed(served, self.house.stage.signing_key(), rate)?;
        let (address, pid) = (served.address, served.server.pid());
        let paced = Paced { address, pid, connections: PACED, rate, status: 202 };
        let measured = tokio::task::block_in_place(|| paced.run(&requests))?;
        served.note(measured.count);
        let half = self.keep(Scenario::CreateHalfRate, &measured);
        self.relate(Goal::HalfRateP99, half.p99_us, fsync_p99_us);
        Ok(())
    }

    /// Signed by somebody else in the client's name.
    pub(super) async fn forgery(&mut self) -> Result<()> {
        let served = &self.house.sqlite;
        let own = self.house.stage.signing_key();
        let (forger, _) = SigningKey::generate(own.kid())?;
        let requests = self.signed(served, &forger, SIGNED_MAX.div_euclid(2))?;
        let one = self.house.cryptography.one_verification(self.half())?;
        let measured = self.load(served, 401).run(&requests).await?;
        let forgery = self.keep(Scenario::Forgery, &measured);
        self.relate(Goal::Forgery, forgery.cpu_ns, u64::try_from(one.as_nanos())?);
        Ok(())
    }

    /// Nobody looks at the signatures.
    pub(super) async fn create_unverified(&mut self) -> Result<()> {
        let Some(served) = &self.house.unverified else { return Ok(()) };
        let key = self.house.stage.signing_key();
        let requests = self.unsigned(served, key)?;
        let directory = self.house.stage.path(".");
        let before = bare_writer::rows(&directory, CONNECTIONS, self.half()).await?;
        let measured = self.load(served, 202).run(&requests).await?;
        served.note(measured.count);
        let after = bare_writer::rows(&directory, CONNECTIONS, self.half()).await?;
        self.limit(Limit::BareWriter, mean(before, after));
        let created = self.keep(Scenario::CreateUnverified, &measured);
        self.relate(Goal::CreateUnverified, created.per_second, mean(before, after));
        Ok(())
    }

    /// The same, with one signature for all of them: nobody looks at it.
    fn unsigned(&self, served: &Served, key: &SigningKey) -> Result<Arc<Requests>> {
        let count = usize::try_from(self.in_span(UNSIGNED_MAX))?;
        Ok(Requests::once(served.letterhead().unsigned(key, &self.house.user, count)?))
    }
}
