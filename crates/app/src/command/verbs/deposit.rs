//! Lets a user pay in.

use std::time::Duration;

use payout_domain::PaymentId;
use payout_wire::payment::ReceivedPayment;
use payout_wire::sandbox;

use super::super::api_failure::of_control;
use crate::cli::{Deposit, Target};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// Lets a user pay in, and waits until the payment has settled if it is a matter of seconds.
pub(crate) async fn deposit(
    args: Deposit,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let controls = target::controls(&args.target, settings)?;
    let order = sandbox::Deposit {
        user_id: args.user,
        amount: args.amount,
        account_identifier: args.account,
        account_holder_name: args.account_holder_name,
        merchant_account_id: args.merchant_account,
    };
    let reply = controls.deposit(&order).await.map_err(of_control)?;
    let deposit = &reply.value;
    if !settled(&args.target, settings, deposit.payment_id).await {
        output.note("the payment has not settled yet: until then it opens no payout");
    }
    output.result(&reply.json, || {
        format!(
            "payment           {}\npayment source    {}\nmerchant account  {}",
            deposit.payment_id, deposit.payment_source_id, deposit.merchant_account_id
        )
    })?;
    Ok(Exit::Done)
}

/// Whether the payment has settled, as far as anybody can see; without credentials nobody can.
async fn settled(target: &Target, settings: &Settings, id: PaymentId) -> bool {
    let Ok(client) = target::client(target, settings) else { return true };
    for _ in 0..20 {
        match client.payment(id).await {
            Ok(reply) if matches!(reply.value, ReceivedPayment::Settled(_)) => return true,
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    false
}
