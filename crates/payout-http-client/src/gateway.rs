//! The provider over HTTP.

pub(crate) mod classify;
mod read;
mod translate;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use payout_domain::{
    Currency, GatewayPayoutId, MerchantAccount, MerchantAccountId, Payment, PaymentId,
    PaymentSource, PayoutId, PayoutRequest, UserId,
};
use payout_ports::{
    Authorisation, Clock, GatewayProfile, Instruction, PayoutGateway, ReadError, ReportedPayout,
    SubmitOutcome, TransactionPage, TransactionQuery,
};
use payout_wire::merchant_account::MerchantAccountList;
use payout_wire::payment::ReceivedPayment;
use payout_wire::payment_source::PaymentSourceList;
use payout_wire::payout::{CreatePayout, ReceivedPayout};
use payout_wire::route;

use crate::session::Session;
use crate::{Connection, SetUpError};

/// The pair of metadata by which we find a payout of ours again, whatever answer was lost.
const PAYOUT_ID: &str = "payout_id";

/// A provider over HTTP: TrueLayer, its sandbox, or a server of ours.
///
/// A write is signed, sent once, and never repeated here; see
/// [`submit`](PayoutGateway::submit). A read is repeated once if the token was refused.
pub struct HttpGateway {
    session: Session,
    profile: GatewayProfile,
    clock: Arc<dyn Clock>,
    /// The currency of a merchant account never changes.
    currencies: Mutex<BTreeMap<MerchantAccountId, Currency>>,
}

impl HttpGateway {
    /// A gateway that connects when it is first used.
    pub fn new(connection: &Connection, clock: Arc<dyn Clock>) -> Result<Self, SetUpError> {
        let (api, client_id) = (connection.environment.api(), &connection.client_id);
        Ok(Self {
            session: Session::new(connection, Arc::clone(&clock))?,
            // Keys and ids are a client's, at one API.
            profile: GatewayProfile::new(&format!("{api} {client_id}")),
            clock,
            currencies: Mutex::default(),
        })
    }

    /// The currency of a merchant account; `None` if there is no such account.
    async fn currency(&self, id: MerchantAccountId) -> Result<Option<Currency>, ReadError> {
        if let Some(currency) = self.known_currencies(|known| known.get(&id).copied()) {
            return Ok(Some(currency));
        }
        self.merchant_accounts().await?;
        Ok(self.known_currencies(|known| known.get(&id).copied()))
    }

    fn known_currencies<T>(
        &self,
        work: impl FnOnce(&mut BTreeMap<MerchantAccountId, Currency>) -> T,
    ) -> T {
        // A map of facts is whole after every step.
        work(&mut self.currencies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl PayoutGateway for HttpGateway {
    fn profile(&self) -> GatewayProfile {
        self.profile.clone()
    }

    fn prepare(&self, payout_id: PayoutId, request: &PayoutRequest) -> Instruction {
        let name = payout_id.to_string();
        let body = CreatePayout::render(request.order(), Some((PAYOUT_ID, &name)));
        Instruction {
            payout_id,
            profile: self.profile.clone(),
            key: name.parse().expect("a UUID is 36 visible characters"),
            body: body.into(),
        }
    }

    async fn authorise(&self) -> Result<Authorisation, ReadError> {
        Ok(self.session.tokens.get().await?)
    }

    async fn submit(
        &self,
        instruction: &Instruction,
        authorisation: &Authorisation,
    ) -> SubmitOutcome {
        let payout_id = instruction.payout_id;
        if instruction.profile != self.profile {
            let detail = "it was prepared for another account at another provider".to_owned();
            return SubmitOutcome::NotProcessed { detail, retry_after: None };
        }
        let Instruction { key, body, .. } = instruction;
        let token = &authorisation.token;
        let outcome = match self.session.post(route::PAYOUTS.v3, key, body, token).await {
            Ok(answer) => {
                tracing::debug!(%payout_id, ?answer, "the provider answered");
                classify::classify(&answer)
            }
            Err(failure) => classify::classify_failure(&failure),
        };
        if let SubmitOutcome::NotProcessed { detail, .. } = &outcome {
            tracing::warn!(%payout_id, detail, "the provider did not process a payout");
        }
        outcome
    }

    async fn find_payout(&self, id: GatewayPayoutId) -> Result<Option<ReportedPayout>, ReadError> {
        let url = self.session.url(&route::PAYOUT.of(id));
        let Some(body) = read::found(self.session.get(&url).await)? else { return Ok(None) };
        let payout = ReceivedPayout::parse(&body).map_err(read::unreadable)?;
        translate::reported(payout, id).map(Some)
    }

    async fn find_payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError> {
        let url = self.session.url(&route::PAYMENT.of(id));
        let Some(body) = read::found(self.session.get(&url).await)? else { return Ok(None) };
        match ReceivedPayment::parse(&body).map_err(read::unreadable)? {
            ReceivedPayment::Settled(payment) if payment.id == id => Ok(Some(*payment)),
            ReceivedPayment::Settled(_) => Err(read::unreadable(read::OtherThing)),
            ReceivedPayment::NotSettled { .. } => Ok(None),
        }
    }

    async fn payment_sources(
        &self,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
    ) -> Result<Option<Vec<PaymentSource>>, ReadError> {
        let Some(currency) = self.currency(merchant_account_id).await? else { return Ok(None) };
        let url = payment_sources_url(&self.session, merchant_account_id, user_id);
        let Some(body) = read::found(self.session.get(&url).await)? else { return Ok(None) };
        let listed = PaymentSourceList::parse(&body).map_err(read::unreadable)?;
        let asked = (merchant_account_id, currency);
        Ok(Some(translate::sources(listed, user_id, asked, self.clock.now())))
    }

    async fn merchant_accounts(&self) -> Result<Vec<MerchantAccount>, ReadError> {
        let url = self.session.url(route::MERCHANT_ACCOUNTS.v3);
        let body = read::expected(self.session.get(&url).await)?;
        let accounts = MerchantAccountList::parse(&body).map_err(read::unreadable)?;
        self.known_currencies(|known| {
            known.extend(accounts.iter().map(|account| (account.id, account.currency)));
        });
        Ok(accounts)
    }

    async fn transactions(
        &self,
        merchant_account_id: MerchantAccountId,
        query: &TransactionQuery,
    ) -> Result<Option<TransactionPage>, ReadError> {
        let url = transactions_url(&self.session, merchant_account_id, query);
        let answer = self.session.get(&url).await;
        let Some(body) = read::found_on_page(answer, query)? else { return Ok(None) };
        let page = payout_wire::transaction::TransactionPage::parse(&body);
        translate::transactions(page.map_err(read::unreadable)?).map(Some)
    }
}

pub(crate) use read::{payment_sources_url, transactions_url};

impl fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpGateway").field("profile", &self.profile).finish_non_exhaustive()
    }
}
