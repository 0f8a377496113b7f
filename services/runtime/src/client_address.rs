//! Whom a request comes from, for limits per address: the peer or, behind trusted proxies, the one they name.
//!
//! `X-Forwarded-For` is a list to which each proxy appends its peer. Anybody can send one, so it is read from the right, and
//! only as far as `http.trusted_proxies` vouch for: the first address that is none of them is the client's.
//! An IPv6 client has a network of its own to choose addresses from, so its first 64 bits count as one address.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{HeaderMap, HeaderName};

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of a client as limits count it: IPv4, or the first 64 bits of IPv6. A request carries it as an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An address, or a network such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// The text was no address and no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedNetwork;

impl FromStr for Network {
    type Err = MalformedNetwork;

    fn from_str(text: &str) -> Result<Self, MalformedNetwork> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| MalformedNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.trim().parse().ok().filter(|bits| *bits <= most).ok_or(MalformedNetwork)?,
        };
        Ok(Self { address, bits })
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Who may say for whom it asks.
#[derive(Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    /// Told once: a proxy that nobody trusts makes all its clients one.
    told: AtomicBool,
}

impl TrustedProxies {
    pub fn new(networks: &[Network]) -> Self {
        Self { networks: networks.to_vec(), told: AtomicBool::new(false) }
    }

    /// The client of a request that came from `peer` with these headers.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut client = peer.to_canonical();
        for line in headers.get_all(FORWARDED).iter().rev() {
            for entry in line.to_str().unwrap_or_default().rsplit(',') {
                if !self.trusts(client) {
                    self.tell();
                    return client.into();
                }
                // Whoever wrote something else is as far as the trust goes.
                let Some(address) = address_of(entry.trim()) else { return client.into() };
                client = address;
            }
        }
        client.into()
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(address))
    }

    fn tell(&self) {
        if self.networks.is_empty() && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "requests come with X-Forwarded-For, but http.trusted_proxies is empty: behind a proxy all clients count as one address"
            );
        }
    }
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` or `[2001:db8::1]:443`.
fn address_of(entry: &str) -> Option<IpAddr> {
    let address = entry.parse::<IpAddr>().or_else(|_| entry.parse::<std::net::SocketAddr>().map(|socket| socket.ip()));
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    Some(address.ok().or_else(bracketed)?.to_canonical())
}
