//! What a person keeps for themselves in a conversation: mute and draft. Their other devices are told to fetch it again.

use axum::Json;
use axum::extract::State;
use confab_domain::RuleError;
use confab_proto::http::{ChangePreferences, Preferences, PreferencesAnswer, PreferencesList};
use confab_proto::{ConversationId, ErrorCode, Signal, Timestamp};
use confab_store::{Kept, Mine};

use crate::error::ApiError;
use crate::extract::{Body, Id, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// Mute and draft in one conversation
#[utoipa::path(get, path = "/api/conversations/{id}/preferences", tag = "preferences",
    params(("id" = ConversationId, Path)),
    responses((status = 200, body = PreferencesAnswer, description = "As they are now"), Refusals))]
pub(crate) async fn get_preferences(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
) -> Result<Json<PreferencesAnswer>, ApiError> {
    let kept = of_member(api.store.preferences(conversation, who.user).await?)?;
    Ok(Json(PreferencesAnswer { preferences: shown(kept) }))
}

/// Change mute or draft
#[utoipa::path(put, path = "/api/conversations/{id}/preferences", tag = "preferences",
    params(("id" = ConversationId, Path)), request_body = ChangePreferences,
    responses((status = 200, body = PreferencesAnswer, description = "As they are now"), Refusals))]
pub(crate) async fn change_preferences(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
    Body(body): Body<ChangePreferences>,
) -> Result<Json<PreferencesAnswer>, ApiError> {
    let ChangePreferences { muted_until, draft, draft_at } = body;
    let draft = draft.map(Option::unwrap_or_default);
    let limit = api.config.limits.message_bytes;
    if draft.as_ref().is_some_and(|draft| draft.len() > limit) {
        return Err(ApiError::invalid("draft", format!("must have at most {limit} bytes")));
    }
    if draft.as_ref().is_some_and(|draft| draft.contains('\0')) {
        return Err(ApiError::invalid("draft", "must not contain the NUL character"));
    }
    if muted_until.is_none() && draft.is_none() {
        return Err(ApiError::new(ErrorCode::Invalid, "mutedUntil or draft must be given"));
    }
    if let Some(until) = muted_until {
        of_member(api.store.mute(conversation, who.user, until).await?)?;
    }
    if let Some(draft) = draft {
        let now = Timestamp::now();
        // A clock that is ahead must not win for ever.
        let at = draft_at.map_or(now, |at| at.min(now));
        of_member(api.store.keep_draft(conversation, who.user, &draft, at).await?)?;
    }
    let kept = of_member(api.store.preferences(conversation, who.user).await?)?;
    api.signals.to_user(who.user, &Signal::PreferencesChanged { conversation_id: Some(conversation) });
    Ok(Json(PreferencesAnswer { preferences: shown(kept) }))
}

/// Mutes and drafts in all conversations
#[utoipa::path(get, path = "/api/me/preferences", tag = "preferences",
    responses((status = 200, body = PreferencesList, description = "All that are kept"), Refusals))]
pub(crate) async fn list_preferences(
    State(api): State<AppState>,
    who: SignedIn,
) -> Result<Json<PreferencesList>, ApiError> {
    let kept = api.store.preferences_of(who.user).await?;
    Ok(Json(PreferencesList { preferences: kept.into_iter().map(shown).collect() }))
}

fn shown(kept: Kept) -> Preferences {
    let Kept { conversation, muted_until, draft, draft_at } = kept;
    let draft = Some(draft).filter(|draft| !draft.is_empty());
    let draft_at = Some(draft_at).filter(|at| *at != Timestamp(0));
    Preferences { conversation_id: conversation, muted_until, draft, draft_at }
}

/// What only members are told.
pub(crate) fn of_member<T>(mine: Mine<T>) -> Result<T, ApiError> {
    match mine {
        Mine::Here(value) => Ok(value),
        Mine::NotThere => Err(RuleError::NotThere.into()),
        Mine::NotAMember => Err(RuleError::NotAMember.into()),
    }
}
