//! The three layers of settings — defaults, file, environment — merged into one map with the origin of each value.
//!
//! The defaults say which keys exist and of which kind they are; everything else is an error, also in the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use config::{FileFormat, Source as _, Value, ValueKind};

use super::error::ConfigError;

const DEFAULTS: &str = include_str!("../../default.toml");
const PREFIX: &str = "CONFAB__";

/// A value as written, before it is checked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    Text(String),
    Number(i64),
    List(Vec<String>),
}

impl Raw {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a whole number",
            Self::List(_) => "a list of texts",
        }
    }

    /// `None` for what no setting can be: tables, booleans, fractions, mixed lists.
    fn from_toml(value: Value) -> Option<Self> {
        match value.kind {
            ValueKind::String(text) => Some(Self::Text(text)),
            ValueKind::I64(number) => Some(Self::Number(number)),
            ValueKind::Array(items) => items
                .into_iter()
                .map(|item| match item.kind {
                    ValueKind::String(text) => Some(text),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .map(Self::List),
            _ => None,
        }
    }

    /// Reads a variable's text as the same kind as `self`.
    fn parse_like(&self, text: &str) -> Option<Self> {
        match self {
            Self::Text(_) => Some(Self::Text(text.to_owned())),
            Self::Number(_) => text.trim().parse().ok().map(Self::Number),
            Self::List(_) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(Self::List(items.map(str::to_owned).collect()))
            }
        }
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Default,
    File(PathBuf),
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) raw: Raw,
    pub(super) origin: Origin,
}

/// `section.key` → value in force.
#[derive(Clone, Debug)]
pub(super) struct Layers(pub(super) BTreeMap<String, Setting>);

impl Layers {
    /// Merges all layers; mistakes are added to `errors` and the value below stays in force, so that all can be found at once.
    pub(super) fn merge(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
        errors: &mut Vec<ConfigError>,
    ) -> Self {
        let mut layers = Self(BTreeMap::new());
        for (key, value) in flatten(DEFAULTS).expect("default.toml is valid: a test reads it") {
            let raw = Raw::from_toml(value).expect("default.toml holds texts, numbers and lists: a test reads it");
            layers.0.insert(key, Setting { raw, origin: Origin::Default });
        }
        if let Some(path) = file {
            layers.add_file(path, errors);
        }
        for (name, text) in env {
            if let Some(rest) = name.strip_prefix(PREFIX) {
                let key = rest.to_lowercase().replacen("__", ".", 1);
                layers.set(key, Origin::Environment(name), |default| default.parse_like(&text), errors);
            }
        }
        layers
    }

    fn add_file(&mut self, path: &Path, errors: &mut Vec<ConfigError>) {
        let origin = Origin::File(path.to_owned());
        let problem =
            |problem: String| ConfigError { key: path.display().to_string(), problem, source: "--config".to_owned() };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return errors.push(problem(format!("cannot be read: {error}"))),
        };
        match flatten(&text) {
            Ok(values) => {
                for (key, value) in values {
                    self.set(key, origin.clone(), |_| Raw::from_toml(value), errors);
                }
            }
            Err(error) => {
                // The middle lines of the parser's text quote the file, where a password may stand.
                let text = error.to_string();
                let (first, last) = (text.lines().next().unwrap_or(""), text.lines().last().unwrap_or(""));
                errors.push(problem(format!("is not valid TOML: {first}: {last}")));
            }
        }
    }

    fn set(
        &mut self,
        key: String,
        origin: Origin,
        read: impl FnOnce(&Raw) -> Option<Raw>,
        errors: &mut Vec<ConfigError>,
    ) {
        let Some(setting) = self.0.get_mut(&key) else {
            return errors.push(ConfigError { key, problem: "no such setting".to_owned(), source: origin.to_string() });
        };
        match read(&setting.raw) {
            Some(raw) if raw.kind() == setting.raw.kind() => *setting = Setting { raw, origin },
            _ => errors.push(ConfigError {
                key,
                problem: format!("must be {}", setting.raw.kind()),
                source: origin.to_string(),
            }),
        }
    }
}

/// `section.key` and value of each entry; what is not in a section keeps its bare name and so is no known setting.
fn flatten(toml: &str) -> Result<Vec<(String, Value)>, config::ConfigError> {
    let mut flat = Vec::new();
    for (section, value) in config::File::from_str(toml, FileFormat::Toml).collect()? {
        match value.kind {
            ValueKind::Table(table) => {
                flat.extend(table.into_iter().map(|(key, value)| (format!("{section}.{key}"), value)));
            }
            _ => flat.push((section, value)),
        }
    }
    flat.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(flat)
}
