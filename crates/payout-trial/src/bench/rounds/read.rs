//! Payouts shown and listed.

use anyhow::Result;
use payout_wire::payout::CreatedPayout;
use payout_wire::route;

use super::{CONNECTIONS, Round, mean};
use crate::bench::figure::Figure;
use crate::bench::load::{Load, Requests};
use crate::bench::names::{Goal, Limit, Scenario};

impl Round<'_> {
    /// Those of which these are the answers.
    pub(super) async fn reads(&mut self, bodies: &[Vec<u8>]) -> Result<()> {
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
}
