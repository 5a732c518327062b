//! One round: everything once, with the machine's limits before and after it.

mod create;
mod read;
mod dispatch;
mod webhooks;
mod open;
mod instances;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use payout_signature::SigningKey;

use super::figure::{Figure, Ratio, Series, micros, per_second, rank};
use super::house::House;
use super::limits;
use super::load::{Load, Measured, Requests};
use super::names::{Goal, Limit, Part, Scenario};
use super::served::Served;

/// As many at a time as keep a server busy.
pub(super) const CONNECTIONS: usize = 64;

/// More requests a second than this class of machine takes.
const SIGNED_MAX: u64 = 16_000;
const UNSIGNED_MAX: u64 = 45_000;

/// What has been measured so far.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) scenarios: BTreeMap<Scenario, Vec<Figure>>,
    pub(super) limits: BTreeMap<Limit, Series>,
    pub(super) ratios: BTreeMap<Goal, Series>,
}

/// One round.
pub(super) struct Round<'a> {
    pub(super) house: &'a House,
    pub(super) taken: &'a mut Taken,
    pub(super) number: usize,
    pub(super) parts: &'a [Part],
    /// How long each thing is looked at.
    pub(super) span: Duration,
}

impl Round<'_> {
    /// Measures everything once.
    pub(super) async fn run(&mut self) -> Result<()> {
        let (house, fsync) = (self.house, self.disk()?);
        // Others ask for what was accepted here, or half as often as it was.
        let bodies = self.create_sqlite().await?;
        for part in self.parts {
            match part {
                Part::Create => {}
                Part::CreatePostgres => {
                    let names = (Scenario::CreatePostgres, Goal::CreatePostgres);
                    self.create(house.postgres.as_ref(), names).await?;
                }
                Part::CreateByTables => {
                    let names = (Scenario::CreateSqliteTables, Goal::CreateSqliteTables);
                    self.create(Some(&house.sqlite_tables), names).await?;
                    let names = (Scenario::CreatePostgresTables, Goal::CreatePostgresTables);
                    self.create(house.postgres_tables.as_ref(), names).await?;
                }
                Part::CreateSlowly => {
                    self.create_alone(fsync.0).await?;
                    self.half_rate(fsync.1)?;
                }
                Part::Forgery => self.forgery().await?,
                Part::CreateUnverified => self.create_unverified().await?,
                Part::Read => self.reads(&bodies).await?,
                Part::Dispatch => {
                    self.dispatch(Scenario::Dispatch, Duration::ZERO).await?;
                    self.dispatch(Scenario::DispatchSlow, Duration::from_millis(200)).await?;
                }
                Part::WebhookIn => self.webhook_in().await?,
                Part::WebhookOut => self.webhook_out().await?,
                Part::Reconcile => self.reconcile().await?,
                Part::Recover => self.recover().await?,
                Part::Instances => self.instances().await?,
            }
        }
        Ok(())
    }

    /// The median and the p99 of a write that the disk has, in microseconds.
    fn disk(&mut self) -> Result<(u64, u64)> {
        let fsyncs = limits::fsyncs(&self.house.stage.path("."), self.half())?;
        let elapsed = fsyncs.iter().sum();
        let [p50, p99] = [500, 990].map(|permille| rank(&fsyncs, permille).map_or(0, micros));
        self.limit(Limit::Fsyncs, per_second(u64::try_from(fsyncs.len())?, elapsed));
        self.limit(Limit::FsyncP50, p50);
        self.limit(Limit::FsyncP99, p99);
        Ok((p50, p99))
    }

    fn verifications(&mut self) -> Result<u64> {
        let rate = self.house.cryptography.verifications(self.half())?;
        self.limit(Limit::Verifications, rate);
        Ok(rate)
    }

    fn signatures(&mut self) -> Result<u64> {
        let rate = self.house.cryptography.signatures(self.half())?;
        self.limit(Limit::Signatures, rate);
        Ok(rate)
    }

    /// Requests for payouts that no other round has made, enough for the span at this rate.
    fn signed(&self, served: &Served, key: &SigningKey, per_second: u64) -> Result<Arc<Requests>> {
        let count = usize::try_from(self.in_span(per_second))?;
        let made = served.letterhead().creates(key, &self.house.user, count)?;
        Ok(Requests::once(made))
    }

    fn load(&self, served: &Served, status: u16) -> Load {
        let load = Load::new(served.address, served.server.pid(), CONNECTIONS, status);
        Load { span: self.span, ..load }
    }

    fn in_span(&self, per_second: u64) -> u64 {
        let milliseconds = u64::try_from(self.span.as_millis()).unwrap_or(u64::MAX);
        per_second.saturating_mul(milliseconds).div_euclid(1000).max(1)
    }

    fn half(&self) -> Duration {
        self.span.checked_div(2).unwrap_or_default()
    }

    fn keep(&mut self, scenario: Scenario, measured: &Measured) -> Figure {
        let figure = Figure::of(measured);
        self.taken.scenarios.entry(scenario).or_default().push(figure);
        figure
    }

    fn limit(&mut self, limit: Limit, value: u64) {
        self.taken.limits.entry(limit).or_default().add(value);
    }

    fn relate(&mut self, goal: Goal, one: u64, other: u64) {
        if let Some(ratio) = Ratio::of(one, other) {
            self.taken.ratios.entry(goal).or_default().add(ratio.0);
        }
    }
}

fn mean(one: u64, other: u64) -> u64 {
    one.midpoint(other)
}
