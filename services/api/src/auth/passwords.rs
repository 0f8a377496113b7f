//! Password rules and hashing: Argon2id, m = 64 MiB, t = 2, p = 1, at most two per core at once.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use confab_runtime::tasks::blocking;
use tokio::sync::Semaphore;

use super::common_passwords::is_common;
use crate::error::ApiError;

const MAX_CHARS: usize = 256;

/// Verified against when the username is unknown, so that both refusals take as long: a hash of "nobody has this password".
const NOBODY: &str =
    "$argon2id$v=19$m=65536,t=2,p=1$naWzqRZh1Us6klDIlZaNdA$+Hj8562UT2cSUMSsiHiJo6PaPRABshcuIEr7wIKIk7Y";

/// Hashes and verifies; bounds how much memory and time that takes.
pub(crate) struct Passwords {
    min_chars: usize,
    slots: Arc<Semaphore>,
    /// Begun, to keep or to compare.
    hashes: Arc<AtomicU64>,
}

impl Passwords {
    pub(crate) fn new(min_chars: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let slots = Arc::new(Semaphore::new(cores * 2));
        Self { min_chars, slots, hashes: Arc::default() }
    }

    /// How many hashes were begun: each costs what a hundred requests cost.
    pub(crate) fn hashes(&self) -> Arc<AtomicU64> {
        self.hashes.clone()
    }

    /// Whether somebody may choose this password.
    pub(crate) fn check(&self, password: &str, username: &str) -> Result<(), ApiError> {
        let count = password.chars().count();
        if count < self.min_chars {
            return Err(ApiError::invalid("password", format!("must have at least {} characters", self.min_chars)));
        }
        if count > MAX_CHARS {
            return Err(ApiError::invalid("password", format!("must have at most {MAX_CHARS} characters")));
        }
        if is_common(password) || password.eq_ignore_ascii_case(username) {
            return Err(ApiError::invalid("password", "is one of the first that others would try"));
        }
        Ok(())
    }

    /// The PHC string to store.
    pub(crate) async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.in_a_slot(move || hash(&password)).await
    }

    /// Whether `password` fits `stored`; `None` (no such user) never fits, and takes as long.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, ApiError> {
        if password.chars().count() > MAX_CHARS {
            return Ok(false);
        }
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let fits = self.in_a_slot(move || verify(&password, &stored)).await?;
        Ok(fits && known)
    }

    /// The work holds the slot: it goes on, and keeps its memory, when the request that began it is given up.
    async fn in_a_slot<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let slot = Arc::clone(&self.slots).acquire_owned().await.context("the hashing slots are never closed")?;
        let done = blocking(move || {
            let done = work();
            drop(slot);
            done
        });
        Ok(done.await??)
    }
}

fn argon2() -> anyhow::Result<Argon2<'static>> {
    let params = Params::new(64 * 1024, 2, 1, None).map_err(|e| anyhow::anyhow!("argon2 parameters: {e}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> anyhow::Result<String> {
    let hash = argon2()?.hash_password(password.as_bytes());
    Ok(hash.map_err(|e| anyhow::anyhow!("cannot hash a password: {e}"))?.to_string())
}

fn verify(password: &str, stored: &str) -> anyhow::Result<bool> {
    let stored = PasswordHash::new(stored).map_err(|e| anyhow::anyhow!("a stored password hash is damaged: {e}"))?;
    Ok(argon2()?.verify_password(password.as_bytes(), &stored).is_ok())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn nobodys_hash_costs_what_all_hashes_cost() {
        let costs = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(costs(NOBODY), costs(&hash("another password").unwrap()));
        assert!(verify("nobody has this password", NOBODY).unwrap());
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_keeps_its_slot_until_the_work_is_done() {
        let passwords = Passwords::new(12);
        let all = passwords.slots.available_permits();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let mut request = Box::pin(passwords.in_a_slot(move || Ok(wait.recv()?)));
        assert!(futures_util::poll!(&mut request).is_pending());
        drop(request);
        assert_eq!(passwords.slots.available_permits(), all - 1);
        go.send(()).unwrap();
        let _all = passwords.slots.acquire_many(u32::try_from(all).unwrap()).await.unwrap();
    }
}
