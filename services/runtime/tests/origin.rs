//! The rule about Origin, called as a layer around routes.
#![expect(clippy::unwrap_used, reason = "tests")]

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use confab_runtime::config::Config;
use confab_runtime::origin::OriginRule;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

fn router() -> Router {
    let env = [
        ("CONFAB__HTTP__PUBLIC_URL".to_owned(), "https://chat.example".to_owned()),
        ("CONFAB__HTTP__ALLOWED_ORIGINS".to_owned(), "https://intranet.example:8443".to_owned()),
    ];
    let config = Config::load(None, env.into_iter()).unwrap();
    let router = Router::new().route("/api/me", any(async || "ok")).route("/socket.io/", any(async || "ok"));
    OriginRule::new(&config.http).protect(router)
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> (StatusCode, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn passes(method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
    match ask(method, path, headers).await.0 {
        StatusCode::OK => true,
        StatusCode::FORBIDDEN => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn another_site_is_refused_with_a_problem() {
    let (status, body) = ask("POST", "/api/me", &[("origin", "https://evil.example"), ("host", "a")]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body.contains(r#""code":"origin_refused""#) && body.contains(r#""status":403"#), "{body}");
    assert!(!body.contains("evil"), "{body}");
}

#[tokio::test]
async fn without_origin_all_pass() {
    for (method, path) in [("POST", "/api/me"), ("GET", "/socket.io/"), ("GET", "/api/me")] {
        assert!(passes(method, path, &[("host", "a")]).await);
    }
}

#[tokio::test]
async fn sockets_are_guarded_on_every_method_and_the_api_on_unsafe_ones() {
    let evil = [("origin", "https://evil.example"), ("host", "a")];
    for method in ["GET", "POST", "OPTIONS"] {
        assert!(!passes(method, "/socket.io/?EIO=4&transport=polling", &evil).await, "{method}");
    }
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        assert!(!passes(method, "/api/me", &evil).await, "{method}");
    }
    assert!(passes("GET", "/api/me", &evil).await);
}

#[tokio::test]
async fn the_host_itself_and_configured_origins_pass() {
    let pairs = [
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("https://anywhere.example", "Anywhere.example"),
        ("https://anywhere.example", "anywhere.example:443"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("https://chat.example", "api-1:8080"),
        ("https://intranet.example:8443", "api-1:8080"),
    ];
    for (origin, host) in pairs {
        assert!(passes("POST", "/api/me", &[("origin", origin), ("host", host)]).await, "{origin} at {host}");
    }
}

#[tokio::test]
async fn near_misses_are_refused() {
    let pairs = [
        ("http://127.0.0.1:8081", "127.0.0.1:8080"),
        ("http://chat.example", "api-1:8080"),
        ("https://intranet.example", "api-1:8080"),
        ("https://a.example.evil.example", "a.example"),
        ("https://a.example/", "b.example"),
        ("null", "a.example"),
        ("", "a.example"),
        ("file://", ""),
    ];
    for (origin, host) in pairs {
        assert!(!passes("POST", "/api/me", &[("origin", origin), ("host", host)]).await, "{origin} at {host}");
    }
    let two = [("origin", "http://a"), ("origin", "http://evil"), ("host", "a")];
    assert!(!passes("POST", "/api/me", &two).await);
    let two_hosts = [("origin", "http://evil"), ("host", "a"), ("host", "evil")];
    assert!(!passes("POST", "/api/me", &two_hosts).await);
    assert!(!passes("POST", "/api/me", &[("origin", "http://a")]).await, "no Host is no match");
}

/// The header of a preflight's answer that permits, if there is one.
async fn preflight(origin: &str) -> Option<String> {
    let request = Request::builder().method("OPTIONS").uri("/api/me").header("origin", origin).header("host", "a");
    let request = request.header("access-control-request-method", "POST");
    let response = router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let allowed = response.headers().get("access-control-allow-origin")?;
    Some(allowed.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn browsers_may_ask_from_configured_origins_only() {
    let allowed = "https://intranet.example:8443";
    assert_eq!(preflight(allowed).await.as_deref(), Some(allowed));
    assert_eq!(preflight("https://evil.example").await, None);
}
