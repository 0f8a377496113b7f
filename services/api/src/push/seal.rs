//! What only one browser can open: RFC 8291 over `aes128gcm` (RFC 8188), in one record.

use ring::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};

/// Of a record, with its tag; the text of one record is well below.
const RECORD: u32 = 4096;
/// What stands behind the text of the last record.
const LAST: u8 = 2;

/// Whether these bytes are a point on P-256, uncompressed.
pub(crate) fn is_public_key(bytes: &[u8]) -> bool {
    let agrees = || {
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())?;
        agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, bytes), |_| ())
    };
    bytes.len() == 65 && agrees().is_ok()
}

/// Seals `text` for the browser with the public key `theirs` and the secret `auth`: a whole body.
pub(super) fn seal(theirs: &[u8], auth: &[u8], text: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let random = SystemRandom::new();
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random)?;
    let own_public = own.compute_public_key()?;
    let mut salt = [0; 16];
    random.fill(&mut salt)?;
    let derive = |shared: &[u8]| Keys::derive(shared, auth, theirs, own_public.as_ref(), &salt);
    let keys = agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, theirs), derive)??;
    keys.body(&salt, own_public.as_ref(), text)
}

struct Keys {
    content: [u8; 16],
    nonce: [u8; 12],
}

impl Keys {
    fn derive(shared: &[u8], auth: &[u8], theirs: &[u8], own: &[u8], salt: &[u8]) -> Result<Self, Unspecified> {
        let first = Salt::new(HKDF_SHA256, auth).extract(shared);
        let secret: [u8; 32] = expand(&first, &[b"WebPush: info\0", theirs, own])?;
        let second = Salt::new(HKDF_SHA256, salt).extract(&secret);
        Ok(Self {
            content: expand(&second, &[b"Content-Encoding: aes128gcm\0"])?,
            nonce: expand(&second, &[b"Content-Encoding: nonce\0"])?,
        })
    }

    fn body(&self, salt: &[u8; 16], own: &[u8], text: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let mut record = [text, &[LAST]].concat();
        let key = LessSafeKey::new(UnboundKey::new(&aead::AES_128_GCM, &self.content)?);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(self.nonce), Aad::empty(), &mut record)?;
        let length = u8::try_from(own.len()).map_err(|_| Unspecified)?;
        if record.len() > RECORD as usize {
            return Err(Unspecified);
        }
        Ok([salt.as_slice(), &RECORD.to_be_bytes(), &[length], own, &record].concat())
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(from: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    from.expand(info, Length(N))?.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let own = bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let theirs = bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let (auth, salt) = (bytes("BTBZMqHH6r4Tts7J_aSIgg"), bytes("DGv6ra1nlYgDCS1FRnbzlw"));
        let keys = Keys::derive(&shared, &auth, &theirs, &own, &salt).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(keys.content), "oIhVW04MRdy2XN9CiKLxTg");
        assert_eq!(URL_SAFE_NO_PAD.encode(keys.nonce), "4h_95klXJ5E_qnoN");
        let body = keys.body(&salt.try_into().unwrap(), &own, b"When I grow up, I want to be a watermelon").unwrap();
        let wanted = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8\
                      wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), wanted);
        assert!(is_public_key(&theirs) && !is_public_key(&theirs[1..]));
        let mut beside = theirs.clone();
        beside[64] ^= 1;
        assert!(!is_public_key(&beside), "no point of the curve");
        assert!(seal(&beside, &auth, b"x").is_err() && keys.body(&[0; 16], &own, &[0; 4080]).is_err());
        assert_ne!(seal(&theirs, &auth, b"x").unwrap(), seal(&theirs, &auth, b"x").unwrap(), "never the same keys");
    }
}
