//! The log of one conversation, event by event, for programs that missed some.

use axum::Json;
use axum::extract::State;
use confab_proto::ConversationId;
use confab_proto::Seq;
use confab_proto::http::EventPage;
use confab_store::StoreError;

use crate::error::ApiError;
use crate::extract::{Id, PageLimit, Params, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// The `data` of one page, so that it stays a few times a WebSocket frame.
const PAGE_BYTES: usize = 256 * 1024;

/// Events after a `seq`, ascending
#[utoipa::path(get, path = "/api/conversations/{id}/events", tag = "events",
    params(
        ("id" = ConversationId, Path),
        ("after" = Option<Seq>, Query, description = "Default 0: from the beginning"),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 200", minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = EventPage, description = "A page"), Refusals))]
pub(crate) async fn list_events(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
    params: Params,
) -> Result<Json<EventPage>, ApiError> {
    params.only(&["after", "limit"])?;
    let max = api.config.limits.page_events;
    let limit = params.limit(PageLimit { default: max, max })?;
    let after = params.seq("after")?.unwrap_or(Seq::ZERO);
    let page = api.store.events_for(conversation, who.user, after, limit, PAGE_BYTES).await?;
    let page = page.ok_or_else(ApiError::not_found)?;
    let seq = page.events.last().map_or(after, |event| event.seq);
    let envelopes = page.events.iter().filter_map(|event| event.envelope().transpose());
    let events: Result<Vec<_>, _> = envelopes.map(|envelope| envelope.map(|e| e.encode())).collect();
    let events = events.map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(Json(EventPage { events, seq, epoch: page.log.epoch, more: seq < page.head }))
}
