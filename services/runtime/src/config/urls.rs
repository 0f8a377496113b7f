//! Checks of urls and origins. Problems never repeat a url that may hold a password.

use async_nats::ServerAddr;
use http::Uri;

/// `http(s)://host[:port]` as browsers write an `Origin`: lower case, no default port, no path. `None` for anything else.
pub(crate) fn origin(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let authority = uri.authority()?;
    let bare = uri.query().is_none() && matches!(uri.path(), "" | "/") && !authority.as_str().contains('@');
    let host = authority.host().to_ascii_lowercase();
    // "host:" and "host:99999" parse as an authority without a port.
    let port_is_right = authority.port().is_some() == authority.as_str()[authority.host().len()..].contains(':');
    if !bare || host.is_empty() || !port_is_right {
        return None;
    }
    match authority.port_u16() {
        Some(port) if port != default_port => Some(format!("{scheme}://{host}:{port}")),
        _ => Some(format!("{scheme}://{host}")),
    }
}

pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

pub(super) fn check_database(url: &str) -> Result<(), String> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        return match path.split('?').next() {
            None | Some("") => Err("names no file: write sqlite://path/to/confab.db".to_owned()),
            Some(_) => Ok(()),
        };
    }
    if !is_postgres(url) {
        return Err("must begin with sqlite:// or postgres://".to_owned());
    }
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let after_user = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let (host, path) = after_user.split_once('/').unwrap_or((after_user, ""));
    // An IPv6 host stands in brackets, so a colon after the last bracket is the port's.
    let port = host.rsplit(']').next().and_then(|end| end.split_once(':')).map(|(_, port)| port);
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err("has a port that is no number up to 65535".to_owned());
    }
    match path.split('?').next() {
        None | Some("") => Err("names no database: write postgres://user@host/database".to_owned()),
        Some(_) => Ok(()),
    }
}

pub(super) fn check_nats(urls: &str) -> Result<(), String> {
    nats_servers(urls).map(|_| ())
}

/// The addresses in a comma separated list; none when it is empty.
pub(crate) fn nats_servers(urls: &str) -> Result<Vec<ServerAddr>, String> {
    let parts = urls.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .enumerate()
        .map(|(index, part)| {
            part.parse::<ServerAddr>().map_err(|_| format!("address {} is not like nats://host:4222", index + 1))
        })
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn origins_are_brought_into_the_form_browsers_send() {
        assert_eq!(origin("HTTPS://Chat.Example.org:443/").unwrap(), "https://chat.example.org");
        assert_eq!(origin("http://[::1]:8080").unwrap(), "http://[::1]:8080");
        for bad in ["", "null", "chat.example.org", "ftp://a", "https://", "https://a/b", "https://a?b", "https://u@a"]
        {
            assert_eq!(origin(bad), None, "{bad}");
        }
        for bad in ["https://a:", "https://a:99999", "https://a:x", "https://a b"] {
            assert_eq!(origin(bad), None, "{bad}");
        }
    }

    #[test]
    fn database_urls_are_checked_for_what_can_be_known_without_connecting() {
        for good in
            ["sqlite://data/x.db", "postgres://u:p@h:5432/d", "postgresql:///d?host=/run", "postgres://[::1]:1/d"]
        {
            assert_eq!(check_database(good), Ok(()), "{good}");
        }
        for bad in ["", "mysql://h/d", "sqlite://", "postgres://h:x/d", "postgres://h:5432", "postgres://[::1]:x/d"] {
            assert!(check_database(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nats_urls_are_checked_one_by_one() {
        assert_eq!(nats_servers("nats://a:4222, b").unwrap().len(), 2);
        assert_eq!(nats_servers("").unwrap().len(), 0);
        assert!(nats_servers("nats://a,http://b").unwrap_err().contains("address 2"));
    }
}
