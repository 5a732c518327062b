//! Is the durable service in front of a provider.

mod recovery;

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use payout_domain::{MerchantAccount, Money, PayoutRules, SendRule};
use payout_http_client::{Connection, HttpGateway, JwksCache, PrivateNetworks, WebhookNotifier};
use payout_http_server::{Api, InboundWebhooks, Limits, Rate, Rates, UNVERIFIED};
use payout_ports::{Clock, PaymentRepository, PayoutGateway};
use payout_wire::route;

use crate::cli::ServeArgs;
use crate::clock::SteadyClock;
use crate::credentials::Announcement;
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::file_marker::FileMarker;
use crate::id_generator::UuidGenerator;
use crate::known_clients::KnownClients;
use crate::output::Output;
use crate::server::{
    self, Database, DiskRoom, Gate, Home, Identity, ServerPlan, Serving, flag, required,
};
use crate::settings::Settings;
use crate::span::Span;
use crate::target;
use crate::webhook_keys::ProviderKeys;
use crate::wiring::{Adapters, Behaviour, Stores, UseCases};
use crate::workers::Workers;

/// What comes together in so many seconds may be asked for at once.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);

/// How old an event of the provider may be: it repeats them for 72 hours.
const EVENT_AGE_MAX: Duration = Duration::from_hours(73);

/// A binary that was built to be measured moves no money.
fn check_verifies(connection: &Connection) -> Result<(), Failure> {
    if !UNVERIFIED {
        return Ok(());
    }
    tracing::warn!("this binary was built to be measured and looks at no signature");
    if connection.environment.is_plain() {
        return Ok(());
    }
    let sentence = "this binary was built to be measured and looks at no signature: --gateway must be a \
                    loopback address";
    Err(Failure::configuration(sentence))
}

/// Starts the service and serves until it is told to stop.
pub(crate) async fn run(
    args: &ServeArgs,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let plan = plan(args, settings)?;
    let verifier = server::verifier(settings)?;
    let connection = target::of_gateway(args, settings)?;
    check_verifies(&connection)?;
    let key_window: Span = required(settings, "serve.key_window", None)?;
    let rules = rules(args, settings)?;
    let gate = Gate::open(&plan).await?;
    let base_url = gate.base_url.clone();
    let home = Home::open(&plan.data)?;
    let database = Database::open(args, settings, home.directory()).await?;
    // Keys are made behind the store's lock, and while it was opened their entropy was gathered.
    let identity = home.identity(&plan)?;
    let stores = database.stores();
    let mark = stores.marked.mark().await.map_err(|error| Failure::failed("store", &error))?;
    let clock: Arc<dyn Clock> = Arc::new(SteadyClock::not_before(mark.latest_at));
    let gateway = HttpGateway::new(&connection, Arc::clone(&clock));
    let gateway = Arc::new(gateway.map_err(|error| Failure::configuration(chain(&error)))?);
    let webhook_key = home.webhook_key()?;
    let jwks_url = format!("{base_url}{}", route::JWKS);
    let notifier = server::notifier(&plan, (&webhook_key, &jwks_url), Arc::clone(&clock))?;
    let known = known_clients(&identity, &stores, &notifier, &*clock).await?;
    let adapters = Adapters {
        stores,
        marker: Arc::new(FileMarker::at(&mark_file(args, settings, &home))),
        gateway: Arc::<HttpGateway>::clone(&gateway),
        notifier: Arc::<WebhookNotifier>::clone(&notifier),
        clock: Arc::clone(&clock),
        ids: Arc::new(UuidGenerator),
        owners: Arc::<KnownClients>::clone(&known),
    };
    let mut behaviour = Behaviour::of_service(rules, key_window.duration());
    be_patient(&mut behaviour, settings)?;
    let in_flight_max: NonZeroUsize = required(settings, "serve.in_flight_max", None)?;
    behaviour.dispatch.in_flight_max = in_flight_max.get();
    let use_cases = UseCases::new(&adapters, &behaviour);
    let accounts = merchant_accounts(&gateway, &*adapters.stores.payments, output).await;
    if !accounts.is_empty() {
        check_key_window(&gateway, &behaviour.dispatch.rule).await?;
    }
    let workers = Workers::default();
    gate.keep_up(&workers);
    server::start_workers(&workers, &use_cases);
    keep_up(&workers, &known);
    let desk = server::client_desk(&known, &use_cases, &adapters, notifier);
    let clients = (known.directory(), Some(desk));
    if recovery::may_send(&use_cases.guard_store, args.adopt, output).await? {
        server::start_sending(&workers, &use_cases);
    }
    let api = server::api(&use_cases, &adapters, &home, clients, &webhook_key)?;
    let api = with_room(api, &database, (&home, settings), &workers)?;
    let serving = Serving {
        name: "service",
        entrance: gate.entrance,
        api: Api {
            webhooks: Some(inbound(&connection, &plan.private_networks, &use_cases, clock)?),
            limits: limits(&plan, settings)?,
            verifier,
            ..api
        },
        announcement: Announcement::new("service", base_url, &identity, &accounts, jwks_url),
        directory: home.directory(),
        write_env: args.server.write_env.as_deref(),
        workers,
        output,
    };
    let broken = server::broken(Some(database.clone()));
    serving.run(server::finish(use_cases.dispatch_payouts.clone(), Some(database)), broken).await
}

