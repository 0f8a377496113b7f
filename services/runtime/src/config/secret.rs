//! Text that must not reach a log: passwords, and urls that may hold one.

use std::fmt;

/// A secret text; `Debug` shows `***` for a plain one. There is no `Display`: taking it out is always a visible `expose`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "***" })
    }
}

/// The url with everything hidden that may be a secret: user, password or token before the last `@`, and the query.
///
/// Greedy on purpose: a password that is wrongly written (`/`, `@` or `?` in it) must not show either.
pub(super) fn redact_url(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let (hidden, rest) = match rest.rfind('@') {
        Some(at) => ("***@", &rest[at + 1..]),
        None => ("", rest),
    };
    match rest.split_once('?') {
        Some((place, _)) => format!("{scheme}{hidden}{place}?***"),
        None => format!("{scheme}{hidden}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_user_password_and_query() {
        assert_eq!(redact_url("postgres://u:p/w@x@db:5432/chat?password=s"), "postgres://***@db:5432/chat?***");
        assert_eq!(redact_url("nats://token@a:4222,nats://u:p@b"), "nats://***@b");
        assert_eq!(redact_url("sqlite://data/confab.db"), "sqlite://data/confab.db");
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
    }
}
