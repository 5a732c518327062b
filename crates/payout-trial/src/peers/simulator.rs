//! Providers that are none: ours, and those that people use instead.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Result, bail};
use payout_http_client::{Deadlines, Environment, SandboxControls};
use payout_wire::sandbox::Deposit;

use super::house::{House, Rest};
use super::names::Scenario;
use super::pair::Manner;
use crate::bench::request::Letterhead;
use crate::bench::served::token;
use crate::provider::PaidIn;
use crate::random::Random;
use crate::server::{Launch, Server};
use crate::service;
use crate::stage::Stage;

/// A simulator that runs.
pub(super) struct Simulator {
    pub(super) server: Server,
    pub(super) manner: Manner,
    pub(super) rest: Rest,
    make: Make,
    /// Whether it looks at signatures.
    verifies: bool,
    /// The token that it is shown.
    token: String,
    user: PaidIn,
}

/// What is asked of a simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Make {
    /// Payouts, by a client that it knows.
    Ours,
    /// Payouts, by anybody.
    Mock,
    /// Customers.
    Stripe,
}

/// Where payouts are found, before their ids.
const PAYOUTS: &str = "/v3/payouts/";

/// Where localstripe keeps customers, before their ids.
const CUSTOMERS: &str = "/v1/customers/";

/// A key as localstripe wants it; mocks look at none.
const STRIPE_KEY: &str = "sk_test_12345";

impl Simulator {
    /// Starts one on an empty state and lets a user pay in where that is asked for.
    pub(super) async fn start(house: &House, scenario: Scenario, name: &str) -> Result<Self> {
        let address = Stage::address()?;
        let launch = launch(house, scenario, name, address)?;
        let mut server = launch.start(&house.stage)?;
        let make = Make::of(scenario);
        let (path, created) = make.manner();
        let anything = format!("{path}{}", Random::new(crate::clock::seed()).uuid());
        let rest = Rest::of(&mut server, address, &anything).await?;
        let (token, user) = match make {
            Make::Ours => (token(address).await?, pay_in(address).await?),
            Make::Mock | Make::Stripe => (STRIPE_KEY.to_owned(), house.user.clone()),
        };
        let manner = Manner {
            address,
            pid: server.pid(),
            created,
            path,
            headers: format!("Authorization: Bearer {token}\r\nAccept: application/json\r\n"),
            remembers: make != Make::Mock,
        };
        let verifies = scenario == Scenario::Sandbox;
        Ok(Self { server, manner, rest, make, verifies, token, user })
    }

    /// Requests of which each creates something new.
    pub(super) fn creates(&self, house: &House, count: usize) -> Result<Vec<Vec<u8>>> {
        let letterhead = Letterhead { address: self.manner.address, token: &self.token };
        let key = house.stage.signing_key();
        match self.make {
            Make::Stripe => Ok((0..count).map(|number| self.customer(number)).collect()),
            Make::Ours if self.verifies => letterhead.creates(key, &self.user, count),
            Make::Ours | Make::Mock => letterhead.unsigned(key, &self.user, count),
        }
    }

    fn customer(&self, number: usize) -> Vec<u8> {
        let (address, token) = (self.manner.address, &self.token);
        let body = format!("name=Trial+{number}&email=trial-{number}%40customer.example");
        let length = body.len();
        let text = format!(
            "POST /v1/customers HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        text.into_bytes()
    }
}

impl Make {
    fn of(scenario: Scenario) -> Self {
        if scenario == Scenario::Localstripe {
            Self::Stripe
        } else if Scenario::SIMULATORS.contains(&scenario) {
            Self::Mock
        } else {
            Self::Ours
        }
    }

    /// Where it shows what was created, and the status of its answer to a create.
    fn manner(self) -> (&'static str, u16) {
        match self {
            Self::Ours | Self::Mock => (PAYOUTS, 202),
            Self::Stripe => (CUSTOMERS, 200),
        }
    }
}

/// How it is started, quiet and with all that makes it fast.
fn launch(house: &House, scenario: Scenario, name: &str, address: SocketAddr) -> Result<Launch> {
    let port = address.port().to_string();
    let openapi = house.stage.text("openapi.json");
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let setup = &house.setup;
    let ours = |more: &[&str]| sandbox(&house.stage, name, address, more);
    let (program, arguments): (PathBuf, _) = match scenario {
        Scenario::Sandbox => (setup.binary.clone(), ours(&[])),
        Scenario::SandboxUnverified => (setup.unverified.clone(), ours(&[])),
        Scenario::SandboxInMemory => (setup.unverified.clone(), ours(&["--in-memory"])),
        Scenario::Prism => {
            let quiet = ["mock", "--host", "127.0.0.1", "--verboseLevel", "silent"];
            let what = ["--port", &port, &openapi];
            (house.of_node("prism")?, words(&[quiet.as_slice(), &what].concat()))
        }
        Scenario::Mockoon => {
            let quiet = ["start", "--hostname", "127.0.0.1", "--disable-log-to-file"];
            let what = ["--disable-admin-api", "--port", &port, "--data", &openapi];
            (house.of_node("mockoon-cli")?, words(&[quiet.as_slice(), &what].concat()))
        }
        Scenario::Localstripe => {
            (house.of_python("localstripe")?, words(&["--port", &port, "--from-scratch"]))
        }
        Scenario::Serve
        | Scenario::Queue
        | Scenario::Graphile
        | Scenario::GraphileBatches
        | Scenario::PgBoss
        | Scenario::Pgbench => bail!("{} is no simulator", scenario.key()),
    };
    let log = house.stage.path(&format!("{name}.log"));
    Ok(Launch { program: Some(program), ..Launch::new(arguments, log) })
}

/// Our own, with an account that no bench empties.
fn sandbox(stage: &Stage, name: &str, address: SocketAddr, more: &[&str]) -> Vec<String> {
    let listen = address.to_string();
    let fixed = ["sandbox", "--json", "--data", name, "--listen", &listen];
    let rich = ["--merchant-account", "10000000.00 GBP"];
    let words = fixed.iter().chain(&rich).chain(more);
    words.map(|word| (*word).to_owned()).chain(stage.identity()).collect()
}

/// Lets a user pay in at a sandbox of ours.
async fn pay_in(address: SocketAddr) -> Result<PaidIn> {
    let environment = Environment::at(&service::url(address))?;
    let controls = SandboxControls::new(&environment, Deadlines::default())?;
    let deposit = Deposit {
        user_id: "sam".parse()?,
        amount: "25.00 GBP".parse()?,
        account_identifier: None,
        account_holder_name: None,
        merchant_account_id: None,
    };
    let made = controls.deposit(&deposit).await?.value;
    Ok(PaidIn {
        user: made.user_id,
        payment_source: made.payment_source_id,
        merchant_account: made.merchant_account_id,
    })
}
