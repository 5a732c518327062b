//! The whole loop, once.

mod receiver;
mod stage;

use std::time::Duration;

use payout_domain::{
    Currency, GatewayPayoutId, IdempotencyKey, MerchantAccountId, PaymentSourceId, PayoutOrder,
    ProviderStatus, Reference, SchemeSelection, UserId,
};
use payout_http_client::{ApiClient, ApiError};
use payout_wire::sandbox::{Deposit, DepositBody};
use payout_wire::transaction::Transaction;
use tokio::time::{Instant, sleep, timeout};

use super::verbs::{now_and_before, status};
use crate::cli::Demo;
use crate::credentials::Announcement;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::id_generator;
use crate::output::Output;
use receiver::Receiver;
use stage::Stage;

/// How long the demo waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// Plays the whole loop over real HTTP with real signatures, against two processes of this program.
pub(crate) async fn run(args: &Demo, output: Output) -> Result<Exit, Failure> {
    let mut receiver = Receiver::listen().await?;
    let stage = Stage::set_up(args.keep.as_deref(), &receiver.url(), output).await?;
    receiver.start(&stage.service.webhook_jwks_url)?;
    let client = stage.client()?;
    let user: UserId = parsed("8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60")?;

    let pounds = deposit(&stage, &user, "25.00 GBP", output).await?;
    let key: IdempotencyKey = parsed(&format!("withdrawal-{}", id_generator::random()))?;
    let order = order(&stage.service, &user, pounds.payment_source_id, "12.50 GBP")?;
    let id = pay_out(&client, &order, &key, output).await?;
    follow(&client, id, output).await?;
    let event = timeout(PATIENCE, receiver.next()).await;
    let event = event.map_err(|_| Failure::new(Exit::Failed, "no webhook came"))?;
    output.note(format_args!("webhook     {event}, signature verified"));

    let euros = deposit(&stage, &user, "40.00 EUR", output).await?;
    refused(&client, &order, euros.payment_source_id, output).await?;
    one_debit(&client, order.merchant_account_id, id, output).await?;
    let payout = client.payout(id).await?;
    drop(stage);
    output.result(&payout.json, || pretty(&payout.json))?;
    Ok(Exit::Done)
}

async fn deposit(
    stage: &Stage,
    user: &UserId,
    amount: &str,
    output: Output,
) -> Result<DepositBody, Failure> {
    let order = Deposit {
        user_id: user.clone(),
        amount: parsed(amount)?,
        account_identifier: None,
        account_holder_name: Some("SAM EXAMPLE".to_owned()),
        merchant_account_id: None,
    };
    let paid_in = stage.controls()?.deposit(&order).await?.value;
    output.note(format_args!(
        "pay-in      {amount} from user {user}: payment source {}",
        paid_in.payment_source_id
    ));
    Ok(paid_in)
}

/// Asks twice under one key, as a caller does who has heard nothing.
async fn pay_out(
    client: &ApiClient,
    order: &PayoutOrder,
    key: &IdempotencyKey,
    output: Output,
) -> Result<GatewayPayoutId, Failure> {
    let id = client.create_payout(order, key).await?.value;
    output.note(format_args!("payout      {} asked for, signed: 202, payout {id}", order.amount));
    let again = client.create_payout(order, key).await?.value;
    if again != id {
        return Err(Failure::new(Exit::Failed, "one key has made two payouts"));
    }
    output.note("            the same key again: the same payout");
    Ok(id)
}

/// Prints each status once, as it comes.
async fn follow(client: &ApiClient, id: GatewayPayoutId, output: Output) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut seen = String::new();
    while begun.elapsed() < PATIENCE {
        let payout = client.payout(id).await?.value;
        let now = status(&payout.status);
        if now != seen {
            output.note(format_args!("status      {now}"));
            seen = now;
        }
        match payout.status {
            ProviderStatus::Executed { .. } => return Ok(()),
            ProviderStatus::Failed { .. } => {
                return Err(Failure::new(Exit::Failed, "the payout failed"));
            }
            ProviderStatus::Pending | ProviderStatus::Authorized { .. } => {}
        }
        sleep(Duration::from_millis(25)).await;
    }
    Err(Failure::new(Exit::Failed, "the payout was not executed in time"))
}

/// Shows what a refused payout looks like: pounds to an account that paid in euros.
async fn refused(
    client: &ApiClient,
    order: &PayoutOrder,
    euros: PaymentSourceId,
    output: Output,
) -> Result<(), Failure> {
    let order = PayoutOrder { payment_source_id: euros, ..order.clone() };
    let key = parsed(&id_generator::random().to_string())?;
    match client.create_payout(&order, &key).await {
        Err(ApiError::Refused(problem)) => {
            output.note(format_args!(
                "refusal     {} to the account of euros: {}",
                order.amount, problem.title
            ));
            for (field, sentences) in problem.errors.iter().flatten() {
                output.note(format_args!("            {field}: {}", sentences.join(" ")));
            }
            Ok(())
        }
        Ok(_) => Err(Failure::new(Exit::Failed, "pounds went to an account of euros")),
        Err(error) => Err(error.into()),
    }
}

/// The provider's own book shows the payout, once.
async fn one_debit(
    client: &ApiClient,
    account: MerchantAccountId,
    id: GatewayPayoutId,
    output: Output,
) -> Result<(), Failure> {
    let page = client.transactions(account, &now_and_before()).await?.value;
    let ours =
        |t: &&Transaction| matches!(t, Transaction::Payout(payout) if payout.payout_id == id);
    match page.items.iter().filter(ours).count() {
        1 => {
            output.note("the book    shows one debit for it");
            Ok(())
        }
        count => {
            Err(Failure::new(Exit::Failed, format!("the provider's book shows {count} debits")))
        }
    }
}

fn order(
    service: &Announcement,
    user: &UserId,
    source: PaymentSourceId,
    amount: &str,
) -> Result<PayoutOrder, Failure> {
    let pounds = service.merchant_accounts.iter().find(|account| account.currency == Currency::GBP);
    let account =
        pounds.ok_or_else(|| Failure::new(Exit::Failed, "no merchant account of pounds"))?;
    Ok(PayoutOrder {
        merchant_account_id: account.id,
        user_id: user.clone(),
        payment_source_id: source,
        amount: parsed(amount)?,
        reference: parsed::<Reference>("WD-20417")?,
        scheme_selection: SchemeSelection::default(),
        metadata: payout_domain::Metadata::default(),
    })
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, Failure>
where
    T::Err: std::error::Error + 'static,
{
    text.parse().map_err(|error: T::Err| Failure::failed(text, &error))
}

fn pretty(json: &str) -> String {
    let document = serde_json::from_str::<serde_json::Value>(json);
    document
        .ok()
        .and_then(|d| serde_json::to_string_pretty(&d).ok())
        .unwrap_or_else(|| json.to_owned())
}
