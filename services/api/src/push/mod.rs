//! Web Push: tells people's browsers of messages while Confab is closed in them.
//!
//! Lifecycle: three support tasks per API process. One is a consumer (see `consumer.rs`) that looks through the log (`step`); one sends
//! what a step found (`courier`); one hears who is there (`present`). What is on its way at a stop is not sent.
//!
//! Invariants:
//! - The cursor moves before anything is sent: each browser is told of a message once at most. (Killed in between, nobody is told of
//!   those few messages; the other way round, people would be woken twice.)
//! - A message is looked at when the delay is over, as it is then: what was taken back, read or edited meanwhile is told as such or not.
//! - Only addresses that the settings allow are called, whatever the store holds.

mod consume;
mod courier;
mod present;
mod seal;
mod step;
mod vapid;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_runtime::bus::Bus;
use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_store::{Pushes, Store, StoreError};
use tokio::sync::{OnceCell, mpsc};

use consume::Looking;
use courier::Courier;
use present::Present;
pub(crate) use seal::is_public_key;
use step::Step;
pub(crate) use vapid::Key;

use crate::consumer::Lead;

/// Sealed messages that wait for a connection; more hold the consumer up.
const WAITING: usize = 1_000;

/// What the routes know of it.
#[derive(Default)]
pub(crate) struct PushState {
    /// Whether this server sends anything.
    pub(crate) open: bool,
    key: OnceCell<Arc<Key>>,
}

impl PushState {
    /// The key of this store, made when it is first needed. All replicas get the same.
    pub(crate) async fn key(&self, store: &(impl Pushes + ?Sized)) -> Result<Arc<Key>, StoreError> {
        let read = || async {
            let kept = match store.push_key().await? {
                Some(kept) => kept,
                None => store.keep_push_key(&URL_SAFE_NO_PAD.encode(Key::generate())).await?,
            };
            let key = URL_SAFE_NO_PAD.decode(kept).ok().and_then(|pkcs8| Key::read(&pkcs8));
            key.map(Arc::new).ok_or_else(|| StoreError::Damaged("the key of Web Push cannot be read".to_owned()))
        };
        self.key.get_or_try_init(read).await.map(Arc::clone)
    }
}

/// Starts all of it, unless the settings say that nothing is sent.
pub(crate) fn start(
    config: &Config,
    store: &Arc<dyn Store>,
    bus: &Arc<dyn Bus>,
    metrics: &Metrics,
    tasks: &Tasks,
) -> Arc<PushState> {
    if !config.push.enabled {
        return Arc::default();
    }
    let state = Arc::new(PushState { open: true, key: OnceCell::new() });
    let courier = match Courier::new(config, store, &state, metrics) {
        Ok(courier) => courier,
        Err(error) => {
            tracing::error!(%error, "nobody is told of messages while Confab is closed: no certificates to trust");
            return Arc::default();
        }
    };
    let (out, waiting) = mpsc::channel(WAITING);
    let present = Arc::new(Present::default());
    let step = Step::new(Arc::clone(store), Arc::clone(&present), config.push.delay);
    let tasks = tasks.support();
    tasks.spawn("push presence", present.run(Arc::clone(bus), tasks.stop()));
    tasks.spawn("push courier", courier.run(waiting, tasks.stop()));
    tasks.spawn("push", Lead::new(store, Looking { step, out }, metrics).run(tasks.stop()));
    state
}
