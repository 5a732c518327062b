//! The bank as a provider.

use std::sync::Arc;

use async_trait::async_trait;
use payout_domain::{
    GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId, Payment, PaymentId,
    PaymentSource, PayoutId, PayoutRequest, TokenLife, TransactionId, UserId,
};
use payout_ports::{
    Authorisation, BearerToken, GatewayProfile, Instruction, PayoutGateway, ReadError,
    ReportedPayout, SubmitOutcome, TransactionPage, TransactionQuery,
};

use super::book::Book;
use super::journal::BankOperation;
use super::{Bank, instruction_text};

#[async_trait]
impl PayoutGateway for Bank {
    fn profile(&self) -> GatewayProfile {
        self.profile.clone()
    }

    fn prepare(&self, payout_id: PayoutId, request: &PayoutRequest) -> Instruction {
        let text = instruction_text::write(payout_id, request.order());
        Instruction {
            payout_id,
            profile: self.profile(),
            key: key(payout_id),
            body: text.into_bytes().into(),
        }
    }

    async fn authorise(&self) -> Result<Authorisation, ReadError> {
        let issued_at = self.book().now();
        let expires_at = issued_at.plus(self.token_life);
        let token = BearerToken::new(&format!("bank-{}", expires_at.as_micros()));
        Ok(Authorisation { life: TokenLife { issued_at, expires_at }, token })
    }

    async fn submit(
        &self,
        instruction: &Instruction,
        authorisation: &Authorisation,
    ) -> SubmitOutcome {
        let mut book = self.book();
        if authorisation.life.expires_at <= book.now() {
            return SubmitOutcome::NotProcessed {
                detail: "the token has expired".into(),
                retry_after: None,
            };
        }
        if let Some(used) = book.remembered(&instruction.key, self.key_window) {
            return if used.body == instruction.body {
                SubmitOutcome::Accepted(used.gateway_payout_id)
            } else {
                SubmitOutcome::KeyReused
            };
        }
        let (id, operation) = match self.accept(&book, instruction) {
            Ok(accepted) => accepted,
            Err(detail) => return SubmitOutcome::Rejected { detail },
        };
        match self.carry_out(&mut book, operation) {
            Ok(()) => SubmitOutcome::Accepted(id),
            // It may be in the journal, and then it will have happened after a restart.
            Err(_) => {
                SubmitOutcome::Unknown { detail: "the payout could not be written down".into() }
            }
        }
    }

    async fn find_payout(&self, id: GatewayPayoutId) -> Result<Option<ReportedPayout>, ReadError> {
        let book = self.book();
        let horizon = self.horizon(&book);
        Ok(book.payout(id).and_then(|payout| payout.reported(id, horizon)))
    }

    async fn find_payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError> {
        let book = self.book();
        Ok(book.settled_payment(id, self.horizon(&book)).cloned())
    }

    async fn payment_sources(
        &self,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
    ) -> Result<Option<Vec<PaymentSource>>, ReadError> {
        let book = self.book();
        let Some(account) = book.merchant_account(merchant_account_id) else { return Ok(None) };
        let into = (merchant_account_id, account.currency);
        let listed = book
            .sources()
            .listed(merchant_account_id, user_id, self.horizon(&book))
            .map(|source| as_listed(source, into, &book))
            .collect();
        Ok(Some(listed))
    }

    async fn merchant_accounts(&self) -> Result<Vec<MerchantAccount>, ReadError> {
        Ok(self.book().merchant_accounts().cloned().collect())
    }

    async fn transactions(
        &self,
        merchant_account_id: MerchantAccountId,
        query: &TransactionQuery,
    ) -> Result<Option<TransactionPage>, ReadError> {
        let book = self.book();
        book.transactions(merchant_account_id, query, self.horizon(&book), self.page_size)
            .map_err(|_| ReadError::UnknownCursor)
    }
}

impl Bank {
    /// What an instruction becomes, or why it is refused.
    fn accept(
        &self,
        book: &Book,
        instruction: &Instruction,
    ) -> Result<(GatewayPayoutId, BankOperation), String> {
        if instruction.profile != self.profile {
            return Err("the payout was prepared for another provider account".into());
        }
        let read = instruction_text::parse(&instruction.body)
            .map_err(|malformed| malformed.to_string())?;
        if read.payout_id != instruction.payout_id {
            return Err("the instruction is of another payout".into());
        }
        let scheme = book.check(&read.order)?;
        let return_transaction_id =
            book.next_will_return().then(|| TransactionId::from_uuid(self.ids.next()));
        let gateway_payout_id = self.new_name(book, read.payout_id);
        let operation = BankOperation::Submit {
            at: book.now(),
            payout_id: read.payout_id,
            key: instruction.key.clone(),
            body: Arc::clone(&instruction.body),
            gateway_payout_id,
            scheme,
            delays: book.delays(),
            return_transaction_id,
        };
        Ok((gateway_payout_id, operation))
    }

    /// The first payout of an instruction bears our own name for it, so that both sides of a sandbox
    /// speak of one id. A second one can only come after the key was forgotten.
    fn new_name(&self, book: &Book, payout_id: PayoutId) -> GatewayPayoutId {
        let ours = GatewayPayoutId::from_uuid(payout_id.as_uuid());
        if book.payout(ours).is_none() {
            return ours;
        }
        GatewayPayoutId::from_uuid(self.ids.next())
    }
}

fn key(payout_id: PayoutId) -> IdempotencyKey {
    payout_id.to_string().parse().expect("a UUID is visible ASCII of 36 characters")
}

/// A source as the bank shows it: that it is listed is the proof.
fn as_listed(
    source: &PaymentSource,
    into: (MerchantAccountId, payout_domain::Currency),
    book: &Book,
) -> PaymentSource {
    let name = source.account_holder_name().map(str::to_owned);
    let account = (name, source.account_identifiers().to_vec());
    PaymentSource::listed(source.id(), source.user_id().clone(), into, account, book.now())
}
