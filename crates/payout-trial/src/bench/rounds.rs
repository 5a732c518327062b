//! One round: everything once, with the machine's limits before and after it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use payout_signature::SigningKey;
use payout_wire::payout::CreatedPayout;
use payout_wire::route;

use super::bare_writer;
use super::figure::{Figure, Ratio, Series, micros, per_second, rank};
use super::house::House;
use super::limits;
use super::load::{Load, Measured, Requests};
use super::names::{Goal, Limit, Part, Scenario};
use super::served::Served;
use super::usage::Usage;

/// As many at a time as keep a server busy.
pub(super) const CONNECTIONS: usize = 64;

/// More requests a second than this class of machine takes.
const SIGNED_MAX: u64 = 16_000;
const UNSIGNED_MAX: u64 = 45_000;

/// How many payouts are sent, for each second that something is looked at.
const DISPATCHED: u64 = 4_000;

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
                    self.half_rate(fsync.1).await?;
                }
                Part::Forgery => self.forgery().await?,
                Part::CreateUnverified => self.create_unverified().await?,
                Part::Read => self.reads(&bodies).await?,
                Part::Dispatch => {
                    self.dispatch(Scenario::Dispatch, Duration::ZERO).await?;
                    self.dispatch(Scenario::DispatchSlow, Duration::from_millis(200)).await?;
                }
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

    /// The answers' bodies, for those who read afterwards.
    async fn create_sqlite(&mut self) -> Result<Vec<Vec<u8>>> {
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
    async fn create(
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
    async fn create_alone(&mut self, fsync_us: u64) -> Result<()> {
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
    async fn half_rate(&mut self, fsync_p99_us: u64) -> Result<()> {
        let most = self.taken.scenarios.get(&Scenario::CreateSqlite).and_then(|all| all.last());
        let rate = most.map_or(0, |figure| figure.per_second.div_euclid(2));
        let served = &self.house.sqlite;
        let requests = self.signed(served, self.house.stage.signing_key(), rate)?;
        let load = Load { rate: Some(rate), ..self.load(served, 202) };
        let measured = load.run(&requests).await?;
        served.note(measured.count);
        let half = self.keep(Scenario::CreateHalfRate, &measured);
        self.relate(Goal::HalfRateP99, half.p99_us, fsync_p99_us);
        Ok(())
    }

    /// Signed by somebody else in the client's name.
    async fn forgery(&mut self) -> Result<()> {
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

    async fn create_unverified(&mut self) -> Result<()> {
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

    async fn reads(&mut self, bodies: &[Vec<u8>]) -> Result<()> {
        let served = &self.house.sqlite;
        let letterhead = served.letterhead();
        let ids = bodies.iter().map(|body| CreatedPayout::parse(body));
        let gets = ids.map(|id| Ok(letterhead.get(&route::PAYOUT.of(id?.gateway_payout_id()))));
        let gets = Requests::again(gets.collect::<Result<Vec<_>>>()?);
        let before = self.bare_http().await?;
        let measured = self.load(served, 200).run(&gets).await?;
        let after = self.bare_http().await?;
        self.limit(Limit::BareHttp, mean(before, after));
        let got = self.keep(Scenario::GetById, &measured);
        self.relate(Goal::GetById, got.per_second, mean(before, after));
        let page = format!("{}?limit=25", route::PAYOUTS.v3);
        let pages = Requests::again(vec![letterhead.get(&page)]);
        let measured = self.load(served, 200).run(&pages).await?;
        self.keep(Scenario::ListPage, &measured);
        Ok(())
    }

    async fn bare_http(&self) -> Result<u64> {
        let bare = &self.house.bare;
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", bare.address);
        let load = Load {
            span: self.half(),
            ..Load::new(bare.address, bare.server.pid(), CONNECTIONS, 200)
        };
        let measured = load.run(&Requests::again(vec![request.into_bytes()])).await?;
        Ok(Figure::of(&measured).per_second)
    }

    /// A service of its own accepts first, and then sends all that it has accepted.
    async fn dispatch(&mut self, scenario: Scenario, delay: Duration) -> Result<()> {
        let name = format!("{}-{}", scenario.key(), self.number);
        let mut dispatching = self.house.dispatching(&name, delay).await?;
        let served = &dispatching.served;
        served.warm_up(&self.house.stage, &self.house.user).await?;
        let count = self.in_span(DISPATCHED);
        let key = self.house.stage.signing_key();
        let requests = self.signed(served, key, DISPATCHED)?;
        let load = Load { span: Duration::from_mins(2), ..self.load(served, 202) };
        let accepted = load.run(&requests).await?.count.saturating_add(1);
        let pid = served.server.pid();
        let before = self.signatures()?;
        let (cpu, begun) = (Usage::of(pid)?.cpu, Instant::now());
        served.resume().await?;
        dispatching.provider.until_taken(accepted).await?;
        let elapsed = begun.elapsed();
        let cpu = Usage::of(pid)?.cpu.saturating_sub(cpu);
        let after = self.signatures()?;
        let spans = vec![elapsed];
        let measured = Measured { count: accepted, elapsed, cpu, spans, bodies: Vec::new() };
        let dispatched = self.keep(scenario, &measured);
        debug_assert!(accepted >= count, "each of them was accepted");
        if scenario == Scenario::Dispatch {
            self.relate(Goal::Dispatch, dispatched.per_second, mean(before, after));
        }
        Ok(())
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

    /// The same, with one signature for all of them: nobody looks at it.
    fn unsigned(&self, served: &Served, key: &SigningKey) -> Result<Arc<Requests>> {
        let count = usize::try_from(self.in_span(UNSIGNED_MAX))?;
        Ok(Requests::once(served.letterhead().unsigned(key, &self.house.user, count)?))
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
