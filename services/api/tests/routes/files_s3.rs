//! Files in a bucket of a real S3 server, SeaweedFS, which checks signatures: as in a folder, and what becomes of it when the server goes.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use confab_proto::Timestamp;
use futures_util::stream;
use serde_json::Value;
use tempfile::TempDir;

use super::app::TestApp;
use super::files::{download, get, upload, uploaded};

const KEY: &str = "confab-key";
const SECRET: &str = "confab-secret";

/// Killed at the end of the test, whatever its outcome.
struct Server {
    child: Child,
    endpoint: String,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

#[expect(clippy::disallowed_methods, reason = "no setting of the service: where the tests find a server")]
fn program() -> PathBuf {
    let given = std::env::var("SEAWEEDFS_BIN").map(PathBuf::from);
    given.unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/seaweedfs/bin/weed"))
}

fn free_ports<const N: usize>() -> [u16; N] {
    // All at once, so that none is given twice.
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

impl Server {
    fn start() -> Self {
        let program = program();
        assert!(program.exists(), "{} is missing: run .ci/prepare", program.display());
        let folder = tempfile::tempdir().unwrap();
        let keys = format!(
            r#"{{"identities":[{{"name":"confab","actions":["Admin"],"credentials":[{{"accessKey":"{KEY}","secretKey":"{SECRET}"}}]}}]}}"#
        );
        std::fs::write(folder.path().join("keys.json"), keys).unwrap();
        let names = ["master", "volume", "filer", "s3"];
        let ports: [u16; 8] = free_ports();
        let mut command = Command::new(program);
        command.arg("server").arg("-s3").arg("-s3.config=keys.json").arg("-dir=.").arg("-ip=127.0.0.1");
        command.args(["-master.volumeSizeLimitMB=64", "-volume.max=8", "-s3.port.iceberg=0", "-s3.port.lance=0"]);
        for (name, ports) in names.iter().zip(ports.chunks(2)) {
            command.arg(format!("-{name}.port={}", ports[0])).arg(format!("-{name}.port.grpc={}", ports[1]));
        }
        command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let endpoint = format!("http://127.0.0.1:{}", ports[6]);
        Self { child: command.spawn().unwrap(), endpoint, folder }
    }

    fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn app(&self, secret: &str) -> TestApp {
        let file = |name: &str, content: &str| {
            let path = self.folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.display().to_string()
        };
        TestApp::with(&[
            ("CONFAB__FILES__STORE", "s3"),
            ("CONFAB__FILES__S3_ENDPOINT", &self.endpoint),
            ("CONFAB__FILES__S3_BUCKET", "confab-test"),
            ("CONFAB__FILES__S3_PREFIX", "chat/files"),
            ("CONFAB__FILES__S3_ACCESS_KEY_ID_FILE", &file("id", KEY)),
            ("CONFAB__FILES__S3_SECRET_ACCESS_KEY_FILE", &file(secret, secret)),
        ])
        .await
    }
}

fn path(file: &Value) -> String {
    format!("/api/files/{}", file["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_bucket_keeps_files_as_a_folder_does() {
    let mut server = Server::start();
    let app = server.app(SECRET).await;
    let ada = app.person("ada").await;
    // It takes some seconds until it is ready; the limit is only for one that never will be.
    let end = Instant::now() + Duration::from_secs(90);
    let small = loop {
        let answer = upload(&app, &ada, "small.txt", "hello").await;
        if answer.status == 201 {
            break answer.body["file"].clone();
        }
        answer.is_problem(503, "unavailable", None);
        assert!(Instant::now() < end, "the S3 server does not become ready");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(&*get(&app, &ada, &small).await.bytes, b"hello");
    let got = download(&app, &ada, &path(&small), &[("range", "bytes=1-3")]).await;
    assert_eq!((got.status, &*got.bytes), (206, &b"ell"[..]));

    // In parts.
    let pieces: Vec<Bytes> = (0..120_u8).map(|number| Bytes::from(vec![number; 100_000])).collect();
    let whole = pieces.concat();
    let body = stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
    let large = uploaded(&app, &ada, "large", axum::body::Body::from_stream(body)).await;
    assert_eq!(large["size"], 12_000_000);
    assert!(get(&app, &ada, &large).await.bytes == whole);
    let empty = uploaded(&app, &ada, "empty", "").await;
    assert_eq!(get(&app, &ada, &empty).await.bytes.len(), 0);

    ada.delete(&path(&large)).await.ok(204);
    ada.delete(&path(&empty)).await.ok(204);
    let cleared = app.cleaner().clear(Timestamp::now()).await.unwrap();
    // Those that were sent while it was not ready may be among them.
    assert!(cleared >= 2);

    let stranger = server.app("another-secret").await;
    let eve = stranger.person("eve").await;
    upload(&stranger, &eve, "small.txt", "x").await.is_problem(503, "unavailable", None);

    server.stop();
    upload(&app, &ada, "lost", "x").await.is_problem(503, "unavailable", None);
    ada.get(&path(&small)).await.is_problem(503, "unavailable", None);
    ada.delete(&path(&small)).await.ok(204);
    assert!(app.cleaner().clear(Timestamp::now()).await.is_err(), "it is not forgotten before it is deleted");
}
