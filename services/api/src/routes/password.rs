//! Changing one's password: whoever else is signed in with the old one is signed out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use confab_proto::http::ChangePassword;
use confab_proto::{SessionId, UserId};

use super::sessions::end_all_but;
use crate::error::ApiError;
use crate::extract::{Body, Client, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// Change the password: ends all other sessions of the person
#[utoipa::path(put, path = "/api/me/password", tag = "users", request_body = ChangePassword,
    responses((status = 204, description = "Changed, and signed out everywhere else"), Refusals))]
pub(crate) async fn change_password(
    State(api): State<AppState>,
    who: SignedIn,
    client: Client,
    Body(body): Body<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    let user = api.store.users_by_id(&[who.user]).await?.pop().ok_or_else(ApiError::unauthorized)?;
    api.passwords.check(&body.new_password, &user.username).map_err(|error| error.about("newPassword"))?;
    let attempt = api.throttle.password(&*api.store, &user.username, client.address).await?;
    let credentials = api.store.credentials(&user.username).await?.ok_or_else(ApiError::unauthorized)?;
    let stored = || Some(credentials.password_hash.clone());
    let new_hash = if api.passwords.verify(body.current_password, stored()).await? {
        Some(api.passwords.hash(body.new_password).await?)
    } else if api.passwords.verify(body.new_password, stored()).await? {
        // A repeat of a change whose answer was lost names the new one, and only who knows it gets here.
        None
    } else {
        return Err(wrong_password());
    };
    let (user, session, old_hash) = (who.user, who.session.id, credentials.password_hash);
    let change = change(Arc::clone(&api), user, session, old_hash, new_hash);
    // Whole, whatever the client does: who changes a password may do so because somebody else knows the old one.
    api.to_its_end("password change", change).await?;
    api.throttle.fitted(&*api.store, attempt).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(
    api: AppState,
    user: UserId,
    keeps: SessionId,
    old_hash: String,
    new_hash: Option<String>,
) -> Result<(), ApiError> {
    if let Some(new_hash) = new_hash {
        // Somebody else may have changed it while this one was hashed: the newer one stays.
        if !api.store.replace_password(user, &old_hash, &new_hash).await? {
            return Err(wrong_password());
        }
    }
    // After the change: nobody can sign in with the old one any more, so nobody is missed.
    end_all_but(&api, user, Some(keeps)).await
}

fn wrong_password() -> ApiError {
    ApiError::invalid("currentPassword", "is not the password of this account")
}
