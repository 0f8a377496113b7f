//! What every handler shares: the port, the writer, caches and limits. One per process or test, no statics.

use std::sync::Arc;

use confab_proto::UserId;
use confab_runtime::config::Config;
use confab_runtime::rate::Limiter;
use confab_runtime::tasks::Tasks;
use confab_store::Store;
use tokio::sync::{Notify, oneshot};

use crate::auth::{Passwords, Sessions, Throttle};
use crate::error::ApiError;
use crate::files::FileStore;
use crate::last_seen::LastSeen;
use crate::metrics::ApiMetrics;
use crate::push::PushState;
use crate::rules_cache::RulesCache;
use crate::signals::Signals;
use crate::writer::Writer;

pub(crate) type AppState = Arc<Api>;

pub(crate) struct Api {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) writer: Writer,
    pub(crate) rules: RulesCache,
    pub(crate) signals: Signals,
    pub(crate) last_seen: Arc<LastSeen>,
    pub(crate) sessions: Sessions,
    pub(crate) passwords: Passwords,
    /// Passwords tried and accounts made.
    pub(crate) throttle: Throttle,
    /// Messages per user.
    pub(crate) messages: Limiter<UserId>,
    /// Conversations started per user.
    pub(crate) conversations: Limiter<UserId>,
    /// Searches per user.
    pub(crate) searches: Limiter<UserId>,
    pub(crate) files: FileStore,
    pub(crate) push: Arc<PushState>,
    /// Wakes the task that brings deleted accounts to their end.
    pub(crate) departures: Arc<Notify>,
    pub(crate) metrics: Arc<ApiMetrics>,
    pub(crate) tasks: Tasks,
}

impl Api {
    /// Does what must not be left half done when the client goes away, which drops the handler that waits for this.
    pub(crate) async fn to_its_end<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (done, answer) = oneshot::channel();
        self.tasks.spawn_draining(name, async move {
            if let Err(Err(error)) = done.send(work.await) {
                tracing::warn!(%error, task = name, "failed when nobody waited for it any more");
            }
        });
        answer.await.map_err(|_| ApiError::internal(&format_args!("{name} ended without an answer")))?
    }
}
