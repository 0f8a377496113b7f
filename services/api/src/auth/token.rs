//! Session tokens: 32 random bytes for the client, only their SHA-256 for the store.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_store::TokenHash;
use sha2::{Digest, Sha256};

/// As it is sent: base64url without padding, 43 characters.
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What the store knows of a token; also of a forged one, which then is in no row.
    pub(crate) fn hash(text: &str) -> TokenHash {
        Sha256::digest(text.as_bytes()).into()
    }
}
