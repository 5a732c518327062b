//! What is said of tokens.

use payout_wire::media_type;
use payout_wire::problem::ProblemKind as Kind;

use crate::openapi::{Face, Operation, Tag};

pub(crate) fn issue(_: Face) -> Operation {
    Operation::new("issueToken", Tag::Access, "Get an access token")
        .says(
            "A client's token lives for an hour, an operator's for a quarter of one. `Date` is by the \
             clock that the token lives by.",
        )
        .takes_any_of(&[(media_type::JSON, "TokenRequest"), (media_type::FORM, "TokenForm")])
        .answers(200, "The token.", &["Token"])
        .answers(400, "It is not granted, or the body has not arrived.", &["TokenError"])
        .fails([Kind::RateLimitExceeded])
}
