//! The server over real TCP: hostile peers are closed in time, kills work in every state, the drain loses no request.
#![expect(clippy::unwrap_used, reason = "tests")]

mod drain;
mod inflow;
mod kill;
mod peers;

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use confab_runtime::config::Config;
use confab_runtime::serve::serve;
use confab_runtime::tasks::Tasks;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Far longer than any test may take; for limits that must not be reached.
const NEVER: Duration = Duration::from_secs(3600);
/// A net under the tests.
const NET: Duration = Duration::from_secs(60);

struct Server {
    address: SocketAddr,
    tasks: Tasks,
}

impl Server {
    /// Serves `router` with no limit in time but those that `change` sets.
    async fn start(router: Router, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::load(None, std::iter::empty()).unwrap();
        config.http.header_timeout = NEVER;
        config.http.drain = NEVER;
        config.socket.write_stall = NEVER;
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tasks = Tasks::with_deadline(NEVER);
        tasks.spawn("server", serve(listener, router, &config.http, &config.socket, &tasks));
        Self { address, tasks }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection that has sent a GET for `path`.
    async fn get(&self, path: &str) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).await.unwrap();
        stream
    }

    async fn stop(self) {
        self.tasks.stop().cancel();
        net(self.tasks.run_until_stopped()).await.unwrap();
    }
}

async fn net<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(NET, future).await.expect("done within the net")
}

/// Reads until `end` stands at the end of what came.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        let byte = net(stream.read_u8()).await.unwrap_or_else(|error| {
            panic!("{error} after {:?}", String::from_utf8_lossy(&text));
        });
        text.push(byte);
    }
    String::from_utf8(text).unwrap()
}

/// Reads what is left until the other side closes or resets.
async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset is an end as well.
    let (Ok(_) | Err(_)) = net(stream.read_to_end(&mut text)).await;
    String::from_utf8_lossy(&text).into_owned()
}
