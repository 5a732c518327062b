//! The parameters of a reading request.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query as Pairs};
use http::request::Parts;
use payout_domain::Timestamp;
use payout_wire::timestamp;

use crate::Api;
use crate::fault::Fault;

/// The parameters of a reading request, decoded. Those that nobody asks for are ignored.
pub(crate) struct Query(Vec<(String, String)>);

impl FromRequestParts<Arc<Api>> for Query {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Fault> {
        match Pairs::from_request_parts(parts, api).await {
            Ok(Pairs(pairs)) => Ok(Self(pairs)),
            Err(_) => Err(Fault::invalid("query", "is not well encoded")),
        }
    }
}

impl Query {
    /// A parameter that may be absent. An empty one is.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Fault> {
        let mut values = self.0.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        if values.next().is_some() {
            return Err(Fault::invalid(name, "occurs more than once; send it once"));
        }
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Fault> {
        self.text(name)?.ok_or_else(|| Fault::invalid(name, "is required; add it"))
    }

    /// A parameter that must parse if it is there.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Fault>
    where
        T::Err: ToString,
    {
        let parsed = self.text(name)?.map(str::parse).transpose();
        parsed.map_err(|error: T::Err| Fault::invalid(name, error.to_string()))
    }

    /// A point in time that must be there.
    ///
    /// A `+` in front of an offset that was not escaped has become a space by now.
    pub(crate) fn time(&self, name: &str) -> Result<Timestamp, Fault> {
        let text = self.required(name)?;
        timestamp::parse(text)
            .or_else(|error| match text.rsplit_once(' ') {
                Some((time, offset)) => timestamp::parse(&format!("{time}+{offset}")),
                None => Err(error),
            })
            .map_err(|error| Fault::invalid(name, error.to_string()))
    }
}
