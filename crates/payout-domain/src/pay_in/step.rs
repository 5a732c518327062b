//! How a payment moves.

use std::fmt;

use super::{Login, NextAction, PayIn, PayInFailure, PayInStage, PayInState};
use crate::{ProviderId, ProviderSelection, Timestamp};

/// Something that is done with a payment on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayInStep {
    /// Its caller begins to have it authorised.
    Start(FlowSupport),
    /// Its user chooses a bank.
    SelectProvider(ProviderId),
    /// Its user agrees.
    Consent,
    /// Its user logs in at the bank, through the caller's form if `by_form`.
    LogIn {
        /// How that ends.
        login: Login,
        /// Whether the caller's form was filled in, and not the bank's page.
        by_form: bool,
    },
    /// Its caller calls it off.
    Cancel,
    /// Its bank executes it, or does not, as its user's login said.
    Execute,
    /// The money arrives.
    Settle,
}

/// What a caller can do while a payment is authorised.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FlowSupport {
    /// It can let the user choose a bank.
    pub provider_selection: bool,
    /// It can ask the user to agree, and wants to.
    pub consent: bool,
    /// Where the bank sends the user back to, if the caller can send the user to the bank.
    pub return_uri: Option<Box<str>>,
    /// It can show a form.
    pub form: bool,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayInRefused {
    /// It does not fit where the payment stands.
    #[error("the payment is {}, which does not allow this", status.as_str())]
    Status {
        /// Where it stands.
        status: PayInState,
    },
    /// Something else is to be done next.
    #[error("the next action of the payment is another one; it says which when it is read")]
    NotNext,
    /// The user was not to choose this bank.
    #[error("is not one of the providers that the payment offers")]
    ProviderNotOffered,
    /// The user could reach no bank.
    #[error("must support redirect or form, or the user cannot reach the bank")]
    NoWayToBank,
    /// The user must choose a bank and cannot.
    #[error("must support provider_selection, because no provider is selected yet")]
    NoProviderSelection,
}

impl PayIn {
    /// Takes a step, or says why not and changes nothing.
    pub fn take(&mut self, step: &PayInStep, at: Timestamp) -> Result<(), PayInRefused> {
        match step {
            PayInStep::Start(support) => self.start(support),
            PayInStep::SelectProvider(provider) => self.select(provider),
            PayInStep::Consent => {
                self.expect(NextAction::Consent)?;
                self.consented = true;
                Ok(())
            }
            PayInStep::LogIn { login, by_form } => self.log_in(*login, *by_form, at),
            PayInStep::Cancel => self.cancel(at),
            PayInStep::Execute => self.execute(at),
            PayInStep::Settle => self.settle(at),
        }
    }

    fn start(&mut self, support: &FlowSupport) -> Result<(), PayInRefused> {
        if self.state != PayInState::AuthorizationRequired {
            return Err(self.status_refused());
        }
        if support.return_uri.is_none() && !support.form {
            return Err(PayInRefused::NoWayToBank);
        }
        if self.provider_id.is_none() && !support.provider_selection {
            return Err(PayInRefused::NoProviderSelection);
        }
        self.support = Some(support.clone());
        self.state = PayInState::Authorizing;
        Ok(())
    }

    fn select(&mut self, provider: &ProviderId) -> Result<(), PayInRefused> {
        self.expect(NextAction::SelectProvider)?;
        if let ProviderSelection::UserSelected(offered) = &self.order.provider_selection
            && !offered.is_empty()
            && !offered.contains(provider)
        {
            return Err(PayInRefused::ProviderNotOffered);
        }
        self.provider_id = Some(provider.clone());
        Ok(())
    }

    fn log_in(&mut self, login: Login, by_form: bool, at: Timestamp) -> Result<(), PayInRefused> {
        self.expect(if by_form { NextAction::Form } else { NextAction::Redirect })?;
        let failed = |reason| PayInState::Failed { at, stage: PayInStage::Authorizing, reason };
        self.login = Some(login);
        self.state = match login {
            Login::Executed | Login::ExecutionRejected => PayInState::Authorized,
            Login::AuthorisationFailed => failed(PayInFailure::AuthorizationFailed),
            Login::Cancelled => failed(PayInFailure::Canceled),
        };
        Ok(())
    }

    /// Once its user has authorised it, the bank has the word.
    fn cancel(&mut self, at: Timestamp) -> Result<(), PayInRefused> {
        let stage = match self.state {
            PayInState::AuthorizationRequired => PayInStage::AuthorizationRequired,
            PayInState::Authorizing => PayInStage::Authorizing,
            PayInState::Authorized
            | PayInState::Executed { .. }
            | PayInState::Settled { .. }
            | PayInState::Failed { .. } => return Err(self.status_refused()),
        };
        self.state = PayInState::Failed { at, stage, reason: PayInFailure::Canceled };
        Ok(())
    }

    fn execute(&mut self, at: Timestamp) -> Result<(), PayInRefused> {
        if self.state != PayInState::Authorized {
            return Err(self.status_refused());
        }
        self.state = if self.login == Some(Login::ExecutionRejected) {
            let (stage, reason) = (PayInStage::Authorized, PayInFailure::Rejected);
            PayInState::Failed { at, stage, reason }
        } else {
            PayInState::Executed { at }
        };
        Ok(())
    }

    fn settle(&mut self, at: Timestamp) -> Result<(), PayInRefused> {
        let PayInState::Executed { at: executed_at } = self.state else {
            return Err(self.status_refused());
        };
        self.state = PayInState::Settled { executed_at, at };
        Ok(())
    }

    fn expect(&self, action: NextAction) -> Result<(), PayInRefused> {
        match self.next_action() {
            Some(next) if next == action => Ok(()),
            Some(_) => Err(PayInRefused::NotNext),
            None => Err(self.status_refused()),
        }
    }

    fn status_refused(&self) -> PayInRefused {
        PayInRefused::Status { status: self.state }
    }
}

impl fmt::Debug for FlowSupport {
    /// Shows no address: it may name a user's session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowSupport")
            .field("provider_selection", &self.provider_selection)
            .field("consent", &self.consent)
            .field("redirect", &self.return_uri.is_some())
            .field("form", &self.form)
            .finish()
    }
}
