//! The payout as the store keeps it.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use payout_domain::{
    Currency, MerchantAccount, MerchantAccountId, Metadata, OperatorName, PaymentId, PaymentSource,
    PaymentSourceId, Payout, PayoutId, PayoutOrder, PayoutRecord, PayoutRequest, PayoutRules,
    PayoutState, Progress, Proof, SchemeSelection,
};
use uuid::Uuid;

use crate::bounds::time;

/// The payout as the store keeps it; equal if nothing can ever tell the difference.
#[derive(Clone, Debug)]
pub(crate) struct Kept(Arc<Payout>);

impl Kept {
    /// A payout that has just been accepted.
    pub(crate) fn accepted() -> Self {
        static ACCEPTED: LazyLock<Kept> = LazyLock::new(|| Kept(Arc::new(accepted())));
        ACCEPTED.clone()
    }

    /// Where it stands.
    pub(crate) fn state(&self) -> &PayoutState {
        self.0.state()
    }

    /// How many transmissions the store knows of.
    pub(crate) fn attempts(&self) -> u32 {
        self.0.progress().attempts
    }

    /// Who has proposed that it was never submitted.
    pub(crate) fn proposed_by(&self) -> Option<&OperatorName> {
        self.0.progress().proposed_by.as_ref()
    }

    /// The payout itself, to be changed.
    pub(crate) fn payout(&self) -> Payout {
        Payout::clone(&self.0)
    }

    /// The payout that a careless transition would have made: production code refuses to.
    pub(crate) fn forced_into(&self, state: PayoutState) -> Payout {
        let progress = self.0.progress().clone();
        let failed_at = progress.failed_at.or(Some(time(0)));
        Payout::restore(record(&self.0, Progress { state, failed_at, ..progress }))
            .expect("a failure needs only its time")
    }

    /// What can tell one payout from another: all but the number of pieces that the news came in, and
    /// the time of a failure, on which nothing depends.
    fn canonical(&self) -> impl Hash + PartialEq {
        let Progress {
            state,
            version: _,
            attempts,
            first_sent_at,
            gateway_payout_id,
            scheme,
            authorized_at,
            executed_at,
            failed_at: _,
            returned_by,
            proposed_by,
        } = self.0.progress();
        let sent = (attempts, first_sent_at);
        let ends = (authorized_at, executed_at, returned_by);
        (state, sent, gateway_payout_id, scheme, ends, proposed_by)
    }
}

impl From<Payout> for Kept {
    fn from(payout: Payout) -> Self {
        Self(Arc::new(payout))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for Kept {}

impl Hash for Kept {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

fn accepted() -> Payout {
    let account_id = MerchantAccountId::from_uuid(Uuid::from_u128(1));
    let source = PaymentSource::restore(
        PaymentSourceId::from_uuid(Uuid::from_u128(2)),
        "kim".parse().expect("it is a name"),
        Currency::EUR,
        (None, vec!["DE89370400440532013000".parse().expect("it is an account")]),
        [(account_id, Proof::Payment(PaymentId::from_uuid(Uuid::from_u128(3))))],
    );
    let source = source.expect("it has a proof");
    let account = MerchantAccount {
        id: account_id,
        currency: Currency::EUR,
        account_identifiers: Vec::new(),
        account_holder_name: "BOX OFFICE".into(),
        available_balance: "90.00 EUR".parse().expect("it is money"),
        current_balance: "90.00 EUR".parse().expect("it is money"),
    };
    let order = PayoutOrder {
        merchant_account_id: account_id,
        user_id: source.user_id().clone(),
        payment_source_id: source.id(),
        amount: "40.00 EUR".parse().expect("it is money"),
        reference: "TICKETS-7".parse().expect("it is a reference"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::default(),
    };
    let request = PayoutRequest::new(order, &account, &source, &PayoutRules::default());
    Payout::accept(
        PayoutId::from_uuid(Uuid::from_u128(4)),
        "box-office".parse().expect("it is a name"),
        "refund-7".parse().expect("it is a key"),
        request.expect("it breaks no rule"),
        time(0),
    )
}

fn record(payout: &Payout, progress: Progress) -> PayoutRecord {
    let request = payout.request();
    PayoutRecord {
        id: payout.id(),
        client_id: payout.client_id().clone(),
        idempotency_key: payout.idempotency_key().clone(),
        order: request.order().clone(),
        proof: request.proof(),
        scheme: request.scheme(),
        account_holder_name: request.account_holder_name().map(str::to_owned),
        account_identifiers: request.account_identifiers().to_vec(),
        created_at: payout.created_at(),
        progress,
    }
}
