//! Ids: newtypes over UUIDs, so that a user is never taken for a conversation.
//!
//! In JSON each is a lower-case hyphenated UUID string. Parsing accepts the hyphenated form only,
//! since an id is also a subject token and a room name: one id must have one spelling.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

/// The text was no hyphenated UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedId;

impl fmt::Display for MalformedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a UUID such as 0198c0de-0000-7000-8000-000000000001")
    }
}

impl std::error::Error for MalformedId {}

fn parse_hyphenated(text: &str) -> Result<Uuid, MalformedId> {
    if text.len() != 36 {
        return Err(MalformedId);
    }
    Uuid::try_parse(text).map_err(|_| MalformedId)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
        #[schema(value_type = String, format = "uuid", examples("0198c0de-0000-7000-8000-000000000001"))]
        pub struct $name(Uuid);

        impl $name {
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                parse_hyphenated(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A person with an account. UUIDv7.
    UserId
);
id!(
    /// A conversation: UUIDv5 of the sorted pair of users for a direct one, of (creator, `clientId`) for a group.
    ConversationId
);
id!(
    /// A signed-in session. UUIDv7; not the token.
    SessionId
);
id!(
    /// An invitation to a group. UUIDv7; not the token in its link.
    InvitationId
);
id!(
    /// An uploaded file. UUIDv7.
    FileId
);
id!(
    /// Made by the client for one write, so that a repeat of the request is recognised.
    ClientId
);
id!(
    /// A log of its own order: a conversation's, or a user's (internal). The same UUID as its owner.
    StreamId
);

impl SessionId {
    /// A new time-ordered id.
    #[must_use]
    pub fn new_v7() -> Self {
        Self(Uuid::now_v7())
    }
}

impl UserId {
    /// A new time-ordered id.
    #[must_use]
    pub fn new_v7() -> Self {
        Self(Uuid::now_v7())
    }
}

impl FileId {
    /// A new time-ordered id.
    #[must_use]
    pub fn new_v7() -> Self {
        Self(Uuid::now_v7())
    }
}

impl InvitationId {
    /// A new time-ordered id.
    #[must_use]
    pub fn new_v7() -> Self {
        Self(Uuid::now_v7())
    }
}

impl ClientId {
    /// For a write whose client sent none.
    #[must_use]
    pub fn new_v7() -> Self {
        Self(Uuid::now_v7())
    }
}

impl From<ConversationId> for StreamId {
    fn from(id: ConversationId) -> Self {
        Self(id.0)
    }
}

impl From<UserId> for StreamId {
    fn from(id: UserId) -> Self {
        Self(id.0)
    }
}

impl StreamId {
    /// The conversation whose log this is. The caller knows that it is not a user's.
    #[must_use]
    pub const fn conversation(self) -> ConversationId {
        ConversationId(self.0)
    }

    /// The user whose log this is. The caller knows that it is not a conversation's.
    #[must_use]
    pub const fn user(self) -> UserId {
        UserId(self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let id: UserId = "0198C0DE-0000-7000-8000-00000000000A".parse().unwrap();
        assert_eq!(id.to_string(), "0198c0de-0000-7000-8000-00000000000a");
        for bad in ["", "1", "0198c0de00007000800000000000000a", "{0198c0de-0000-7000-8000-00000000000a}"] {
            assert_eq!(bad.parse::<UserId>(), Err(MalformedId), "{bad}");
        }
    }

    #[test]
    fn ids_are_json_strings() {
        let text = "\"0198c0de-0000-7000-8000-00000000000a\"";
        let id: ConversationId = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), text);
        assert!(serde_json::from_str::<ConversationId>("7").is_err());
    }
}
