//! The gapless numbers of the log and the epoch that they belong to.
//!
//! `Seq` counts the events of one conversation from 1, `Position` the events of the whole log from 1,
//! `MessageNo` the messages of one conversation up to and including an event. Numbers compare only within one `Epoch`.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// The text was no whole number from 0 to [`MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be a whole number from 0 to {MAX}")
    }
}

impl std::error::Error for OutOfRange {}

/// 2^53 - 1: what every JSON reader can hold, and far beyond what a log reaches.
pub const MAX: u64 = 9_007_199_254_740_991;

const fn in_range(value: u64) -> Result<u64, OutOfRange> {
    if value <= MAX { Ok(value) } else { Err(OutOfRange) }
}

/// Reads a number from 0 to [`MAX`]. JSON knows one kind of numbers: `7.0` is 7, as some languages write it.
struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {MAX}")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u64, E> {
        in_range(value).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<u64, E> {
        value.try_into().map_err(|_| OutOfRange).and_then(in_range).map_err(E::custom)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
    fn visit_f64<E: Error>(self, value: f64) -> Result<u64, E> {
        let whole = value.fract() == 0.0 && (0.0..=MAX as f64).contains(&value);
        if whole { Ok(value as u64) } else { Err(E::custom(OutOfRange)) }
    }
}

/// Reads a small whole number or null, for a field of a request.
pub(crate) fn maybe_u32<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Small(u32);
    impl<'de> Deserialize<'de> for Small {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let whole = deserializer.deserialize_u64(WholeNumber)?;
            u32::try_from(whole).map(Self).map_err(|_| D::Error::custom(OutOfRange))
        }
    }
    Ok(Option::<Small>::deserialize(deserializer)?.map(|number| number.0))
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = u64, minimum = 0, maximum = 9007199254740991i64)]
        pub struct $name(pub u64);

        impl $name {
            /// Before the first.
            pub const ZERO: Self = Self(0);

            /// The one that follows.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }

            /// As the databases store it. Never above [`MAX`].
            #[must_use]
            pub const fn as_i64(self) -> i64 {
                self.0.cast_signed()
            }

            /// From a database column that a constraint keeps from being negative.
            #[must_use]
            pub const fn from_i64(value: i64) -> Self {
                Self(value.cast_unsigned())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_u64(WholeNumber).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = OutOfRange;

            fn from_str(text: &str) -> Result<Self, OutOfRange> {
                text.parse().map_err(|_| OutOfRange).and_then(in_range).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number!(
    /// Place of an event in its conversation: 1, 2, 3, … without a gap.
    Seq
);
number!(
    /// Place of an event in the whole log: 1, 2, 3, … without a gap.
    Position
);
number!(
    /// Messages of the conversation up to and including an event.
    MessageNo
);

/// One life of the store. A restore to an earlier time begins another. In JSON: 16 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{16}$", examples("8f2c1a90d4e7b365"))]
pub struct Epoch(pub u64);

/// The text was not 16 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedEpoch;

impl fmt::Display for MalformedEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 16 lower-case hex digits")
    }
}

impl std::error::Error for MalformedEpoch {}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Epoch {
    type Err = MalformedEpoch;

    fn from_str(text: &str) -> Result<Self, MalformedEpoch> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() != 16 || !text.bytes().all(hex) {
            return Err(MalformedEpoch);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| MalformedEpoch)
    }
}

impl Serialize for Epoch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn numbers_from_outside_stay_in_range() {
        assert_eq!(serde_json::from_str::<Seq>("9007199254740991").unwrap(), Seq(MAX));
        assert_eq!(serde_json::from_str::<Seq>("12.0").unwrap(), Seq(12));
        assert_eq!(serde_json::from_str::<Seq>("1.2e1").unwrap(), Seq(12));
        assert_eq!("12".parse::<Seq>(), Ok(Seq(12)));
        for bad in ["9007199254740992", "18446744073709551615", "-1", "-1.0", "1.5", "1e300", "\"1\"", "null"] {
            assert!(serde_json::from_str::<Seq>(bad).is_err(), "{bad}");
            assert!(bad.parse::<Seq>().is_err(), "{bad}");
        }
    }

    #[test]
    fn small_numbers_may_be_absent() {
        #[derive(Deserialize)]
        struct Asked(#[serde(deserialize_with = "maybe_u32")] Option<u32>);
        let read = |text: &str| serde_json::from_str::<Asked>(text).map(|asked| asked.0);
        for (text, number) in [("null", None), ("7", Some(7)), ("7.0", Some(7)), ("4294967295", Some(u32::MAX))] {
            assert_eq!(read(text).unwrap(), number, "{text}");
        }
        for bad in ["4294967296", "-1", "1.5", "\"1\"", "true"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn epoch_round_trips_as_hex() {
        for value in [0, 1, u64::MAX, 0x8f2c_1a90_d4e7_b365] {
            let text = Epoch(value).to_string();
            assert_eq!(text.len(), 16);
            assert_eq!(text.parse::<Epoch>().unwrap(), Epoch(value));
        }
        for bad in ["", "8F2C1A90D4E7B365", "+000000000000001", "123"] {
            assert!(bad.parse::<Epoch>().is_err(), "{bad}");
        }
    }
}