/// Takes on nothing new while the disk of a store in a file is nearly full.
fn with_room(
    api: Api,
    database: &Database,
    (home, settings): (&Home, &Settings),
    workers: &Workers,
) -> Result<Api, Failure> {
    let free_mib_min = required(settings, "serve.disk_free_mib_min", None)?;
    let directory = home.directory().to_owned();
    match database {
        Database::File(_) => {
            let ready = DiskRoom::watch(Arc::clone(&api.ready), directory, free_mib_min, workers);
            Ok(Api { ready, ..api })
        }
        Database::Shared(_) => Ok(api),
    }
}

/// What both servers are asked, and whether proxies stand before this one.
fn plan(args: &ServeArgs, settings: &Settings) -> Result<ServerPlan, Failure> {
    let behind_proxy = flag("behind-proxy", args.behind_proxy.then_some(true));
    Ok(ServerPlan {
        behind_proxy: required(settings, "serve.behind_proxy", behind_proxy)?,
        proxies: required(settings, "serve.trusted_proxies", None)?,
        ..ServerPlan::new("serve", &args.server, settings)?
    })
}

/// How many may connect, how often each may ask, and whose word is believed about who asks.
fn limits(plan: &ServerPlan, settings: &Settings) -> Result<Limits, Failure> {
    let connections_max: NonZeroUsize = required(settings, "serve.connections_max", None)?;
    Ok(Limits {
        connections_max: connections_max.get(),
        connections_per_peer_max: required(settings, "serve.connections_per_address_max", None)?,
        rates: Rates {
            reads: rate(settings, "serve.reads_per_second")?,
            writes: rate(settings, "serve.writes_per_second")?,
            tokens: rate(settings, "serve.tokens_per_second")?,
            webhooks: rate(settings, "serve.events_per_second")?,
        },
        proxies: plan.proxies.clone(),
        ..Limits::default()
    })
}

/// Whoever has not asked for a while may ask for what comes together in five seconds at once.
fn rate(settings: &Settings, key: &str) -> Result<Option<Rate>, Failure> {
    let per_second = NonZeroU32::new(required(settings, key, None)?);
    Ok(per_second
        .map(|per_second| Rate { per_second, burst: per_second.saturating_mul(BURST_SECONDS) }))
}

/// Who may call: the client that is configured, and those that are registered.
async fn known_clients(
    identity: &Identity,
    stores: &Stores,
    notifier: &Arc<WebhookNotifier>,
    clock: &dyn Clock,
) -> Result<Arc<KnownClients>, Failure> {
    let configured = identity.configured(clock.now())?;
    let (register, notifier) = (Arc::clone(&stores.clients), Arc::clone(notifier));
    Ok(Arc::new(KnownClients::open(configured, register, notifier).await?))
}

