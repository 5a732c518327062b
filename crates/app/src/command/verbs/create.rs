//! Asks for a payout.

use payout_domain::{IdempotencyKey, Metadata, PayoutOrder, SchemeSelection};

use crate::cli::Create;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::id_generator;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// Asks for a payout. The key is said before the request leaves, so that whoever hears no answer can
/// ask again under it.
pub(crate) async fn create(
    args: Create,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::client(&args.target, settings)?;
    let key = match args.idempotency_key {
        Some(key) => key,
        None => new_key()?,
    };
    let order = PayoutOrder {
        merchant_account_id: args.merchant_account,
        user_id: args.user,
        payment_source_id: args.source,
        amount: args.amount,
        reference: args.reference,
        scheme_selection: SchemeSelection::default(),
        metadata: metadata(&args.metadata)?,
    };
    output.note(format_args!("idempotency key: {key}"));
    let reply = client.create_payout(&order, &key).await.map_err(|error| {
        let mut failure = Failure::from(error);
        if failure.exit == Exit::OutcomeUnknown {
            // Notes may be off, and without the key nobody could ask again.
            failure.message = format!("{} (--idempotency-key {key})", failure.message);
        }
        failure
    })?;
    output.result(&reply.json, || reply.value.to_string())?;
    Ok(Exit::Done)
}

fn new_key() -> Result<IdempotencyKey, Failure> {
    let key = id_generator::random().to_string();
    key.parse().map_err(|error| Failure::failed("idempotency key", &error))
}

fn metadata(pairs: &[String]) -> Result<Metadata, Failure> {
    let refused = |what: String| Failure::new(Exit::Refused, format!("--metadata: {what}"));
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|pair| {
            pair.split_once('=').ok_or_else(|| refused(format!("write `{pair}` as KEY=VALUE")))
        })
        .collect::<Result<_, _>>()?;
    Metadata::new(pairs).map_err(|error| refused(error.to_string()))
}
