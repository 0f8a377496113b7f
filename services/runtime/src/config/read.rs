//! Reads single settings as types, with limits. Each mistake is kept and a stand-in returned, so that all are found in one pass;
//! `Config::load` gives no `Config` when there is any mistake, so a stand-in is never used.

use std::fs;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::error::ConfigError;
use super::layers::{Layers, Origin, Raw};
use super::secret::Secret;

pub(super) struct Reader<'a> {
    layers: &'a Layers,
    errors: &'a mut Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(layers: &'a Layers, errors: &'a mut Vec<ConfigError>) -> Self {
        Self { layers, errors }
    }

    /// Notes what is wrong with `key`.
    pub(super) fn wrong(&mut self, key: &str, problem: impl Into<String>) {
        self.errors.push(ConfigError {
            key: key.to_owned(),
            problem: problem.into(),
            source: self.layers.0[key].origin.to_string(),
        });
    }

    pub(super) fn is_default(&self, key: &str) -> bool {
        self.layers.0[key].origin == Origin::Default
    }

    pub(super) fn text(&self, key: &str) -> String {
        match &self.layers.0[key].raw {
            Raw::Text(text) => text.clone(),
            other => unreachable!("{key} is {other:?}, not text: kinds are those of default.toml"),
        }
    }

    pub(super) fn list(&self, key: &str) -> Vec<String> {
        match &self.layers.0[key].raw {
            Raw::List(items) => items.clone(),
            other => {
                unreachable!("{key} is {other:?}, not a list: kinds are those of default.toml")
            }
        }
    }

    /// A number within `range`, as whatever integer the section wants.
    pub(super) fn number<T: TryFrom<i64>>(&mut self, key: &str, range: RangeInclusive<i64>) -> T {
        let number = match &self.layers.0[key].raw {
            Raw::Number(number) => *number,
            other => {
                unreachable!("{key} is {other:?}, not a number: kinds are those of default.toml")
            }
        };
        let held = number.clamp(*range.start(), *range.end());
        if held != number {
            self.wrong(key, format!("{number} is not within {} to {}", range.start(), range.end()));
        }
        match T::try_from(held) {
            Ok(number) => number,
            Err(_) => unreachable!("the range of {key} fits its type"),
        }
    }

    pub(super) fn seconds(&mut self, key: &str, range: RangeInclusive<i64>) -> Duration {
        Duration::from_secs(self.number(key, range))
    }

    pub(super) fn millis(&mut self, key: &str, range: RangeInclusive<i64>) -> Duration {
        Duration::from_millis(self.number(key, range))
    }

    /// A path, or `None` when the setting is empty.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.text(key);
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    /// The trimmed content of the file that `key` names; `None` when the setting is empty or the file of no use.
    pub(super) fn secret_file(&mut self, key: &str) -> Option<Secret> {
        let path = self.path(key)?;
        match fs::read_to_string(&path) {
            Ok(text) if text.trim().is_empty() => {
                self.wrong(key, format!("{} is empty", path.display()));
                None
            }
            Ok(text) => Some(Secret::new(text.trim())),
            Err(error) => {
                self.wrong(key, format!("cannot read {}: {error}", path.display()));
                None
            }
        }
    }

    /// Parses text; `what` completes "must be …". The value is shown, so not for secrets.
    pub(super) fn parsed<T>(&mut self, key: &str, what: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key);
        let value = parse(&text);
        if value.is_none() {
            self.wrong(key, format!("must be {what}, not {text:?}"));
        }
        value
    }
}
