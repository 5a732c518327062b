//! Shows the effective configuration.

use payout_postgres::Address;
use serde_json::{Value as Json, json};

use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::{Setting, Settings, TABLE, Value};

/// Prints every setting with its value and its origin. Secrets are not shown.
pub(crate) fn show(settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    let mut items = Vec::new();
    for setting in TABLE {
        let value = settings.value(setting.key, None);
        let shown = value.as_ref().map(|value| shown(setting, value));
        let origin = value.map_or_else(|| "not set".to_owned(), |value| value.origin.to_string());
        items.push(json!({
            "key": setting.key,
            "value": shown,
            "origin": origin,
            "environment": setting.environment,
            "help": setting.help,
        }));
        rows.push(vec![setting.key.to_owned(), shown.unwrap_or_default(), origin]);
    }
    let file = settings.path().map(|path| path.display().to_string());
    output.note(format_args!("file: {}", file.as_deref().unwrap_or("none")));
    let document: Json = json!({ "file": file, "settings": items });
    output.table(&document.to_string(), &["SETTING", "VALUE", "FROM"], rows)?;
    Ok(Exit::Done)
}

fn shown(setting: &Setting, value: &Value) -> String {
    let text = value.texts.join(", ");
    if setting.environment_only {
        return "(secret)".to_owned();
    }
    // What is no address may be one with a password.
    if setting.key == "serve.database" && text.parse::<Address>().is_err() {
        return "(not an address)".to_owned();
    }
    text
}
