//! Accounts: the rules for a new one, wherever it comes from, and what an operator does with them from the command line.
//!
//! The names and passwords that a sign-up may have are decided here and nowhere else.

use std::sync::Arc;

use confab_domain::decide::{self, Asker};
use confab_domain::text::{DisplayName, Username};
use confab_proto::http::User;
use confab_proto::{ClientId, ErrorCode, SessionId, UserId};
use confab_runtime::config::Config;
use confab_store::{NewUser, Outcome, SignUpOutcome, Store};

use crate::auth::Passwords;
use crate::error::{ApiError, field};

/// Sessions ended by one command.
const SESSIONS_AT_ONCE: usize = 100;

/// What somebody asks for who wants an account.
pub struct Wanted<'w> {
    pub username: &'w str,
    /// The username if there is none.
    pub display_name: Option<&'w str>,
    pub password: String,
}

/// Names and password that the rules allow.
pub(crate) struct Checked {
    username: Username,
    display_name: DisplayName,
    password: String,
}

impl Wanted<'_> {
    pub(crate) fn check(self, passwords: &Passwords) -> Result<Checked, ApiError> {
        let username = Username::parse(self.username).map_err(field("username"))?;
        let display_name = self.display_name.unwrap_or(username.as_str());
        let display_name = DisplayName::parse(display_name).map_err(field("displayName"))?;
        passwords.check(&self.password, username.as_str())?;
        Ok(Checked { username, display_name, password: self.password })
    }
}

impl Checked {
    /// The account, not yet in the store. A taken name is refused before the costly hash.
    pub(crate) async fn prepare(
        self,
        id: UserId,
        store: &dyn Store,
        passwords: &Passwords,
    ) -> Result<NewUser, ApiError> {
        if store.credentials(self.username.as_str()).await?.is_some() {
            return Err(username_taken());
        }
        let password_hash = passwords.hash(self.password).await?;
        let user = User::new(id, self.username.as_str().to_owned(), self.display_name.as_str().to_owned());
        Ok(NewUser { user, password_hash })
    }
}

pub(crate) fn username_taken() -> ApiError {
    ApiError::new(ErrorCode::UsernameTaken, "this username is taken; choose another")
}

/// The accounts of a store, for a process that serves nobody.
pub struct Accounts {
    store: Arc<dyn Store>,
    passwords: Passwords,
}

impl Accounts {
    /// # Errors
    /// The password hash cannot be set up.
    pub fn new(config: &Config, store: Arc<dyn Store>) -> anyhow::Result<Self> {
        Ok(Self { store, passwords: Passwords::new(config.auth.password_min_chars) })
    }

    /// Makes an account under `id`, without a session.
    ///
    /// # Errors
    /// The names or the password break a rule, the username is taken, or the store is away.
    pub async fn create(&self, id: UserId, wanted: Wanted<'_>) -> Result<User, ApiError> {
        let new = wanted.check(&self.passwords)?.prepare(id, &*self.store, &self.passwords).await?;
        match self.store.add_user(&new).await? {
            SignUpOutcome::Created => Ok(new.user),
            SignUpOutcome::UsernameTaken => Err(username_taken()),
        }
    }

    /// Replaces the password of `user` and ends all sessions, by events, so that the sockets close on every gateway.
    /// How many sessions that were.
    ///
    /// # Errors
    /// The password breaks a rule, or the store is away. If it went away between the two, the same again does the rest.
    pub async fn set_password(&self, user: &User, password: String) -> Result<usize, ApiError> {
        self.passwords.check(&password, &user.username)?;
        let password_hash = self.passwords.hash(password).await?;
        // First the password: a sign-in with the old one, still under way, then begins no session.
        self.store.set_password(user.id, &password_hash).await?;
        let sessions: Vec<SessionId> =
            self.store.sessions_of(user.id).await?.iter().map(|row| row.session.id).collect();
        for ids in sessions.chunks(SESSIONS_AT_ONCE) {
            self.end(user.id, ids).await?;
        }
        Ok(sessions.len())
    }

    async fn end(&self, actor: UserId, sessions: &[SessionId]) -> Result<(), ApiError> {
        let client_id = ClientId::new_v7();
        // It rests on no rule, so a conflict can only be a new epoch, read here again.
        for _ in 0..2 {
            let epoch = self.store.log_head().await?.epoch;
            let append = decide::revoke_sessions(Asker { actor, client_id, epoch }, sessions);
            if self.store.append_rule(&append).await? != Outcome::Conflict {
                return Ok(());
            }
        }
        Err(ApiError::unavailable("the store was being restored; try again"))
    }
}
