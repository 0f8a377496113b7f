//! The section `[push]`: whether and where browsers are told of messages while Confab is closed in them.
//!
//! What a setting means stands in `default.toml`, not here.

use std::time::Duration;

use http::Uri;

use super::read::Reader;
use super::urls;

#[derive(Clone, Debug)]
pub struct PushConfig {
    pub enabled: bool,
    pub endpoints: Vec<PushService>,
    /// `mailto:` or `https:`.
    pub contact: Option<String>,
    pub delay: Duration,
    pub per_user: usize,
}

/// Where a subscription may point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushService {
    /// A host and all below it, by https on its own port.
    Host(String),
    /// One origin, as it stands.
    Origin(String),
}

impl PushService {
    fn read(text: &str) -> Option<Self> {
        if text.contains("://") {
            return urls::origin(text).map(Self::Origin);
        }
        let is_label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        (text.contains('.') && text.split('.').all(is_label)).then(|| Self::Host(text.to_owned()))
    }

    fn holds(&self, uri: &Uri) -> bool {
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else { return false };
        match self {
            Self::Host(suffix) => {
                let host = host.to_ascii_lowercase();
                let below = host.strip_suffix(suffix.as_str());
                scheme == "https"
                    && uri.port_u16().is_none_or(|port| port == 443)
                    && below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Self::Origin(origin) => {
                let authority = uri.authority().map_or("", |authority| authority.as_str());
                urls::origin(&format!("{scheme}://{authority}")).as_deref() == Some(origin)
            }
        }
    }
}

impl PushConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let enabled = r.parsed("push.enabled", "\"on\" or \"off\"", |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        });
        let mut endpoints = Vec::new();
        for text in r.list("push.endpoints") {
            match PushService::read(&text) {
                Some(service) => endpoints.push(service),
                None => r.wrong("push.endpoints", format!("{text:?} is no host and no http(s)://host[:port]")),
            }
        }
        let contact = match r.text("push.contact").is_empty() {
            true => None,
            false => r.parsed("push.contact", "mailto:name@host or an https:// address", |text| {
                let is_mail = text.strip_prefix("mailto:").is_some_and(|mail| mail.contains('@'));
                let is_page = text.starts_with("https://") && text.parse::<Uri>().is_ok();
                ((is_mail || is_page) && !text.contains(char::is_whitespace)).then(|| text.to_owned())
            }),
        };
        Self {
            enabled: enabled.unwrap_or(false),
            endpoints,
            contact,
            delay: r.seconds("push.delay_seconds", 0..=600),
            per_user: r.number("push.per_user", 1..=1000),
        }
    }

    /// Whether a subscription may point there: whatever a client gives is called by this server.
    #[must_use]
    pub fn allows(&self, uri: &Uri) -> bool {
        let has_user = uri.authority().is_none_or(|authority| authority.as_str().contains('@'));
        !has_user && self.endpoints.iter().any(|service| service.holds(uri))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_known_services_are_called() {
        let endpoints =
            ["push.example.org", "http://127.0.0.1:9"].map(|text| PushService::read(text).unwrap()).to_vec();
        let config = PushConfig { enabled: true, endpoints, contact: None, delay: Duration::ZERO, per_user: 1 };
        for (uri, allowed) in [
            ("https://push.example.org/a", true),
            ("https://eu.Push.example.org:443/a?b=c", true),
            ("https://push.example.org:8443/a", false),
            ("http://push.example.org/a", false),
            ("https://evilpush.example.org/a", false),
            ("https://push.example.org.evil.net/a", false),
            ("https://push.example.org@evil.net/a", false),
            ("https://user@push.example.org/a", false),
            ("http://127.0.0.1:9/a", true),
            ("http://127.0.0.1:10/a", false),
            ("https://127.0.0.1:9/a", false),
            ("http://169.254.169.254/latest", false),
            ("/push.example.org", false),
        ] {
            assert_eq!(config.allows(&uri.parse().unwrap()), allowed, "{uri}");
        }
        for text in ["", "localhost", "*.example.org", "Example.org", "example.org/a", "ftp://example.org", "a..b"] {
            assert_eq!(PushService::read(text), None, "{text}");
        }
    }
}
