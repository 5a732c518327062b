//! Lets users pay in as clients ask for it.

use std::sync::Arc;

use payout_domain::{
    ClientId, Login, MerchantAccountId, Metadata, Money, PayIn, PayInOrder, PayInStep, PaymentId,
    ProviderSelection, Refusal, UserId,
};
use payout_ports::{
    AccountOwners, ClientWrite, CreatedPayIn, IdGenerator, PayInReport, ProviderRefused,
    SandboxProvider, chain,
};

use crate::FollowBank;

/// Lets users pay in as clients ask for it. Only a sandbox does: a service stands in front of a
/// provider that has its own.
#[derive(Clone)]
pub struct TakePayment {
    /// The provider that the sandbox plays.
    pub provider: Arc<dyn SandboxProvider>,
    /// Whose the merchant accounts are.
    pub owners: Arc<dyn AccountOwners>,
    /// Names for users that nobody has named.
    pub ids: Arc<dyn IdGenerator>,
    /// Takes in what happens at the bank.
    pub follow: FollowBank,
}

/// What a client asks for: let a user pay in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentApplication {
    /// Who is to pay; somebody new if `None`.
    pub user_id: Option<UserId>,
    /// Where the money is to arrive.
    pub merchant_account_id: MerchantAccountId,
    /// How much.
    pub amount: Money,
    /// Which bank the user pays from.
    pub provider_selection: ProviderSelection,
    /// What the caller wants to find again.
    pub metadata: Metadata,
}

impl TakePayment {
    /// Makes a payment that its user is yet to authorise. What is another client's looks like what does
    /// not exist.
    pub async fn create(
        &self,
        write: &ClientWrite,
        application: PaymentApplication,
    ) -> Result<CreatedPayIn, ProviderRefused> {
        if self.owners.owner(application.merchant_account_id) != write.client_id {
            return Err(Refusal::UnknownMerchantAccount.into());
        }
        let order = PayInOrder {
            user_id: application.user_id.unwrap_or_else(|| self.somebody_new()),
            merchant_account_id: application.merchant_account_id,
            amount: application.amount,
            provider_selection: application.provider_selection,
            metadata: application.metadata,
        };
        self.provider.create_payment(write, &order).await
    }

    /// Takes a step with a payment.
    pub async fn step(
        &self,
        write: &ClientWrite,
        id: PaymentId,
        step: &PayInStep,
    ) -> Result<PayIn, ProviderRefused> {
        let pay_in = self.provider.step_payment(write, id, step).await?;
        self.follow_up().await;
        Ok(pay_in)
    }

    /// Lets the user of a payment log in at the bank's own page.
    pub async fn log_in(&self, id: PaymentId, login: Login) -> Result<(), ProviderRefused> {
        self.provider.log_in(id, login).await?;
        self.follow_up().await;
        Ok(())
    }

    /// Finds a payment of a client.
    pub async fn show(&self, client_id: &ClientId, id: PaymentId) -> Option<PayInReport> {
        self.provider.pay_in(client_id, id).await
    }

    /// Whether the payment was made by this use case, for whichever client.
    pub async fn knows(&self, id: PaymentId) -> bool {
        self.provider.is_pay_in(id).await
    }

    fn somebody_new(&self) -> UserId {
        let name = self.ids.next().to_string();
        name.parse().expect("a UUID is 36 letters, digits and hyphens")
    }

    /// If the payment settles at once it can be paid back at once.
    async fn follow_up(&self) {
        if let Err(error) = self.follow.run().await {
            // The worker follows soon; the step itself is taken.
            tracing::warn!(
                error = chain(&error),
                "what happened at the bank could not be taken in at once"
            );
        }
    }
}