/// Takes in what other instances register.
fn keep_up(workers: &Workers, known: &Arc<KnownClients>) {
    let known = Arc::clone(known);
    workers.spawn("clients", Duration::from_secs(1), None, move || {
        let known = Arc::clone(&known);
        // That it was read is no reason to read it again at once.
        async move { known.keep_up().await.map(|_| 0) }
    });
}

/// How long clients and statements are waited for.
fn be_patient(behaviour: &mut Behaviour, settings: &Settings) -> Result<(), Failure> {
    let span = |key| required::<Span>(settings, key, None).map(Span::duration);
    behaviour.notify.patience = span("serve.webhook_patience")?;
    // A statement may be behind by as much as the provider's clocks are apart.
    behaviour.look.read_lag = span("serve.read_lag")?.max(behaviour.dispatch.rule.margin);
    Ok(())
}

fn mark_file(args: &ServeArgs, settings: &Settings, home: &Home) -> PathBuf {
    let given = args.mark.iter().map(|path| path.display().to_string()).collect();
    let set = settings.value("serve.mark", Some(("mark", given)));
    let set = set.and_then(|value| value.parse::<PathBuf>().ok());
    set.unwrap_or_else(|| home.directory().join("store.mark"))
}

fn inbound(
    connection: &Connection,
    named: &PrivateNetworks,
    use_cases: &UseCases,
    clock: Arc<dyn Clock>,
) -> Result<InboundWebhooks, Failure> {
    let cache = JwksCache::new([connection.environment.webhook_jwks_url()], named, clock);
    let cache = cache.map_err(|error| Failure::configuration(chain(&error)))?;
    Ok(InboundWebhooks {
        receive: use_cases.receive_event.clone(),
        keys: Arc::new(ProviderKeys { cache }),
        path_secret: None,
        age_max: EVENT_AGE_MAX,
    })
}

/// The merchant accounts to announce. The service starts without a provider as well: what it has
/// accepted must be looked after, and it accepts for accounts that it knows.
async fn merchant_accounts(
    gateway: &HttpGateway,
    store: &dyn PaymentRepository,
    output: Output,
) -> Vec<MerchantAccount> {
    match gateway.merchant_accounts().await {
        Ok(accounts) => {
            if let Err(error) = store.remember_merchant_accounts(&accounts).await {
                tracing::error!(error = chain(&error), "merchant accounts could not be remembered");
            }
            accounts
        }
        Err(error) => {
            output.note(format_args!("the provider cannot be asked now: {}", chain(&error)));
            tracing::warn!(error = chain(&error), "the provider cannot be asked now");
            Vec::new()
        }
    }
}

/// Holds what is set against the provider's real tokens. One that outlives the key would let nothing be
/// sent: a transmission carries a token that expires before the key is forgotten.
async fn check_key_window(gateway: &HttpGateway, rule: &SendRule) -> Result<(), Failure> {
    match gateway.authorise().await {
        Ok(authorisation) if !rule.allows(None, authorisation.life) => {
            let token = authorisation.life;
            let life = Span::new(token.expires_at.since(token.issued_at));
            Err(Failure::configuration(format!(
                "serve.key_window is {}, and the provider's tokens live for {life}: a payout could be \
                 sent again after its key is forgotten, so none would be sent; set serve.key_window to \
                 how long the provider remembers keys, which must be at least {}",
                Span::new(rule.key_window),
                Span::new(Behaviour::key_window_min(life.duration())),
            )))
        }
        // Without a provider there is nothing to hold it against yet; it is held again before
        // anything is sent.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn rules(args: &ServeArgs, settings: &Settings) -> Result<PayoutRules, Failure> {
    let limits = settings.value("serve.limits", Some(("limit", args.limits.clone())));
    let limits = limits.map(|value| value.parse_all::<Money>()).transpose()?;
    let strict = args.strict_references.then_some(true);
    Ok(PayoutRules {
        limits: limits.unwrap_or_default(),
        strict_references: required(
            settings,
            "serve.strict_references",
            flag("strict-references", strict),
        )?,
        ..PayoutRules::default()
    })
}
