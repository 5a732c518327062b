//! What a server says of itself: a document of `OpenAPI` 3.1, and a page to read it on.
//!
//! Every route is added together with what is said of it, so that none is missing in the document and
//! none is there that does not exist. What bodies look like is said by `payout-wire`.

mod document;
mod face;
mod operation;
mod page;
mod parameters;
mod responses;
mod tag;

pub use document::openapi;
pub use face::Face;

pub(crate) use document::{Entry, Pages};
pub(crate) use operation::{Describe, Operation};
pub(crate) use parameters::Parameters;
pub(crate) use tag::Tag;
