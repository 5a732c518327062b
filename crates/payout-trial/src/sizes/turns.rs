//! Two services in turns: one with a store of some size, one with a store that is nearly empty.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use payout_domain::GatewayPayoutId;
use payout_wire::payout::ReceivedPayoutPage;
use payout_wire::route;

use super::deed::Deed;
use super::ground::Ground;
use super::site::Site;
use crate::bench::figure::{Figure, Ratio, Series};
use crate::bench::line::Line;
use crate::bench::load::{Load, Measured, Requests};
use crate::bench::usage::Usage;

/// What one deed came to, round after round.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Of the store of this size.
    pub(super) here: Vec<Figure>,
    /// Of the nearly empty one.
    pub(super) empty: Vec<Figure>,
    /// Processor time here by that on the nearly empty store.
    pub(super) cost: Series,
    /// How many a second here by how many on the nearly empty store, each beside the machine's
    /// verifications before and after it.
    pub(super) pace: Series,
}

/// The two services, and how they are looked at.
pub(super) struct Turns<'a> {
    pub(super) ground: &'a Ground,
    pub(super) here: &'a mut Site,
    pub(super) empty: &'a mut Site,
    pub(super) rounds: usize,
    pub(super) span: Duration,
}

/// More requests a second than this class of machine takes.
const CREATES_MAX: u64 = 16_000;
/// Each event makes the service ask the provider.
const EVENTS_MAX: u64 = 4_000;

/// How many entries a page has.
const PAGE: usize = 25;

/// How long the service may go on working after the last request.
const PATIENCE: Duration = Duration::from_mins(2);

impl Turns<'_> {
    /// Measures these deeds, round after round.
    pub(super) async fn run(&mut self, deeds: &[Deed]) -> Result<BTreeMap<Deed, Compared>> {
        let mut taken: BTreeMap<Deed, Compared> = BTreeMap::new();
        for round in 0..self.rounds {
            for deed in deeds {
                // Whoever comes second finds other caches, so they change places.
                let [here, empty] = if round.is_multiple_of(2) {
                    let here = self.measure(*deed, true).await?;
                    [here, self.measure(*deed, false).await?]
                } else {
                    let empty = self.measure(*deed, false).await?;
                    [self.measure(*deed, true).await?, empty]
                };
                taken.entry(*deed).or_default().add(here, empty);
            }
        }
        Ok(taken)
    }

    /// One of the two services, and the machine's verifications before and after it, which are asked
    /// for only where signatures are what costs most.
    async fn measure(&mut self, deed: Deed, here: bool) -> Result<(Figure, u64)> {
        let site = if here { &mut *self.here } else { &mut *self.empty };
        let requests = requests(self.ground, site, deed, self.span)?;
        check(site, deed, &requests).await?;
        let half = self.span.checked_div(2).unwrap_or_default();
        let verifications = || match deed {
            Deed::Create => self.ground.cryptography.verifications(half),
            Deed::Get | Deed::Replay | Deed::FirstPage | Deed::FarPage | Deed::Event => Ok(1),
        };
        let before = verifications()?;
        let load = Load { span: self.span, ..site.load(deed.status()) };
        let measured = match deed {
            Deed::Event => followed(site, &load, &requests).await?,
            Deed::Create | Deed::Get | Deed::Replay | Deed::FirstPage | Deed::FarPage => {
                load.run(&requests).await?
            }
        };
        let after = verifications()?;
        if deed == Deed::Create {
            site.served.note(measured.count);
        }
        Ok((Figure::of(&measured), before.midpoint(after)))
    }
}

impl Compared {
    fn add(&mut self, (here, by_here): (Figure, u64), (empty, by_empty): (Figure, u64)) {
        if let Some(cost) = Ratio::of(here.cpu_ns, empty.cpu_ns) {
            self.cost.add(cost.0);
        }
        let here_beside = here.per_second.saturating_mul(by_empty);
        if let Some(pace) = Ratio::of(here_beside, empty.per_second.saturating_mul(by_here)) {
            self.pace.add(pace.0);
        }
        self.here.push(here);
        self.empty.push(empty);
    }
}

fn requests(ground: &Ground, site: &Site, deed: Deed, span: Duration) -> Result<Arc<Requests>> {
    let milliseconds = u64::try_from(span.as_millis())?;
    let in_span =
        |per_second: u64| usize::try_from(per_second.saturating_mul(milliseconds).div_ceil(1000));
    let letterhead = site.served.letterhead();
    let known = site.known.iter();
    Ok(match deed {
        Deed::Create => {
            let (key, user) = (ground.stage.signing_key(), &ground.user);
            Requests::once(letterhead.creates(key, user, in_span(CREATES_MAX)?)?)
        }
        Deed::Replay => site.oldest.replayed(usize::MAX),
        Deed::Get => {
            let paths = known.map(|it| route::PAYOUT.of(GatewayPayoutId::from_uuid(it.id)));
            Requests::again(paths.map(|path| letterhead.get(&path)).collect())
        }
        Deed::FirstPage => {
            let path = format!("{}?limit={PAGE}", route::PAYOUTS.v3);
            Requests::again(vec![letterhead.get(&path)])
        }
        Deed::FarPage => {
            let path = |id| format!("{}?limit={PAGE}&cursor={id}", route::PAYOUTS.v3);
            Requests::again(known.map(|it| letterhead.get(&path(it.id))).collect())
        }
        Deed::Event => {
            let names: Vec<_> = known.map(|it| it.provider_name).collect();
            Requests::once(site.events(&names, in_span(EVENTS_MAX)?)?)
        }
    })
}

/// Whether a page is one: an empty page is fast, and its figures are worth nothing.
async fn check(site: &Site, deed: Deed, requests: &Requests) -> Result<()> {
    if deed != Deed::FirstPage && deed != Deed::FarPage {
        return Ok(());
    }
    let request = requests.first().context("there is a request")?;
    let answer = Line::open(site.served.address).await?.ask(request).await?;
    let page = ReceivedPayoutPage::parse(&answer.body)?;
    ensure!(page.items.len() == PAGE, "{}: {} entries", deed.title(), page.items.len());
    Ok(())
}

/// Events cost most after they were taken in: the provider is asked about each.
async fn followed(site: &mut Site, load: &Load, requests: &Arc<Requests>) -> Result<Measured> {
    let pid = site.served.server.pid();
    let (asked, cpu, begun) = (site.provider.counts().asked, Usage::of(pid)?.cpu, Instant::now());
    let told = load.run(requests).await?;
    let all = asked.saturating_add(told.count);
    let until = site.provider.until(|counts| counts.asked >= all);
    tokio::time::timeout(PATIENCE, until).await.context("the events are not followed")?;
    let cpu = Usage::of(pid)?.cpu.saturating_sub(cpu);
    Ok(Measured { cpu, elapsed: begun.elapsed(), ..told })
}
