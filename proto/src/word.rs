//! Enums that are one word in JSON, read from a string only: serde would also take `{"owner": null}`, and for a number it says that
//! the whole body is no JSON.

/// `Deserialize` for an enum whose `as_str` gives each variant's word.
macro_rules! read_from_word {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                match &*text {
                    $($word => Ok(Self::$variant),)+
                    other => Err(serde::de::Error::unknown_variant(other, &[$($word),+])),
                }
            }
        }
    };
}
pub(crate) use read_from_word;
