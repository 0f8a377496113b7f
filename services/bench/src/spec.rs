//! What a crowd of clients is told: where the gateways are, who listens to what, and how.
//!
//! JSON; unknown keys are refused, so that a misspelt wish is not passed over. `name`s are for the history only.

use std::sync::Arc;

use confab_proto::{ConversationId, UserId};
use serde::{Deserialize, Serialize};

/// One process of clients.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What chance draws from. Each client has a row of its own, by its name.
    pub seed: u64,
    pub gateways: Arc<[Gateway]>,
    pub clients: Vec<ClientSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    pub name: Arc<str>,
    /// `http://host:port`, without a path.
    pub url: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSpec {
    pub name: Arc<str>,
    pub user: UserId,
    pub token: String,
    pub transport: Transport,
    /// The first join of each conversation is a bare one: live from then on.
    pub bare: bool,
    /// Leaves a conversation now and then and comes back.
    pub restless: bool,
    pub conversations: Vec<ConversationId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    Websocket,
    Polling,
}
