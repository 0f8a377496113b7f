//! `TestApp`: an API of its own for each test, and people who talk to it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use confab_runtime::bus::{Bus, InProcess};
use confab_runtime::client_address::ClientAddress;
use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_store::{Store, StoreOptions};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) struct TestApp {
    router: Router,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) config: Config,
    metrics: Metrics,
    /// Dropping it takes the data away.
    _dir: TempDir,
    _tasks: Tasks,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// Somebody signed in.
pub(crate) struct Person<'a> {
    app: &'a TestApp,
    pub(crate) id: String,
    pub(crate) token: String,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With settings as the environment gives them.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/confab.db", dir.path().display());
        let files = format!("{}/files", dir.path().display());
        let base = [("CONFAB__DATABASE__URL", url.as_str()), ("CONFAB__FILES__PATH", files.as_str())];
        let env = base.iter().chain(settings).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let config = Config::load(None, env).unwrap();
        let options = StoreOptions { url: url.clone(), max_connections: 4, application_name: "test".to_owned() };
        confab_store::migrate(&options).await.unwrap();
        let store = confab_store::open(&options).await.unwrap();
        let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
        let tasks = Tasks::new();
        let metrics = Metrics::default();
        let router = confab_api::service(&config, Arc::clone(&store), Arc::clone(&bus), &tasks, &metrics).unwrap();
        Self { router, bus, store, config, metrics, _dir: dir, _tasks: tasks }
    }

    /// The value behind this beginning of a line of `/metrics`; 0 if there is none.
    pub(crate) fn metric(&self, line: &str) -> u64 {
        let page = self.metrics.page().unwrap();
        page.lines()
            .find_map(|one| one.strip_prefix(line))
            .map_or(0, |value| value.trim().parse::<f64>().unwrap() as u64)
    }

    pub(crate) async fn response(&self, mut request: Request<Body>) -> Response {
        // As the server does; a test may have put another one.
        let client = ClientAddress::from(IpAddr::from([192, 0, 2, 1]));
        request.extensions_mut().get_or_insert_with(|| client);
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let path = request.uri().path().to_owned();
        let response = self.response(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        assert!(parts.headers.get(header::CACHE_CONTROL).is_some_and(|value| value == "no-store") || is_open(&path));
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn call(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// From an address of its own.
    pub(crate) async fn call_from(&self, address: &str, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let mut request = request.body(Body::from(body.to_string())).unwrap();
        request.extensions_mut().insert(ClientAddress::from(address.parse::<IpAddr>().unwrap()));
        self.send(request).await
    }

    /// Another session of somebody.
    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.call("POST", "/api/sessions", None, Some(&json!({"username": name, "password": password}))).await
    }

    /// The same person with another session's token.
    pub(crate) async fn person_again(&self, name: &str) -> Person<'_> {
        let body = self.sign_in(name, PASSWORD).await.ok(200);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Person { app: self, id: text(&body["user"]["id"]), token: text(&body["token"]) }
    }

    pub(crate) async fn person(&self, name: &str) -> Person<'_> {
        let body = json!({"username": name, "password": PASSWORD, "displayName": name.to_uppercase()});
        let answer = self.call("POST", "/api/users", None, Some(&body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Person { app: self, id: text(&answer.body["user"]["id"]), token: text(&answer.body["token"]) }
    }
}

pub(crate) const PASSWORD: &str = "eight green foxes";

/// Anybody may keep it.
fn is_open(path: &str) -> bool {
    path == "/openapi.json"
}

impl Answer {
    /// Fails unless it is a problem of this status and code with the headers that belong to it.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str, field: Option<&str>) {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["field"].as_str(), field, "{}", self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(!self.body["detail"].as_str().unwrap().is_empty());
    }

    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }
}

impl Person<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.app.call("GET", path, Some(&self.token), None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.app.call("POST", path, Some(&self.token), Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.app.call("PUT", path, Some(&self.token), Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.app.call("PATCH", path, Some(&self.token), Some(body)).await
    }

    pub(crate) async fn delete_with(&self, path: &str, body: &Value) -> Answer {
        self.app.call("DELETE", path, Some(&self.token), Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.app.call("DELETE", path, Some(&self.token), None).await
    }

    /// The id of a new group.
    pub(crate) async fn group(&self, name: &str) -> String {
        let body = self.post("/api/conversations", &json!({"kind": "group", "name": name})).await.ok(201);
        body["conversation"]["id"].as_str().unwrap().to_owned()
    }

    /// The id of the direct conversation with somebody.
    pub(crate) async fn direct(&self, other: &Person<'_>) -> String {
        let answer = self.post("/api/conversations", &json!({"kind": "direct", "userId": other.id})).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        answer.body["conversation"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn join(&self, group: &str) -> Answer {
        self.app.call("POST", &format!("/api/conversations/{group}/members"), Some(&self.token), None).await
    }

    pub(crate) async fn say(&self, conversation: &str, text: &str) -> Answer {
        self.post(&format!("/api/conversations/{conversation}/messages"), &json!({"body": text})).await
    }
}
