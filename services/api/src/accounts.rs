//! Accounts: the rules for a new one, wherever it comes from, and what an operator does with them from the command line.
//!
//! The names and passwords that a sign-up may have are decided here and nowhere else.

use std::sync::Arc;

use confab_domain::text::{DisplayName, Username};
use confab_proto::http::User;
use confab_proto::{ErrorCode, UserId};
use confab_runtime::config::Config;
use confab_store::{NewUser, SignUpOutcome, Store};

use crate::auth::Passwords;
use crate::error::{ApiError, field};

/// What somebody asks for who wants an account.
pub struct Wanted<'w> {
    pub username: &'w str,
    /// The username if there is none.
    pub display_name: Option<&'w str>,
    pub password: String,
}

impl Wanted<'_> {
    /// Refuses names and passwords that break a rule.
    pub(crate) fn check(self, passwords: &Passwords) -> Result<Checked, ApiError> {
        let username = Username::parse(self.username).map_err(field("username"))?;
        let display_name =
            DisplayName::parse(self.display_name.unwrap_or(username.as_str())).map_err(field("displayName"))?;
        passwords.check(&self.password, username.as_str())?;
        Ok(Checked { username, display_name, password: self.password })
    }
}

/// An account that breaks no rule, if its name is free.
pub(crate) struct Checked {
    username: Username,
    display_name: DisplayName,
    password: String,
}

impl Checked {
    /// The account, not yet in the store. A taken name is refused before the costly hash.
    pub(crate) async fn prepare(
        self,
        id: UserId,
        store: &dyn Store,
        passwords: &Passwords,
    ) -> Result<NewUser, ApiError> {
        let (username, display_name) = (self.username.as_str().to_owned(), self.display_name.as_str().to_owned());
        if store.credentials(&username).await?.is_some() {
            return Err(username_taken());
        }
        let password_hash = passwords.hash(self.password).await?;
        Ok(NewUser { user: User { id, username, display_name }, password_hash })
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
        Ok(Self { store, passwords: Passwords::new(config.auth.password_min_chars)? })
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

    /// Replaces the password of `user`.
    ///
    /// # Errors
    /// The password breaks a rule, or the store is away.
    pub async fn set_password(&self, user: &User, password: String) -> Result<(), ApiError> {
        self.passwords.check(&password, &user.username)?;
        let password_hash = self.passwords.hash(password).await?;
        Ok(self.store.set_password(user.id, &password_hash).await?)
    }
}
