//! The laws of a gateway.
//!
//! They use the port and a hand on the provider behind it, nothing else. So they hold for the bank in
//! memory, for the HTTP gateway through our own server, and could be tried on a provider's sandbox.

mod life;
mod look_up;
mod money_in;
mod statement;
mod steps;
mod submit;
mod window;

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{
    Currency, FailureReason, GatewayPayoutId, MerchantAccount, Money, PaymentSource, PayoutId,
    UserId,
};
use payout_ports::PayoutGateway;

pub use life::*;
pub use look_up::*;
pub use money_in::*;
pub use statement::*;
pub use submit::*;
pub use window::*;

/// A gateway under test, and a hand on the provider behind it.
///
/// A fresh provider has one merchant account of pounds and one of euros, each with less than twenty
/// million in it, and nobody has paid in.
#[async_trait]
pub trait GatewayRig: Send + Sync {
    /// The gateway.
    fn gateway(&self) -> &dyn PayoutGateway;

    /// Lets a user pay in from the usual account in that currency, into the merchant account of that
    /// currency, waits until the payment has settled, and returns the source as the gateway lists it.
    async fn paid_in(&self, user_id: &UserId, amount: Money) -> PaymentSource;

    /// The merchant account of a currency, as the gateway shows it now.
    async fn merchant_account(&self, currency: Currency) -> MerchantAccount;

    /// Lets time pass at the provider, and everything happen there that was due by then.
    async fn advance(&self, span: Duration);

    /// How often money has really left a merchant account for this payout of ours, as the provider's
    /// own book says: never asked through the gateway.
    async fn executions(&self, payout_id: PayoutId) -> u32;

    /// Lets the next payout that is submitted fail for this reason; `Returned` lets it come back after
    /// its execution.
    async fn fail_next(&self, reason: FailureReason);

    /// Lets the beneficiary's bank send an executed payout back.
    async fn return_payout(&self, id: GatewayPayoutId);

    /// For how long the provider remembers a key; `None` if the rig cannot let so much time pass.
    fn window(&self) -> Option<Duration>;

    /// Waits until what has happened can be read. Where that is at once, there is nothing to do.
    async fn settle(&self) {}
}

/// Makes a test of every law of a gateway, in a module `gateway`. `$fresh` names an `async fn` without
/// arguments that makes a rig with a fresh provider.
#[macro_export]
macro_rules! gateway_laws {
    ($fresh:ident) => {
        mod gateway {
            use super::$fresh;

            $crate::gateway_laws! { @seen $fresh:
                one_key_is_one_payout
                a_repetition_after_the_execution_moves_no_more_money
                other_bytes_under_a_used_key_are_refused
                two_payouts_have_two_keys
                what_was_accepted_is_found_with_its_amount
                what_is_prepared_twice_is_the_same
                a_key_follows_from_the_payout_alone
                whoever_never_paid_in_is_not_paid
                the_source_of_another_user_is_not_paid
                a_source_is_not_paid_in_another_currency
                a_rejected_instruction_stays_rejected
                an_expired_token_moves_nothing
                a_token_expires_before_its_keys_are_forgotten
                a_key_is_remembered_within_its_window
                after_the_window_the_same_key_is_a_new_payout
            }
            $crate::gateway_laws! { @seen $fresh:
                a_payout_only_ever_moves_on_until_it_is_executed
                an_executed_payout_debits_the_merchant_account
                a_planned_failure_moves_no_money_and_happens_once
                a_payout_that_is_not_covered_is_accepted_and_then_fails
                a_failed_payout_gives_back_what_it_reserved
                a_returned_payout_has_failed_and_brings_the_money_back
                a_planned_return_comes_after_the_execution
            }
            $crate::gateway_laws! { @seen $fresh:
                what_does_not_exist_is_not_found
                whoever_never_paid_in_has_no_sources
                a_cursor_of_nobody_is_unknown
                the_gateway_names_its_merchant_accounts
                whoever_paid_in_is_listed_with_proof
                the_same_account_is_the_same_source
                another_user_has_another_source
                another_currency_is_another_source
                a_payment_credits_the_merchant_account
                a_settled_payment_is_found
                the_movement_of_a_payout_bears_its_id
                a_returned_payout_shows_as_money_from_outside
                movements_are_listed_by_kind
                movements_are_listed_by_time
            }
            $crate::gateway_laws! { @owned $fresh:
                of_twenty_submissions_at_once_one_moves_money
            }
        }
    };
    (@seen $fresh:ident: $($law:ident)*) => { $(
        #[tokio::test]
        async fn $law() {
            $crate::gateway::$law(&$fresh().await).await;
        }
    )* };
    (@owned $fresh:ident: $($law:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $law() {
            $crate::gateway::$law($fresh().await).await;
        }
    )* };
}
