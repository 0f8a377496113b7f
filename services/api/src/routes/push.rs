//! Browsers that want to be told of messages while Confab is closed in them (Web Push).

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use confab_proto::http::{PushKey, Subscribe, Unsubscribe};
use confab_proto::{ErrorCode, Timestamp};
use confab_store::PushSubscription;

use crate::error::ApiError;
use crate::extract::{Body, SignedIn};
use crate::openapi::Refusals;
use crate::push::is_public_key;
use crate::state::AppState;

/// Longer than those of all push services that there are.
const MOST_BYTES: usize = 1024;

/// With padding or without, and one way only to write each value.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The public key that a browser subscribes with
#[utoipa::path(get, path = "/api/push/key", tag = "push",
    responses((status = 200, body = PushKey, description = "The key, the same for ever"), Refusals))]
pub(crate) async fn get_push_key(State(api): State<AppState>, _: SignedIn) -> Result<Json<PushKey>, ApiError> {
    if !api.push.open {
        return Ok(Json(PushKey { key: None }));
    }
    let key = api.push.key(&*api.store).await?;
    Ok(Json(PushKey { key: Some(key.public()) }))
}

/// Have this browser told of messages, as long as this session lives; the last call counts
#[utoipa::path(put, path = "/api/me/push", tag = "push", request_body = Subscribe,
    responses((status = 204, description = "It is told"), Refusals))]
pub(crate) async fn subscribe(
    State(api): State<AppState>,
    who: SignedIn,
    Body(body): Body<Subscribe>,
) -> Result<StatusCode, ApiError> {
    if !api.push.open {
        return Err(ApiError::new(ErrorCode::Conflict, "this server sends no notifications"));
    }
    let Subscribe { endpoint, keys } = body;
    let uri = endpoint.parse::<Uri>().ok().filter(|_| endpoint.len() <= MOST_BYTES);
    if !uri.is_some_and(|uri| api.config.push.allows(&uri)) {
        return Err(ApiError::invalid("endpoint", "must be an https address of a push service that this server knows"));
    }
    let p256dh = decoded(&keys.p256dh).filter(|key| is_public_key(key));
    let p256dh = p256dh.ok_or_else(|| ApiError::invalid("keys.p256dh", "must be a point on P-256 in base64url"))?;
    let auth = decoded(&keys.auth).filter(|auth| auth.len() == 16);
    let auth = auth.ok_or_else(|| ApiError::invalid("keys.auth", "must be 16 bytes in base64url"))?;
    let encoded = |bytes: Vec<u8>| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let (p256dh, auth) = (encoded(p256dh), encoded(auth));
    let subscription = PushSubscription { session: who.session.id, user: who.user, endpoint, p256dh, auth };
    api.store.subscribe(&subscription, Timestamp::now(), api.config.push.per_user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have a browser of mine told nothing any more
#[utoipa::path(delete, path = "/api/me/push", tag = "push", request_body = Unsubscribe,
    responses((status = 204, description = "It is told nothing, whether it was or not"), Refusals))]
pub(crate) async fn unsubscribe(
    State(api): State<AppState>,
    who: SignedIn,
    Body(body): Body<Unsubscribe>,
) -> Result<StatusCode, ApiError> {
    if body.endpoint.is_empty() || body.endpoint.len() > MOST_BYTES || body.endpoint.contains('\0') {
        return Err(ApiError::invalid("endpoint", format!("must have 1 to {MOST_BYTES} bytes and no NUL character")));
    }
    api.store.unsubscribe(&body.endpoint, who.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64URL.decode(text).ok()
}
