//! What is said of merchant accounts.

use payout_wire::problem::ProblemKind as Kind;

use crate::openapi::{Face, Operation, Parameters, Tag};

const TAG: Tag = Tag::MerchantAccounts;

pub(crate) fn list(face: Face) -> Operation {
    Operation::new("listMerchantAccounts", TAG, "List the merchant accounts and their balances")
        .read_by_client()
        .answers(200, "All of them.", &["MerchantAccountList"])
        .asks_provider(face)
}

pub(crate) fn show(face: Face) -> Operation {
    one(face, "showMerchantAccount", "Show a merchant account and its balances").answers(
        200,
        "The account.",
        &["MerchantAccount"],
    )
}

pub(crate) fn transactions(face: Face) -> Operation {
    let form = if face.sandbox { "SandboxTransactionPage" } else { "TransactionPage" };
    let parameters = Parameters::default()
        .must("from", "AskedTime", "From when on. It counts to the second.")
        .must(
            "to",
            "AskedTime",
            "Until when. It counts to the second, and the whole of that second.",
        )
        .may_be_one_of("type", &["payment", "payout"], "What moved; both if nothing is said.")
        .may("cursor", "Cursor", "Where the page begins.");
    one(face, "listTransactions", "List what moved on a merchant account")
        .says(
            "A payout's transaction bears the payout's id. A payout that came back is an external \
             payment that says for which.",
        )
        .with(parameters)
        .answers(200, "A page.", &[form])
        .fails([Kind::InvalidParameters])
}

pub(crate) fn payment_sources(face: Face) -> Operation {
    one(face, "listPaymentSources", "List the accounts that a user has paid in from")
        .with(Parameters::default().must("user_id", "Name", "Whose."))
        .answers(200, "All of them. A user who never paid in has none.", &["PaymentSourceList"])
        .fails([Kind::InvalidParameters])
}

pub(crate) fn sweeping(face: Face) -> Operation {
    one(face, "showSweeping", "Say that a merchant account is not swept")
        .says("Sweeping is not kept here, so this is answered with 404 whatever is asked.")
}

pub(crate) fn sweeping_old(face: Face) -> Operation {
    one(face, "showSweepingAtOldPath", "Say that it is not swept, at the older path")
}

pub(crate) fn sweep(_: Face) -> Operation {
    written("setSweeping", "Refuse to sweep a merchant account")
}

pub(crate) fn sweep_old(_: Face) -> Operation {
    written("setSweepingAtOldPath", "Refuse to sweep it, at the older path")
}

pub(crate) fn unsweep(_: Face) -> Operation {
    written("deleteSweeping", "Refuse to stop sweeping a merchant account")
}

pub(crate) fn unsweep_old(_: Face) -> Operation {
    written("deleteSweepingAtOldPath", "Refuse to stop sweeping it, at the older path")
}

fn one(face: Face, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, TAG, summary)
        .read_by_client()
        .with(Parameters::id("The merchant account."))
        .fails([Kind::NotFound])
        .asks_provider(face)
}

fn written(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(id, TAG, summary)
        .says(
            "Nobody here moves money on his own, so this is answered with 405 to whoever may ask.",
        )
        .written_by_client()
        .with(Parameters::id("The merchant account."))
        .fails([Kind::NotFound, Kind::MethodNotAllowed])
}
