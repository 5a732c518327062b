//! What operators write in their own words.

use crate::json::Value;

/// The most characters of what an operator writes.
const TEXT_MAX: usize = 500;

/// Reads a text of 1 to 500 characters without control characters, blanks around it cut off.
pub(super) fn required(body: &Value<'_>, name: &str) -> Option<Box<str>> {
    let member = body.require(name)?;
    let text = member.text()?.trim();
    let fits =
        (1..=TEXT_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits {
        return Some(text.into());
    }
    member.refuse(format!("must be 1 to {TEXT_MAX} characters without control characters"))
}
