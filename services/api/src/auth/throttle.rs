//! How often passwords may be tried and accounts made, counted by all replicas together, before any hashing is done.
//!
//! A try takes a token from up to three buckets; without one it is refused, whatever the password, so a refusal tells nothing.
//! *One account from one address* is strict: guessing needs many tries, a person few. *One account from everywhere* is what many
//! addresses share that guess together; it alone would let them lock the owner out, so an address from which the account was
//! signed in to lately is exempt from it, and only strangers wait for each other. *One address* bounds who tries many accounts,
//! and how much hashing anybody can ask for. A right password gets back what it took of the account, not of the address.
//! Sessions that stand are touched by none of this, and accounts that do not exist are counted like those that do.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use confab_proto::{Timestamp, UserId};
use confab_runtime::client_address::ClientAddress;
use confab_runtime::config::LimitsConfig;
use confab_runtime::rate;
use confab_store::{Rate, RateKey, Store};
use sha2::{Digest as _, Sha256};

use crate::error::ApiError;

/// An address stays known to an account for so long after a sign-in.
const KNOWN_FOR_SECONDS: i64 = 90 * 24 * 3600;
/// Tokens taken here between two looks for buckets that can be forgotten.
const FORGET_EVERY: u32 = 64;
const MAX_REFUSED: usize = 65_536;

pub(crate) struct Throttle {
    pair: Rate,
    account: Rate,
    address: Rate,
    sign_ups: Rate,
    /// Until when a bucket was seen to be empty: a flood then costs no SQL.
    refused: Mutex<HashMap<RateKey, Instant>>,
    taken: AtomicU32,
}

/// A try that may go on.
pub(crate) struct Try {
    /// What it took and gets back if the password fits.
    tokens: Vec<(RateKey, Rate)>,
    known: RateKey,
}

impl Throttle {
    pub(crate) fn new(limits: &LimitsConfig) -> Self {
        Self {
            pair: shared(limits.sign_ins),
            account: shared(limits.sign_ins_account),
            address: shared(limits.sign_ins_address),
            sign_ups: shared(limits.sign_ups),
            refused: Mutex::default(),
            taken: AtomicU32::new(0),
        }
    }

    /// Whether this address may make one account more.
    pub(crate) async fn sign_up(&self, store: &dyn Store, address: ClientAddress) -> Result<(), ApiError> {
        self.take(store, key(&["sign-up", &address.to_string()]), self.sign_ups, "sign_ups").await
    }

    /// Whether a password for this account may be looked at.
    pub(crate) async fn password(
        &self,
        store: &dyn Store,
        account: &str,
        address: ClientAddress,
    ) -> Result<Try, ApiError> {
        let address = address.to_string();
        let known = key(&["known", account, &address]);
        let pair = (key(&["pair", account, &address]), self.pair);
        let everywhere = (key(&["account", account]), self.account);
        let from_here = key(&["address", &address]);
        let mut tokens = vec![pair];
        // Before anything is written: an address that is known to have none left costs no SQL and drains no other bucket.
        if let Some(wait) = self.wait_known(&from_here) {
            return Err(ApiError::rate_limited("sign_ins_address", wait));
        }
        self.take(store, pair.0, pair.1, "sign_ins").await?;
        if !store.remembers(&known, Timestamp::now()).await? {
            self.take(store, everywhere.0, everywhere.1, "sign_ins_account").await?;
            tokens.push(everywhere);
        }
        self.take(store, from_here, self.address, "sign_ins_address").await?;
        Ok(Try { tokens, known })
    }

    /// Whether one more token of an invitation may be looked at: they cannot be guessed, and nobody shall have us try.
    pub(crate) async fn invitation(
        &self,
        store: &dyn Store,
        user: UserId,
        address: ClientAddress,
    ) -> Result<[(RateKey, Rate); 1], ApiError> {
        let own = (key(&["invitation", &user.to_string()]), self.pair);
        let from_here = key(&["address", &address.to_string()]);
        self.take(store, own.0, own.1, "invitations").await?;
        self.take(store, from_here, self.address, "invitations_address").await?;
        Ok([own])
    }

    /// The token was right. What cannot be noted of that limits later tries a little more.
    pub(crate) async fn was_right(&self, store: &dyn Store, taken: &[(RateKey, Rate)]) {
        if let Err(error) = store.give_back(taken).await {
            tracing::warn!(%error, "cannot note that an invitation was right");
        }
    }

    /// The password was right. What cannot be noted of that refuses nobody: later tries are limited a little more.
    pub(crate) async fn fitted(&self, store: &dyn Store, done: Try) {
        let until = Timestamp::now().plus_seconds(KNOWN_FOR_SECONDS);
        let noted = async {
            store.give_back(&done.tokens).await?;
            store.remember(&done.known, until).await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "cannot note that a password was right");
        }
    }

    /// `limit` is the name of the setting, for the metrics.
    async fn take(&self, store: &dyn Store, key: RateKey, rate: Rate, limit: &'static str) -> Result<(), ApiError> {
        if let Some(wait) = self.wait_known(&key) {
            return Err(ApiError::rate_limited(limit, wait));
        }
        let now = Timestamp::now();
        if self.taken.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            // Tried again soon: nothing rests on it.
            if let Err(error) = store.forget_full_buckets(now).await {
                tracing::warn!(%error, "cannot forget full buckets");
            }
        }
        store.take_token(&key, rate, now).await?.map_err(|wait| {
            self.note(key, wait);
            ApiError::rate_limited(limit, wait)
        })
    }

    fn wait_known(&self, key: &RateKey) -> Option<Duration> {
        let mut refused = self.lock();
        let wait = refused.get(key)?.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero());
        if wait.is_none() {
            refused.remove(key);
        }
        wait
    }

    fn note(&self, key: RateKey, wait: Duration) {
        let mut refused = self.lock();
        if refused.len() >= MAX_REFUSED {
            refused.clear();
        }
        refused.insert(key, Instant::now() + wait);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RateKey, Instant>> {
        // Each change is one insertion or removal, so a poisoned map is whole.
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shared(rate: rate::Rate) -> Rate {
    Rate { burst: rate.burst, interval: rate.interval }
}

/// With the length of each part, so that no two lists of parts are one.
fn key(parts: &[&str]) -> RateKey {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
