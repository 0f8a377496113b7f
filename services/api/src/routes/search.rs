//! Searching all that one may read.

use axum::Json;
use axum::extract::State;
use confab_domain::search::{Query, excerpt};
use confab_proto::http::{SearchHit, SearchPage, SearchPart};
use confab_runtime::clock;

use crate::error::{ApiError, field};
use crate::extract::{PageLimit, Params, SignedIn};
use crate::openapi::Refusals;
use crate::search::{self, Cursor, Fit};
use crate::state::AppState;

const PAGE: PageLimit = PageLimit { default: 20, max: 50 };

/// Messages that I may read, by their words; a message is found a moment after it was sent
///
/// All words must be there; the last one may be unfinished, `"words in quotes"` stand as they are. Filters: `from:username`,
/// `in:conversation` (name, id, or the other person's username), `before:2026-01-31`, `after:2026-01-01` (that day and later, UTC),
/// `has:file`.
#[utoipa::path(get, path = "/api/search", tag = "search",
    params(
        ("q" = String, Query, description = "Words and filters", min_length = 1, max_length = 256),
        ("limit" = Option<u32>, Query, description = "1 to 50, default 20", minimum = 1, maximum = 50),
        ("cursor" = Option<String>, Query, description = "`next` of the page before", min_length = 1),
    ),
    responses((status = 200, body = SearchPage, description = "A page"), Refusals))]
pub(crate) async fn search_messages(
    State(api): State<AppState>,
    who: SignedIn,
    params: Params,
) -> Result<Json<SearchPage>, ApiError> {
    params.only(&["q", "limit", "cursor"])?;
    let limit = params.limit(PAGE)?;
    let cursor: Option<Cursor> = params.parsed("cursor", "`next` of the page before")?;
    let query = Query::parse(params.text("q").unwrap_or_default()).map_err(field("q"))?;
    api.searches.check(&who.user, clock::instant()).map_err(|wait| ApiError::rate_limited("searches", wait))?;
    if query.is_empty() {
        return Ok(Json(SearchPage { hits: Vec::new(), next: None }));
    }
    let (fits, next) = search::page(&*api.store, who.user, &query, cursor, limit).await?;
    let hits = fits.into_iter().map(hit).collect();
    Ok(Json(SearchPage { hits, next: next.map(|next| next.to_string()) }))
}

fn hit((message, hit): Fit) -> SearchHit {
    let snippet = excerpt(&message.body, &hit.ranges);
    SearchHit {
        conversation_id: message.conversation,
        conversation_name: message.name,
        author: message.author,
        seq: message.seq,
        message_no: message.message_no,
        thread_seq: message.thread_seq,
        at: message.at,
        has_file: message.has_file,
        snippet: snippet.into_iter().map(|part| SearchPart { text: part.text, hit: part.hit }).collect(),
    }
}
