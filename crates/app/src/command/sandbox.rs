//! Is the provider on localhost.

mod provider;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use payout_domain::{ClientId, Money, PayoutRules};
use payout_http_client::WebhookNotifier;
use payout_http_server::{Api, ClientDirectory, Faults, PointWebhooks, Sandbox};
use payout_memory::{Bank, BankConfiguration, MemoryMarker, MemoryStore, OpeningAccount};
use payout_ports::{Clock, IdGenerator, PayoutGateway as _, SandboxBank, SandboxDelays, Sealing};
use payout_service::{FollowBank, SteerSandbox};
use payout_wire::route;

use crate::bank_journal::{self, FileJournal};
use crate::cli::SandboxArgs;
use crate::clock::SandboxClock;
use crate::credentials::Announcement;
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::faulty_notifier::FaultyNotifier;
use crate::id_generator::UuidGenerator;
use crate::known_clients::Configured;
use crate::output::Output;
use crate::server::{self, Database, Gate, Home, ServerPlan, Serving, flag, required};
use crate::settings::Settings;
use crate::span::Span;
use crate::wiring::{Adapters, Behaviour, Stores, UseCases};
use crate::workers::Workers;

/// Starts the sandbox and serves until it is told to stop.
pub(crate) async fn run(
    args: &SandboxArgs,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let plan = ServerPlan::new("sandbox", &args.server, settings)?;
    let token_life: Span =
        required(settings, "sandbox.token_life", flag("token-life", args.token_life))?;
    let key_window: Span =
        required(settings, "sandbox.key_window", flag("key-window", args.key_window))?;
    let gate = Gate::open(&plan).await?;
    let base_url = gate.base_url.clone();
    let home = Home::open(&plan.data)?;
    let clock = Arc::new(open_clock(args, &home)?);
    let store = (!args.in_memory)
        .then(|| Database::open_file(home.directory(), Sealing::default()))
        .transpose()?;
    // Keys are made behind the store's lock, and while it was opened their entropy was gathered.
    let identity = home.identity(&plan)?;
    let bank = Arc::new(open_bank(args, settings, &home, Arc::<SandboxClock>::clone(&clock))?);
    let webhook_key = home.webhook_key()?;
    let jwks_url = format!("{base_url}{}", route::JWKS);
    let notifier =
        server::notifier(&plan, (&webhook_key, &jwks_url), Arc::<SandboxClock>::clone(&clock))?;
    let faults = Faults::default();
    let teller = Arc::new(FaultyNotifier::new(Arc::clone(&notifier), faults.clone()));
    let adapters = Adapters {
        stores: store.as_ref().map_or_else(in_memory, Database::stores),
        // The bank is in this process: nothing is sent that a copy could send again.
        marker: Arc::new(MemoryMarker::default()),
        gateway: Arc::<Bank>::clone(&bank),
        notifier: Arc::<FaultyNotifier>::clone(&teller),
        clock: Arc::<SandboxClock>::clone(&clock),
        ids: Arc::new(UuidGenerator),
        owners: Arc::new(plan.client_id.clone()),
    };
    let behaviour = Behaviour::of_sandbox(PayoutRules::default(), key_window.duration());
    let use_cases = UseCases::new(&adapters, &behaviour);
    let workers = Workers::default();
    let steer = steering(&bank, &clock, &adapters, &use_cases);
    gate.keep_up(&workers);
    server::start_workers(&workers, &use_cases);
    server::start_sending(&workers, &use_cases);
    follow_bank(&workers, &steer.follow);
    provider::tell_notices(&workers, provider::notices(&bank, teller, &adapters, &behaviour));
    let accounts = bank.merchant_accounts().await;
    let accounts = accounts.map_err(|error| Failure::failed("bank", &error))?;
    let clients = only(identity.configured(clock.now())?)?;
    let mut api = server::api(&use_cases, &adapters, &home, (clients, None), &webhook_key)?;
    api.tokens.life = token_life.duration();
    let serving = Serving {
        name: "sandbox",
        entrance: gate.entrance,
        api: Api {
            sandbox: Some(Sandbox {
                provider: provider::wired(&bank, &adapters, &steer.follow, &base_url),
                steer,
                owner: plan.client_id.clone(),
                delays: Mutex::new(bank.delays()),
                point_webhooks: Some(point_webhooks(notifier, plan.client_id.clone())),
                lifetimes: Mutex::default(),
                faults,
            }),
            ..api
        },
        announcement: Announcement::new("sandbox", base_url, &identity, &accounts, jwks_url),
        directory: home.directory(),
        write_env: args.server.write_env.as_deref(),
        workers,
        output,
    };
    let broken = server::broken(store.clone());
    serving.run(server::finish(use_cases.dispatch_payouts.clone(), store), broken).await
}

/// A sandbox has one client.
fn only(configured: Configured) -> Result<ClientDirectory, Failure> {
    let directory = ClientDirectory::new([configured.client]);
    directory.map_err(|error| Failure::failed("client", &error))
}

