//! A peer that sends faster than it may is read later, not cut; and a kill does not wait for that.

use std::time::{Duration, Instant};

use confab_runtime::serve::{Inflow, InflowRate};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::kill::upgraded;
use super::net;

const RATE: InflowRate = InflowRate { burst: 50_000, per_second: 100_000 };

#[tokio::test]
async fn a_peer_that_floods_is_read_as_fast_as_it_may_send() {
    let (server, mut stream, mut client, handle) = upgraded().await;
    handle.limit_inflow(Inflow::new(RATE));
    let since = Instant::now();
    let flood = async { net(client.write_all(&[b'x'; 150_000])).await.unwrap() };
    let reading = async {
        for _ in 0..150 {
            net(stream.read_exact(&mut [0; 1000])).await.unwrap();
        }
        since.elapsed()
    };
    let ((), took) = tokio::join!(flood, reading);
    assert!(took >= Duration::from_millis(900), "100,000 bytes beyond the burst were read within {took:?}");
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn a_kill_reaches_who_waits_to_read_on() {
    let (server, mut stream, mut client, handle) = upgraded().await;
    handle.limit_inflow(Inflow::new(InflowRate { burst: 1, per_second: 1 }));
    client.write_all(b"hello").await.unwrap();
    net(stream.read_exact(&mut [0; 5])).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let killing = async {
        tokio::task::yield_now().await;
        handle.kill("test");
    };
    let (read, ()) = tokio::join!(net(stream.read_u8()), killing);
    assert_eq!(read.unwrap_err().to_string(), "test");
    drop(stream);
    server.stop().await;
}
