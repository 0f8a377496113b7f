//! Whom a request counts for, with honest and forged headers.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::IpAddr;

use confab_runtime::client_address::{ClientAddress, MalformedNetwork, Network, TrustedProxies};
use http::{HeaderMap, HeaderValue};

fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
    let networks: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
    let mut headers = HeaderMap::new();
    for line in forwarded {
        headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
    }
    TrustedProxies::new(&networks).client(peer.parse().unwrap(), &headers).to_string()
}

#[test]
fn without_trust_the_peer_counts() {
    assert_eq!(client(&[], "192.0.2.1", &[]), "192.0.2.1");
    assert_eq!(client(&[], "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
    assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["203.0.113.9, 10.0.0.1"]), "192.0.2.1");
}

#[test]
fn the_last_address_that_is_no_proxy_counts() {
    let trusted = ["10.0.0.0/8", "192.0.2.1", "2001:db8:1::/48"];
    for (forwarded, client_address) in [
        (&["203.0.113.9"][..], "203.0.113.9"),
        (&["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        (&["198.51.100.1, 203.0.113.9 , 10.1.2.3,192.0.2.1"], "203.0.113.9"),
        (&["198.51.100.1", "203.0.113.9, 10.1.2.3"], "203.0.113.9"),
        (&["203.0.113.9", "10.1.2.3"], "203.0.113.9"),
        (&["203.0.113.9:4711"], "203.0.113.9"),
        (&["203.0.113.9, 2001:db8:1::7"], "203.0.113.9"),
        (&["[2001:db8:2::7]:443"], "2001:db8:2::"),
        (&["[2001:db8:2::7]"], "2001:db8:2::"),
        (&["::ffff:203.0.113.9"], "203.0.113.9"),
        // Who forges an address of a proxy stays behind the first real one.
        (&["10.9.9.9, 203.0.113.9"], "203.0.113.9"),
        (&["10.9.9.9"], "10.9.9.9"),
        (&[], "10.0.0.1"),
    ] {
        assert_eq!(client(&trusted, "10.0.0.1", forwarded), client_address, "{forwarded:?}");
    }
    assert_eq!(client(&trusted, "::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
}

#[test]
fn nonsense_is_no_address() {
    for forwarded in ["", " ", "unknown", "203.0.113.9.5", "a, b", "203.0.113.9, ", "203.0.113.9, _hidden", ",,,"] {
        assert_eq!(client(&["10.0.0.1"], "10.0.0.1", &[forwarded]), "10.0.0.1", "{forwarded:?}");
    }
    let mut headers = HeaderMap::new();
    headers.insert("x-forwarded-for", HeaderValue::from_bytes(b"203.0.113.9, \xff").unwrap());
    let proxies = TrustedProxies::new(&["10.0.0.1".parse().unwrap()]);
    assert_eq!(proxies.client("10.0.0.1".parse().unwrap(), &headers).to_string(), "10.0.0.1");
}

#[test]
fn a_network_of_ipv6_is_one_client() {
    let address = |text: &str| ClientAddress::from(text.parse::<IpAddr>().unwrap());
    assert_eq!(address("2001:db8:1:2:3:4:5:6"), address("2001:db8:1:2::9"));
    assert_ne!(address("2001:db8:1:2::9"), address("2001:db8:1:3::9"));
    assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
}

#[test]
fn networks_end_where_they_say() {
    let inside = |network: &str, peer: &str| client(&[network], peer, &["203.0.113.9"]) == "203.0.113.9";
    for (network, peer, is_inside) in [
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.20.30.40/31", "10.20.30.41", true),
        ("10.20.30.40/31", "10.20.30.42", false),
        ("0.0.0.0/0", "198.51.100.1", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "2001:db8::1", true),
        ("2001:db8::/33", "2001:db8:8000::1", false),
        ("::1", "::1", true),
        ("::1", "::2", false),
    ] {
        assert_eq!(inside(network, peer), is_inside, "{peer} in {network}");
    }
    for bad in ["", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0/8", "proxy", "10.0.0.0/", "/8", "10.0.0.1/8/8"] {
        assert_eq!(bad.parse::<Network>(), Err(MalformedNetwork), "{bad}");
    }
}
