//! `/metrics` as Prometheus reads it: names, labels, and routes that stay bounded whatever is asked.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use confab_runtime::bus::{Bus, InProcess, LiveHeaders, Message};
use confab_runtime::metrics::{Metrics, SECONDS};
use confab_runtime::requests;
use confab_runtime::traces::Traces;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

async fn shown(metrics: &Metrics) -> String {
    let response = metrics.router().oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

fn has(page: &str, line: &str) {
    assert!(page.lines().any(|shown| shown == line), "no line {line:?} in\n{page}");
}

#[tokio::test]
async fn shows_each_instrument_under_its_name() {
    let metrics = Metrics::new("api");
    metrics.counter("confab_things", "Things").inc_by(3);
    let kinds = metrics.counters("confab_kinds", "Kinds", "kind");
    kinds.of("good").inc();
    kinds.of("good").inc();
    kinds.of("bad").inc();
    metrics.gauge("confab_level", "Level").set(-2);
    metrics.histogram("confab_wait_seconds", "Wait", SECONDS).observe(0.2);
    metrics.watch("confab_ratio", "Ratio", || 0.5);
    metrics.watch_by("confab_sides", "Sides", "side", || [("left", 1.0), ("right", 2.0)]);
    metrics.watch_counter("confab_seen", "Seen", || 7);
    let page = shown(&metrics).await;
    for line in [
        "confab_things_total 3",
        "confab_kinds_total{kind=\"good\"} 2",
        "confab_kinds_total{kind=\"bad\"} 1",
        "confab_level -2",
        "confab_wait_seconds_bucket{le=\"0.1\"} 0",
        "confab_wait_seconds_bucket{le=\"0.25\"} 1",
        "confab_wait_seconds_count 1",
        "confab_ratio 0.5",
        "confab_sides{side=\"left\"} 1.0",
        "confab_sides{side=\"right\"} 2.0",
        "# TYPE confab_seen counter",
        "confab_seen_total 7.0",
        "# EOF",
    ] {
        has(&page, line);
    }
    assert!(page.contains("confab_build_info{version=\""));
}

#[tokio::test]
async fn tells_of_the_process() {
    let page = shown(&Metrics::default()).await;
    let value = |name: &str| -> f64 {
        let line = page.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    };
    let megabyte = 1024.0 * 1024.0;
    assert!((megabyte..100_000.0 * megabyte).contains(&value("process_resident_memory_bytes")));
    assert!(value("process_open_fds") >= 3.0);
    assert!(value("process_max_fds") > value("process_open_fds"));
    assert!(value("process_cpu_seconds_total") >= 0.0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    let age = now - value("process_start_time_seconds");
    assert!((-1.0..3600.0).contains(&age), "started {age} s ago");
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let metrics = Metrics::default();
    let router = Router::new()
        .route("/things/{id}", get(|| async { "thing" }))
        .route("/socket.io/", get(|| async { "poll" }))
        .fallback(|| async { StatusCode::NOT_FOUND });
    let router = requests::watch(router, &metrics, &Traces::off());
    for (method, path) in [
        ("GET", "/things/secret-1"),
        ("GET", "/things/secret-2"),
        ("POST", "/things/secret-3"),
        ("BREW", "/secret-4"),
        ("GET", "/socket.io/?sid=secret-5"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap();
    }
    let page = shown(&metrics).await;
    assert!(!page.contains("secret"), "{page}");
    for line in [
        "confab_http_requests_total{method=\"GET\",route=\"/things/{id}\",status=\"200\"} 2",
        "confab_http_requests_total{method=\"POST\",route=\"/things/{id}\",status=\"405\"} 1",
        "confab_http_requests_total{method=\"other\",route=\"other\",status=\"404\"} 1",
        "confab_http_requests_total{method=\"GET\",route=\"/socket.io/\",status=\"200\"} 1",
        "confab_http_request_duration_seconds_count{method=\"GET\",route=\"/things/{id}\"} 2",
    ] {
        has(&page, line);
    }
    assert!(!page.contains("confab_http_request_duration_seconds_count{method=\"GET\",route=\"/socket.io/\"}"));
}

#[tokio::test]
async fn tells_of_the_bus_and_its_losses() {
    let metrics = Metrics::default();
    let small: Arc<dyn Bus> = Arc::new(InProcess::with_capacity(1));
    metrics.watch_bus(&small);
    let listener = small.subscribe("a.b");
    let headers =
        LiveHeaders { seq: 1, position: 1, event_type: "x".to_owned(), epoch: "y".to_owned(), traceparent: None };
    for _ in 0..3 {
        let (subject, headers) = ("a.b".to_owned(), Some(headers.clone()));
        small.publish(Message { subject, headers, body: "{}".into() });
    }
    drop(listener);
    let page = shown(&metrics).await;
    has(&page, "confab_bus_dropped_total 2.0");
    has(&page, "confab_bus_connected 1.0");
}
