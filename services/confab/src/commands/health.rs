//! `confab health`: asks the Confab of these settings, on this machine, whether it is ready.
//!
//! For health checks of containers, whose image has no other HTTP client. Waits a few seconds at most for each step.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, bail};

/// Longer than readiness itself waits for the store.
const PATIENCE: Duration = Duration::from_secs(4);

/// `listen` is where that Confab listens. An error says why it is not ready.
pub(crate) fn check(listen: SocketAddr) -> anyhow::Result<()> {
    let address = reachable(listen);
    let answer = status_line(address).with_context(|| format!("nothing answers at {address}"))?;
    match answer.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => bail!("not ready: {address} answered {:?}", answer.trim_end()),
    }
}

/// Who listens on all addresses is asked on the machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn asks_on_the_machine_itself() {
        for (listen, asked) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080"), ("10.1.2.3:9000", "10.1.2.3:9000")]
        {
            assert_eq!(reachable(listen.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
