//! One API of a run: the production router with its writer, its caches and its relay, behind ports of the model. No sockets.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use confab_api::service_into;
use confab_runtime::bus::InProcess;
use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::sync::oneshot;
use tower::ServiceExt as _;

use crate::bus::{Air, Inbox, NodeBus};
use crate::store::{Link, NodeStore};
use crate::stream::NodeStream;
use crate::world::{Node, Shared};

/// A running API.
pub(crate) struct Api {
    pub(crate) index: usize,
    pub(crate) tasks: Tasks,
    pub(crate) link: Arc<Link>,
    world: Shared,
    router: Router,
}

/// The same for all: the defaults, without limits on how often.
fn config() -> &'static Config {
    static CONFIG: OnceLock<Config> = OnceLock::new();
    CONFIG.get_or_init(|| {
        let often = "1000000";
        let keys = ["CONFAB__LIMITS__MESSAGES_BURST", "CONFAB__LIMITS__MESSAGES_PER_SECOND"];
        // The index of messages is not modelled.
        let settings = keys.map(|key| (key, often)).into_iter().chain([("CONFAB__SEARCH__INDEXER", "off")]);
        let env = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Config::load(None, env).expect("the defaults are settings")
    })
}

impl Api {
    #[must_use]
    pub(crate) fn start(world: &Shared, air: &Arc<Air>, index: usize) -> Arc<Self> {
        let (tasks, link) = (Tasks::new(), Arc::new(Link::default()));
        let node = Node::Api(index);
        let store = Arc::new(NodeStore { world: world.clone(), node, link: link.clone() });
        let own = Inbox { local: InProcess::new(), link: link.clone() };
        let bus = Arc::new(NodeBus { world: world.clone(), air: air.clone(), own });
        let stream = Arc::new(NodeStream { world: world.clone(), node: index, link: link.clone() });
        let router = service_into(config(), store, bus, Some(stream), &tasks, &Metrics::default());
        let router = router.expect("an API starts");
        world.set_calm(node, true);
        world.trace(|| format!("{node}: starts"));
        Arc::new(Self { index, tasks, link, world: world.clone(), router })
    }

    /// The answer to a request; `None`: nobody knows what became of it.
    pub(crate) async fn request(
        &self,
        method: Method,
        path: String,
        token: &str,
        body: Option<Value>,
    ) -> Option<(StatusCode, Value)> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let request = request.expect("a request of the simulator is one");
        let (router, link) = (self.router.clone(), self.link.clone());
        let (tell, told) = oneshot::channel();
        self.tasks.spawn_draining("request", async move {
            let Ok(response) = router.oneshot(request).await;
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            let value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            if !link.is_dead() {
                // The client may have given up.
                drop(tell.send((parts.status, value)));
            }
        });
        told.await.ok()
    }

    /// Dies at once: nothing it does from here on has an effect.
    pub(crate) fn crash(&self) {
        self.world.set_calm(Node::Api(self.index), false);
        self.link.die();
        self.tasks.gate().set_shut(false);
        self.tasks.stop().cancel();
        self.tasks.support().stop().cancel();
    }

    /// Ends in good order.
    pub(crate) async fn drain(self: Arc<Self>) {
        self.world.set_calm(Node::Api(self.index), false);
        self.tasks.stop().cancel();
        if let Err(error) = self.tasks.clone().run_until_stopped().await {
            // What hangs in the store may outlast the deadline.
            self.world.trace(|| format!("api{}: {error:#}", self.index + 1));
        }
        self.link.die();
    }
}
