//! What every handler shares: the port, the writer, caches and limits. One per process or test, no statics.

use std::sync::Arc;

use confab_proto::UserId;
use confab_runtime::config::Config;
use confab_runtime::rate::Limiter;
use confab_store::Store;

use crate::auth::{Passwords, Sessions, Throttle};
use crate::metrics::ApiMetrics;
use crate::rules_cache::RulesCache;
use crate::writer::Writer;

pub(crate) type AppState = Arc<Api>;

pub(crate) struct Api {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) writer: Writer,
    pub(crate) rules: RulesCache,
    pub(crate) sessions: Sessions,
    pub(crate) passwords: Passwords,
    /// Passwords tried and accounts made.
    pub(crate) throttle: Throttle,
    /// Messages per user.
    pub(crate) messages: Limiter<UserId>,
    /// Conversations started per user.
    pub(crate) conversations: Limiter<UserId>,
    pub(crate) metrics: Arc<ApiMetrics>,
}
