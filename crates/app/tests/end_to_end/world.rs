//! A sandbox, a service in front of it, and a user who has paid in.

use serde_json::Value as Json;

use crate::fault_proxy::FaultProxy;
use crate::http;
use crate::receiver::{Act, Receiver, Seen};
use crate::stage::{Outcome, Server, Stage, eventually};

/// A sandbox and a service in front of it.
pub(crate) struct World {
    pub(crate) service: Server,
    pub(crate) sandbox: Server,
    // It works for as long as somebody could read what it has seen.
    _relay: Option<Receiver>,
    proxy: Option<FaultProxy>,
    // Last, because what lies in it is used until the servers have ended.
    pub(crate) stage: Stage,
}

/// A bank that is in no need to be waited for.
const QUICK: [&str; 4] = ["--authorization-delay-ms", "10", "--execution-delay-ms", "20"];

/// A time that no sandbox of a test has reached.
const LATER: &str = "2999-01-01T00:00:00Z";

/// What a user who has paid in can be paid by.
#[derive(Clone, Debug)]
pub(crate) struct PaidIn {
    pub(crate) user: String,
    pub(crate) source: String,
    pub(crate) merchant_account: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&QUICK, &[])
    }

    /// The sandbox and the service with these arguments.
    pub(crate) fn with(sandbox: &[&str], service: &[&str]) -> Self {
        Self::with_environment(sandbox, service, &[])
    }

    /// The same, with an environment for both.
    pub(crate) fn with_environment(
        sandbox: &[&str],
        service: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        Self::in_home(Stage::new(), sandbox, service, environment)
    }

    /// The same, in a home in which there is something already.
    pub(crate) fn in_home(
        stage: Stage,
        sandbox: &[&str],
        service: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let sandbox = Server::start(&stage, "sandbox", "sandbox", sandbox, environment);
        // Receivers of webhooks are on this machine.
        let gateway = ["--gateway", sandbox.url(), "--private-network", "127.0.0.0/8"];
        let arguments = [gateway.as_slice(), service].concat();
        let service = Server::start(&stage, "serve", "service", &arguments, environment);
        Self { service, sandbox, _relay: None, proxy: None, stage }
    }

    /// A service that does not hear every answer of its provider: of the requests for payouts those
    /// that `instead` says are treated so.
    pub(crate) fn hard_of_hearing(
        mut instead: impl FnMut(&Seen) -> Option<Act> + Send + 'static,
    ) -> Self {
        let stage = Stage::new();
        let sandbox = Server::start(&stage, "sandbox", "sandbox", &QUICK, &[]);
        let relay = Receiver::before(&sandbox, move |seen| {
            let is_payout = seen.method == "POST" && seen.path == "/v3/payouts";
            is_payout.then(|| instead(seen)).flatten()
        });
        let url = relay.url();
        let gateway = ["--gateway", url.as_str(), "--credentials", "sandbox"];
        let service = Server::start(&stage, "serve", "service", &gateway, &[]);
        Self { service, sandbox, _relay: Some(relay), proxy: None, stage }
    }

    /// A service behind a proxy that spoils its connections to the sandbox.
    pub(crate) fn behind(proxy: impl FnOnce(&Server) -> FaultProxy) -> Self {
        let stage = Stage::new();
        let sandbox = Server::start(&stage, "sandbox", "sandbox", &QUICK, &[]);
        let proxy = proxy(&sandbox);
        let url = proxy.url();
        let gateway = ["--gateway", url.as_str(), "--credentials", "sandbox"];
        let service = Server::start(&stage, "serve", "service", &gateway, &[]);
        Self { service, sandbox, _relay: None, proxy: Some(proxy), stage }
    }

    /// The proxy that the service is behind.
    pub(crate) fn proxy(&self) -> &FaultProxy {
        self.proxy.as_ref().expect("this world has one")
    }

    /// Lets the sandbox tell the service what happens.
    pub(crate) fn tell_the_service(&self) {
        let body = format!(r#"{{"url":"{}/webhooks"}}"#, self.service.url());
        let json = [("Content-Type", "application/json")];
        let url = self.sandbox.url();
        let answer = http::send(url, "POST", "/sandbox/webhook", &json, body.as_bytes());
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Asks the service with a verb.
    pub(crate) fn ask(&self, verb: &[&str]) -> Outcome {
        self.stage.run(&[verb, &["--url", self.service.url()]].concat())
    }

    /// Asks the sandbox with a verb.
    pub(crate) fn ask_sandbox(&self, verb: &[&str]) -> Outcome {
        self.stage.run(&[verb, &["--url", self.sandbox.url()]].concat())
    }

    /// Lets a user pay in.
    #[track_caller]
    pub(crate) fn paid_in(&self, user: &str, amount: &str) -> PaidIn {
        let deposit = ["deposit", "--json", "--user", user, "--amount", amount];
        let deposit = self.ask_sandbox(&deposit).ended_with(0).json();
        PaidIn {
            user: user.to_owned(),
            source: member(&deposit, "payment_source_id"),
            merchant_account: member(&deposit, "merchant_account_id"),
        }
    }

    /// Asks the service for a payout.
    pub(crate) fn create(&self, to: &PaidIn, amount: &str, more: &[&str]) -> Outcome {
        self.ask(&[to.order().as_slice(), &["--amount", amount], more].concat())
    }

    /// Asks the service for a payout that it accepts, and gives its id.
    #[track_caller]
    pub(crate) fn accepted(&self, to: &PaidIn, amount: &str) -> String {
        self.create(to, amount, &[]).ended_with(0).line()
    }

    /// Follows a payout to its end.
    pub(crate) fn watch(&self, id: &str) -> Outcome {
        self.ask(&["watch", id, "--timeout", "40"])
    }

    /// How a payout stands.
    #[track_caller]
    pub(crate) fn payout(&self, id: &str) -> Json {
        self.ask(&["get", id, "--json"]).ended_with(0).json()
    }

    /// Waits until a payout stands like this, and gives it.
    #[track_caller]
    pub(crate) fn until(&self, id: &str, status: &str) -> Json {
        eventually(status, || Some(self.payout(id)).filter(|payout| payout["status"] == status))
    }

    /// Waits until a payout of the service is in the sandbox's own book.
    #[track_caller]
    pub(crate) fn until_provider_has(&self, to: &PaidIn, id: &str) {
        let has = || self.debits(&to.merchant_account, id) == 1;
        eventually("the provider has it", || has().then_some(()));
    }

    /// What the sandbox's own book holds of this type on a merchant account.
    #[track_caller]
    pub(crate) fn book(&self, merchant_account: &str, kind: &str) -> Vec<Json> {
        // The sandbox's clock may have been moved, ours is not.
        let verb =
            ["transactions", "--json", "--to", LATER, "--merchant-account", merchant_account];
        let page = self.ask_sandbox(&verb).ended_with(0).json();
        let items = page["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().filter(|item| item["type"] == kind).collect()
    }

    /// The debits that the sandbox's own book holds for a payout of the service.
    #[track_caller]
    pub(crate) fn debits(&self, merchant_account: &str, id: &str) -> usize {
        let debits = self.book(merchant_account, "payout");
        debits.iter().filter(|debit| debit["metadata"]["payout_id"] == id).count()
    }

    /// What a server says of the balances.
    #[track_caller]
    pub(crate) fn balances(&self, server: &Server) -> Json {
        let verb = ["accounts", "--json", "--url", server.url()];
        self.stage.run(&verb).ended_with(0).json()
    }
}

impl PaidIn {
    /// The arguments of an order to this user, without its amount.
    pub(crate) fn order(&self) -> Vec<&str> {
        vec![
            "create",
            "--user",
            &self.user,
            "--source",
            &self.source,
            "--merchant-account",
            &self.merchant_account,
            "--reference",
            "WD-20417",
        ]
    }

    /// The body of an order to this user.
    pub(crate) fn body(&self, amount_in_minor: i64, currency: &str) -> Json {
        serde_json::json!({
            "merchant_account_id": self.merchant_account,
            "amount_in_minor": amount_in_minor,
            "currency": currency,
            "beneficiary": {
                "type": "payment_source",
                "user_id": self.user,
                "payment_source_id": self.source,
                "reference": "WD-20417",
            },
        })
    }
}

/// A member that is a text.
#[track_caller]
pub(crate) fn member(document: &Json, name: &str) -> String {
    let text = document.get(name).and_then(Json::as_str);
    text.unwrap_or_else(|| panic!("`{name}` is missing: {document}")).to_owned()
}
