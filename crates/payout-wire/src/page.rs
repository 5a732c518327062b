//! Lists: `items`, and where the next page begins.

use serde::Serialize;

use crate::json::Value;

/// A list that is told whole, or one page of it.
#[derive(Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pagination: Option<Pagination>,
}

#[derive(Serialize)]
pub(crate) struct Pagination {
    next_cursor: String,
}

impl<T> Page<T> {
    pub(crate) fn new(items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self { items, pagination: next_cursor.map(|next_cursor| Pagination { next_cursor }) }
    }
}

/// Reads where the next page begins; on the last page nothing says so.
#[expect(clippy::option_option, reason = "absent is not the same as wrong")]
pub(crate) fn next_cursor(body: &Value<'_>) -> Option<Option<String>> {
    let Some(pagination) = body.member("pagination") else { return Some(None) };
    pagination.object()?.if_any("next_cursor", |cursor| cursor.text().map(str::to_owned))
}
