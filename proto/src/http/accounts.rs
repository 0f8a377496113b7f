//! Accounts, sessions and what everybody may know of the server.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::present;
use crate::word::read_from_word;
use crate::{FileId, SessionId, Timestamp, UserId};

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: UserId,
    /// Of a deleted account one that nobody can sign in with.
    pub username: String,
    pub display_name: String,
    /// What the person says of the day; empty if nothing.
    pub status_text: String,
    /// Its picture is at `/api/users/{id}/avatar`; another id is another picture.
    #[schema(required = true)]
    pub avatar: Option<FileId>,
    /// The account is gone; what it said may still be there.
    pub deleted: bool,
}

impl User {
    /// Of a new account.
    #[must_use]
    pub const fn new(id: UserId, username: String, display_name: String) -> Self {
        Self { id, username, display_name, status_text: String::new(), avatar: None, deleted: false }
    }
}

/// `PATCH /api/me`: what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeProfile {
    #[serde(default)]
    #[schema(min_length = 1)]
    pub display_name: Option<String>,
    /// Empty: none any more.
    #[serde(default)]
    pub status_text: Option<String>,
    /// An image that was sent by this person and that no message carries. Null: none any more.
    #[serde(default, deserialize_with = "present")]
    pub avatar: Option<Option<FileId>>,
}

/// What becomes of the messages of somebody whose account is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MessagesLeft {
    /// They stay, from a deleted user.
    Keep,
    /// They are deleted, as by their author.
    Delete,
}

read_from_word!(MessagesLeft { Keep = "keep", Delete = "delete" });

/// `DELETE /api/me`
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteAccount {
    pub password: String,
    pub messages: MessagesLeft,
}

/// `POST /api/users`
// No `Debug`, as with all that holds a password or a token: it must not get into a log.

#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUp {
    #[schema(min_length = 2)]
    pub username: String,
    #[schema(min_length = 1)]
    pub password: String,
    /// The username if absent.
    #[serde(default)]
    #[schema(min_length = 1)]
    pub display_name: Option<String>,
}

/// `POST /api/sessions`
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub username: String,
    pub password: String,
}

/// Answer to signing up and signing in; the token also comes as a cookie.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    pub user: User,
    /// For programs: `Authorization: Bearer …` and the Socket.IO handshake's `auth.token`.
    pub token: String,
    pub expires_at: Timestamp,
}

/// One place where a person is signed in. No address is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub id: SessionId,
    pub created_at: Timestamp,
    /// Of a request, to the minute; a socket that only listens does not move it.
    pub last_seen_at: Timestamp,
    /// Moves on while the session is used.
    pub expires_at: Timestamp,
    /// The one that asks.
    pub current: bool,
    /// Such as `Firefox on Linux`; null if the program did not say.
    #[schema(required = true)]
    pub client: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    /// The newest first.
    pub sessions: Vec<Session>,
}

/// `PUT /api/me/password`
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    pub current_password: String,
    #[schema(min_length = 1)]
    pub new_password: String,
}

/// Whether people make their own accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignUpMode {
    Open,
    /// The operator makes them.
    Closed,
}

/// What everybody may know of this server.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    pub version: String,
    pub sign_up: SignUpMode,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserAnswer {
    pub user: User,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    pub users: Vec<User>,
}
