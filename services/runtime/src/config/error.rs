//! Mistakes in the settings: each names the key, what is wrong and where the value came from. Never shows a secret's value.

use std::fmt;

/// One setting that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// `section.key`, or the name of the file or variable when there is no such key.
    pub key: String,
    /// What is wrong, in words that say what would be right.
    pub problem: String,
    /// `default`, a file's path, or the variable's name.
    pub source: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (from {})", self.key, self.problem, self.source)
    }
}

/// All mistakes found, one a line when shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "these settings cannot work:")?;
        for error in &self.0 {
            write!(f, "\n  {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
