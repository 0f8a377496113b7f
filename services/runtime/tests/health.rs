//! The health routes, called as routes.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use axum::body::Body;
use confab_runtime::bus::{Bus, BusStatus, InProcess, Message, Subscription};
use confab_runtime::health::Health;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

struct AwayBus(InProcess);

impl Bus for AwayBus {
    fn publish(&self, message: Message) {
        self.0.publish(message);
    }
    fn subscribe(&self, subject: &str) -> Subscription {
        self.0.subscribe(subject)
    }
    fn status(&self) -> BusStatus {
        BusStatus::Away
    }
    fn dropped(&self) -> u64 {
        0
    }
}

async fn get(health: &Health, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = health.router().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn ready_follows_the_store_and_only_tells_the_bus() {
    let answers = Arc::new(AtomicBool::new(true));
    let asked = answers.clone();
    let stop = CancellationToken::new();
    let probe = move || std::future::ready(asked.load(Ordering::Relaxed));
    let health = Health::new(Arc::new(AwayBus(InProcess::new())), stop.clone(), probe);
    let ok = r#"{"status":"ok","store":"ok","bus":"away"}"#;
    assert_eq!(get(&health, "/health/ready").await, (StatusCode::OK, ok.to_owned()));

    answers.store(false, Ordering::Relaxed);
    tokio::time::advance(Duration::from_secs(1)).await;
    let away = r#"{"status":"away","store":"away","bus":"away"}"#;
    assert_eq!(get(&health, "/health/ready").await, (StatusCode::SERVICE_UNAVAILABLE, away.to_owned()));
    assert_eq!(get(&health, "/health/live").await, (StatusCode::OK, "ok".to_owned()));

    answers.store(true, Ordering::Relaxed);
    tokio::time::advance(Duration::from_secs(1)).await;
    stop.cancel();
    let stopping = r#"{"status":"away","store":"ok","bus":"away"}"#;
    assert_eq!(get(&health, "/health/ready").await, (StatusCode::SERVICE_UNAVAILABLE, stopping.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_away() {
    let health = Health::new(Arc::new(InProcess::new()), CancellationToken::new(), std::future::pending);
    assert_eq!(get(&health, "/health/ready").await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(start_paused = true)]
async fn many_questions_are_one_probe() {
    let probes = Arc::new(AtomicU32::new(0));
    let counted = probes.clone();
    let probe = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        std::future::ready(true)
    };
    let health = Health::new(Arc::new(InProcess::new()), CancellationToken::new(), probe);
    for _ in 0..100 {
        assert_eq!(get(&health, "/health/ready").await.0, StatusCode::OK);
    }
    assert_eq!(probes.load(Ordering::Relaxed), 1);
}
