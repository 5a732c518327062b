//! What is configured, and where it came from.

mod table;

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub(crate) use table::{Setting, TABLE};

use crate::failure::Failure;

/// Everything that is configured outside the command line: the environment and one `payout.toml`.
///
/// A value comes from the first of: a flag, the environment, the file, the default. Every setting
/// stands in one table, which gives it its place in each of them.
#[derive(Debug)]
pub(crate) struct Settings {
    path: Option<PathBuf>,
    file: BTreeMap<String, Vec<String>>,
    profiles: BTreeMap<String, BTreeMap<String, String>>,
}

/// A value with its origin, so that an error can say where to change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) texts: Vec<String>,
    pub(crate) origin: Origin,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag(&'static str),
    Environment(&'static str),
    File { path: PathBuf, key: String },
    Default,
}

impl Settings {
    /// Reads the file that was named, or the first of `./payout.toml` and the user's own.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => Some(path.to_owned()),
            None => usual_places().into_iter().find(|path| path.is_file()),
        };
        let Some(path) = path else {
            return Ok(Self { path: None, file: BTreeMap::new(), profiles: BTreeMap::new() });
        };
        let wrong = |what: String| Failure::configuration(format!("{}: {what}", path.display()));
        let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        let mut settings =
            Self { path: Some(path.clone()), file: BTreeMap::new(), profiles: BTreeMap::new() };
        for (section, value) in &table {
            settings.read_section(section, value).map_err(wrong)?;
        }
        Ok(settings)
    }

    /// The value of a setting: the flag's if it was given, else as configured.
    pub(crate) fn value(
        &self,
        key: &str,
        flag: Option<(&'static str, Vec<String>)>,
    ) -> Option<Value> {
        if let Some((name, texts)) = flag.filter(|(_, texts)| !texts.is_empty()) {
            return Some(Value { texts, origin: Origin::Flag(name) });
        }
        let setting = TABLE.iter().find(|setting| setting.key == key)?;
        if let Some(text) = env::var(setting.environment).ok().filter(|text| !text.is_empty()) {
            let texts = if setting.list { split(&text) } else { vec![text] };
            return Some(Value { texts, origin: Origin::Environment(setting.environment) });
        }
        if let (Some(texts), Some(path)) = (self.file.get(key), &self.path) {
            let origin = Origin::File { path: path.clone(), key: key.to_owned() };
            return Some(Value { texts: texts.clone(), origin });
        }
        let default = setting.default?;
        Some(Value { texts: vec![default.to_owned()], origin: Origin::Default })
    }

    /// The value of a setting that must be readable as `T`.
    pub(crate) fn get<T: FromStr>(
        &self,
        key: &str,
        flag: Option<(&'static str, String)>,
    ) -> Result<Option<T>, Failure>
    where
        T::Err: fmt::Display,
    {
        let flag = flag.map(|(name, text)| (name, vec![text]));
        self.value(key, flag).map(|value| value.parse()).transpose()
    }

    /// The members of a profile; an unknown name is an error that lists the known ones.
    pub(crate) fn profile(&self, name: &str) -> Result<&BTreeMap<String, String>, Failure> {
        self.profiles.get(name).ok_or_else(|| {
            let known: Vec<_> = self.profiles.keys().map(String::as_str).collect();
            Failure::configuration(format!(
                "there is no profile `{name}`; payout.toml has: {}",
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            ))
        })
    }

    /// The file that was read.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    fn read_section(&mut self, section: &str, value: &toml::Value) -> Result<(), String> {
        let table =
            value.as_table().ok_or(format!("`{section}` must be a section: [{section}]"))?;
        if section == "profile" {
            return self.read_profiles(table);
        }
        for (name, value) in table {
            let key = format!("{section}.{name}");
            let setting = TABLE.iter().find(|setting| setting.key == key);
            let setting = setting.ok_or_else(|| unknown(&key))?;
            if setting.environment_only {
                return Err(format!("`{key}` is a secret: put it into a file and name that file"));
            }
            let _known_once = self.file.insert(key.clone(), texts(&key, setting, value)?);
        }
        Ok(())
    }

    fn read_profiles(&mut self, table: &toml::Table) -> Result<(), String> {
        for (name, value) in table {
            let members = value.as_table().ok_or(format!("`profile.{name}` must be a section"))?;
            let mut profile = BTreeMap::new();
            for (member, value) in members {
                let known = ["url", "client_id", "client_secret_file", "kid", "private_key_file"];
                let text = value.as_str().filter(|_| known.contains(&member.as_str()));
                let text = text.ok_or(format!(
                    "`profile.{name}.{member}` is not known; a profile has the texts {}",
                    known.join(", ")
                ))?;
                let _known_once = profile.insert(member.clone(), text.to_owned());
            }
            let _known_once = self.profiles.insert(name.clone(), profile);
        }
        Ok(())
    }
}

impl Value {
    /// Reads the one text of the value.
    pub(crate) fn parse<T: FromStr>(&self) -> Result<T, Failure>
    where
        T::Err: fmt::Display,
    {
        let text = self.texts.first().map_or("", String::as_str);
        text.parse().map_err(|error| self.wrong(text, &error))
    }

    /// Reads each text of the value.
    pub(crate) fn parse_all<T: FromStr>(&self) -> Result<Vec<T>, Failure>
    where
        T::Err: fmt::Display,
    {
        self.texts
            .iter()
            .map(|text| text.parse().map_err(|error| self.wrong(text, &error)))
            .collect()
    }

    fn wrong(&self, text: &str, error: &dyn fmt::Display) -> Failure {
        Failure::configuration(format!("{} `{text}`: {error}", self.origin))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Environment(name) => write!(f, "${name}"),
            Self::File { path, key } => write!(f, "{} `{key}`", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

fn usual_places() -> Vec<PathBuf> {
    let mut places = vec![PathBuf::from("payout.toml")];
    if let Some(directory) = directories::config() {
        places.push(directory.join("payout.toml"));
    }
    places
}

/// Where the user's files are kept, by the XDG base directory specification.
pub(crate) mod directories {
    use std::path::PathBuf;

    use etcetera::BaseStrategy;

    /// Configuration.
    pub(crate) fn config() -> Option<PathBuf> {
        Some(etcetera::base_strategy::Xdg::new().ok()?.config_dir().join("payout"))
    }

    /// Databases and keys.
    pub(crate) fn data() -> Option<PathBuf> {
        Some(etcetera::base_strategy::Xdg::new().ok()?.data_dir().join("payout"))
    }

    /// What is good to remember and no loss to forget.
    pub(crate) fn state() -> Option<PathBuf> {
        etcetera::base_strategy::Xdg::new().ok()?.state_dir().map(|state| state.join("payout"))
    }
}

fn unknown(key: &str) -> String {
    let section = key.split('.').next().unwrap_or_default();
    let known: Vec<_> = TABLE
        .iter()
        .map(|s| s.key)
        .filter(|known| known.split('.').next() == Some(section))
        .collect();
    if known.is_empty() {
        return format!(
            "`{key}` is not known; sections are sandbox, serve, gateway, client, log, profile"
        );
    }
    format!("`{key}` is not known; there are {}", known.join(", "))
}

fn texts(key: &str, setting: &Setting, value: &toml::Value) -> Result<Vec<String>, String> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(yes) => Ok(yes.to_string()),
        toml::Value::Float(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => {
            Err(format!("`{key}` must be a text, a whole number, true or false"))
        }
    };
    match value.as_array().filter(|_| setting.list) {
        Some(values) => values.iter().map(text).collect(),
        None => text(value).map(|text| vec![text]),
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}
