//! Accounts and finding people.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use confab_proto::http::{SignUp, SignUpMode, SignedIn as SignedInAnswer, User, UserAnswer, UserList};
use confab_proto::{ErrorCode, SessionId, Timestamp, UserId};
use confab_store::{NewSession, Session, SignUpOutcome};

use crate::accounts::{Wanted, username_taken};
use crate::auth::{Token, session_cookie};
use crate::error::ApiError;
use crate::extract::{Body, Client, PageLimit, Params, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

/// Make an account and sign in
#[utoipa::path(post, path = "/api/users", tag = "users", security(()), request_body = SignUp,
    responses((status = 201, body = SignedInAnswer, description = "Signed in"), Refusals))]
pub(crate) async fn sign_up(
    State(api): State<AppState>,
    client: Client,
    Body(body): Body<SignUp>,
) -> Result<Response, ApiError> {
    if api.config.auth.sign_up == SignUpMode::Closed {
        return Err(ApiError::new(ErrorCode::SignUpClosed, "accounts are made by the operator of this server"));
    }
    let SignUp { username, password, display_name } = body;
    let wanted = Wanted { username: &username, display_name: display_name.as_deref(), password };
    let checked = wanted.check(&api.passwords)?;
    api.throttle.sign_up(&*api.store, client.address).await?;
    let new = checked.prepare(UserId::new_v7(), &*api.store, &api.passwords).await?;
    let user = new.user.clone();
    let (session, token) = new_session(&api, user.id, client);
    match api.store.sign_up(&new, &session).await? {
        SignUpOutcome::Created => Ok(signed_in(&api, StatusCode::CREATED, user, &session.session, &token)),
        SignUpOutcome::UsernameTaken => Err(username_taken()),
    }
}

/// A session that begins now.
pub(super) fn new_session(api: &Api, user: UserId, client: Client) -> (NewSession, Token) {
    let (now, token) = (Timestamp::now(), Token::random());
    let session = Session { id: SessionId::new_v7(), user, expires_at: api.sessions.end(now) };
    let new = NewSession { session, token: Token::hash(token.as_str()), created_at: now, client: client.name };
    (new, token)
}

/// The answer to signing up and signing in, with the cookie.
pub(super) fn signed_in(api: &Api, status: StatusCode, user: User, session: &Session, token: &Token) -> Response {
    let answer = SignedInAnswer { user, token: token.as_str().to_owned(), expires_at: session.expires_at };
    let cookie = session_cookie(&api.config, token.as_str(), session.expires_at);
    (status, [(SET_COOKIE, cookie)], Json(answer)).into_response()
}

/// The person who asks
#[utoipa::path(get, path = "/api/me", tag = "users", responses((status = 200, body = UserAnswer, description = "The person"), Refusals))]
pub(crate) async fn get_me(State(api): State<AppState>, who: SignedIn) -> Result<Json<UserAnswer>, ApiError> {
    let user = api.store.users_by_id(&[who.user]).await?.pop().ok_or_else(ApiError::unauthorized)?;
    // A client asks this when it starts, so a browser that lost a renewed cookie has it again before it ends.
    who.renew_cookie();
    Ok(Json(UserAnswer { user }))
}

const MAX_IDS: usize = 100;

/// Find people by a prefix of their names, or by id
#[utoipa::path(get, path = "/api/users", tag = "users",
    params(
        ("query" = Option<String>, Query, description = "Prefix of username or of a word of the display name",
            pattern = "^[^\\x00]*$"),
        ("ids" = Option<String>, Query, description = "At most 100 ids with commas between; instead of query",
            pattern = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(,[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}){0,99}$"),
        ("limit" = Option<u32>, Query, description = "1 to 100, default 20", minimum = 1, maximum = 100),
    ),
    responses((status = 200, body = UserList, description = "Their public sides"), Refusals))]
pub(crate) async fn list_users(
    State(api): State<AppState>,
    _: SignedIn,
    params: Params,
) -> Result<Json<UserList>, ApiError> {
    params.only(&["query", "ids", "limit"])?;
    let limit = params.limit(PageLimit { default: 20, max: 100 })?;
    let users = match (params.text("ids"), params.text("query")) {
        (Some(_), Some(_)) => return Err(ApiError::invalid("ids", "cannot stand beside query")),
        (Some(ids), None) => api.store.users_by_id(&user_ids(ids)?).await?,
        (None, _) => api.store.find_users(params.query()?, limit).await?,
    };
    Ok(Json(UserList { users }))
}

fn user_ids(text: &str) -> Result<Vec<UserId>, ApiError> {
    let ids: Result<Vec<UserId>, _> = text.split(',').map(|id| id.trim().parse()).collect();
    let ids = ids.map_err(|error| ApiError::malformed("ids", error))?;
    if ids.len() > MAX_IDS {
        return Err(ApiError::invalid("ids", format!("must be at most {MAX_IDS}")));
    }
    Ok(ids)
}
