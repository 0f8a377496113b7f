//! Web Push: browsers that are told of messages while Confab is closed in them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/push/key`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushKey {
    /// The `applicationServerKey` of a subscription, in base64url; null: this server sends nothing.
    #[schema(required = true)]
    pub key: Option<String>,
}

/// The keys of a subscription, as `PushSubscription.toJSON()` gives them.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushKeys {
    /// A point on P-256, uncompressed, in base64url.
    #[schema(min_length = 87, max_length = 88)]
    pub p256dh: String,
    /// 16 bytes in base64url.
    #[schema(min_length = 22, max_length = 24)]
    pub auth: String,
}

/// `PUT /api/me/push`: the browser of this session. A session has one subscription at most.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// At a push service that this server knows.
    #[schema(min_length = 1, max_length = 1024)]
    pub endpoint: String,
    pub keys: PushKeys,
}

/// `DELETE /api/me/push`
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    #[schema(min_length = 1, max_length = 1024)]
    pub endpoint: String,
}