fn open_clock(args: &SandboxArgs, home: &Home) -> Result<SandboxClock, Failure> {
    if args.in_memory { Ok(SandboxClock::default()) } else { SandboxClock::open(home.directory()) }
}

fn in_memory() -> Stores {
    Stores::of(&Arc::new(MemoryStore::new()))
}

/// Lets webhooks go elsewhere from now on.
fn point_webhooks(notifier: Arc<WebhookNotifier>, client_id: ClientId) -> PointWebhooks {
    Arc::new(move |url| {
        let target = Some(url).filter(|url| !url.is_empty());
        notifier.set_target(client_id.clone(), target).map_err(|error| chain(&error))
    })
}

fn steering(
    bank: &Arc<Bank>,
    clock: &Arc<SandboxClock>,
    adapters: &Adapters,
    use_cases: &UseCases,
) -> SteerSandbox {
    let bank: Arc<dyn SandboxBank> = Arc::<Bank>::clone(bank);
    SteerSandbox {
        follow: FollowBank {
            bank: Arc::clone(&bank),
            record_payment: use_cases.record_payment.clone(),
            reconcile: use_cases.reconcile_payouts.clone(),
        },
        bank,
        payouts: Arc::clone(&adapters.stores.payouts),
        clock: Arc::<SandboxClock>::clone(clock),
        dispatch: use_cases.bells.dispatch.clone(),
    }
}

/// Takes in what happens at the bank by the passage of time.
fn follow_bank(workers: &Workers, follow: &FollowBank) {
    let follow = follow.clone();
    workers.spawn("bank", Duration::from_millis(20), None, move || {
        let follow = follow.clone();
        async move { follow.run().await }
    });
}

fn open_bank(
    args: &SandboxArgs,
    settings: &Settings,
    home: &Home,
    clock: Arc<dyn Clock>,
) -> Result<Bank, Failure> {
    let accounts = Some(("merchant-account", args.merchant_accounts.clone()));
    let accounts = settings.value("sandbox.merchant_accounts", accounts);
    let wanted = accounts.map(|value| value.parse_all::<Money>()).transpose()?;
    let balances = match &wanted {
        Some(wanted) => wanted.clone(),
        None => BankConfiguration::default()
            .merchant_accounts
            .iter()
            .map(|account| account.opening_balance)
            .collect(),
    };
    let delays = delays(args, settings)?;
    let ids: Arc<dyn IdGenerator> = Arc::new(UuidGenerator);
    if args.in_memory {
        return Ok(Bank::new(configuration(&balances, delays)?, clock, ids));
    }
    let opened = FileJournal::open(home.directory(), &balances)?;
    let path = bank_journal::path(home.directory());
    if wanted.is_some_and(|wanted| wanted != opened.opening_balances) {
        return Err(Failure::configuration(format!(
            "--merchant-account: {} was begun with other accounts; use another --data, or leave the \
             flag out",
            path.display()
        )));
    }
    let configuration = configuration(&opened.opening_balances, delays)?;
    let journal = Arc::new(opened.journal);
    Bank::replay(configuration, clock, ids, journal, opened.operations)
        .map_err(|error| Failure::configuration(format!("{}: {}", path.display(), chain(&error))))
}

/// Merchant accounts whose ids follow from their place, so that they are the same after a restart.
fn configuration(balances: &[Money], delays: SandboxDelays) -> Result<BankConfiguration, Failure> {
    let mut merchant_accounts: Vec<OpeningAccount> = Vec::new();
    for balance in balances {
        let same =
            |account: &&OpeningAccount| account.opening_balance.currency() == balance.currency();
        let name = match merchant_accounts.iter().filter(same).count() {
            0 => "sandbox".to_owned(),
            earlier => format!("sandbox-{earlier}"),
        };
        let account = OpeningAccount::derived(&name, *balance);
        merchant_accounts.push(account.map_err(|error| {
            Failure::configuration(format!("--merchant-account '{balance}': {error}"))
        })?);
    }
    Ok(BankConfiguration { merchant_accounts, delays, ..BankConfiguration::default() })
}

fn delays(args: &SandboxArgs, settings: &Settings) -> Result<SandboxDelays, Failure> {
    let span = |key: &str, name: &'static str, value: Option<u64>| {
        required(settings, key, flag(name, value)).map(Duration::from_millis)
    };
    Ok(SandboxDelays {
        settlement: span(
            "sandbox.settlement_delay_ms",
            "settlement-delay-ms",
            args.settlement_delay_ms,
        )?,
        authorization: span(
            "sandbox.authorization_delay_ms",
            "authorization-delay-ms",
            args.authorization_delay_ms,
        )?,
        execution: span(
            "sandbox.execution_delay_ms",
            "execution-delay-ms",
            args.execution_delay_ms,
        )?,
    })
}
