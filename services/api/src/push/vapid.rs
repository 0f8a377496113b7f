//! Who sends: the key pair of this server and what it signs for a push service (RFC 8292, ES256).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

/// At most a day by the standard.
const VALID_SECONDS: i64 = 12 * 3600;

pub(crate) struct Key(EcdsaKeyPair);

impl Key {
    /// A new one, as PKCS#8.
    pub(super) fn generate() -> Vec<u8> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        pkcs8.expect("the system has random bytes").as_ref().to_vec()
    }

    pub(super) fn read(pkcs8: &[u8]) -> Option<Self> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new()).ok().map(Self)
    }

    /// In base64url, as a browser takes it.
    pub(crate) fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref())
    }

    /// The header `Authorization` for the push service at `origin`.
    pub(super) fn authorization(&self, origin: &str, contact: Option<&str>, now_seconds: i64) -> String {
        let mut claims = json!({"aud": origin, "exp": now_seconds + VALID_SECONDS});
        if let Some(contact) = contact {
            claims["sub"] = json!(contact);
        }
        let encoded = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(json!({"typ": "JWT", "alg": "ES256"})), encoded(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).expect("the system has random bytes");
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature), self.public())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn what_is_signed_can_be_verified_by_the_key_beside_it() {
        let key = Key::read(&Key::generate()).unwrap();
        let header = key.authorization("https://push.example.org", Some("mailto:a@example.org"), 1_000);
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(public));
        verifier.verify(signed.as_bytes(), &bytes(signature)).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap();
        let wanted = json!({"aud": "https://push.example.org", "exp": 44_200, "sub": "mailto:a@example.org"});
        assert_eq!(claims, wanted);
        assert!(Key::read(b"no key").is_none());
    }
}
