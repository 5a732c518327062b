//! Writing JSON.

use serde::Serialize;

/// Writes a struct of ours. All of them hold strings, integers and lists, which cannot fail.
pub(crate) fn render<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings, integers and lists are JSON")
}
