//! How far people have read, and what a person keeps for themselves in a conversation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::present;
use crate::{ConversationId, Seq, Timestamp, UserId};

/// How far one member has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadOf {
    pub user_id: UserId,
    /// 0: nothing since joining.
    pub seq: Seq,
}

/// `GET …/reads`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadsAnswer {
    pub member_count: u64,
    /// Of each member; null in conversations of more than 100 members.
    #[schema(required = true)]
    pub reads: Option<Vec<ReadOf>>,
}

/// `GET …/messages/{seq}/readers`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadersAnswer {
    /// Members that have read up to the message, without its author.
    pub count: u64,
    /// Who they are; null in conversations of more than 100 members.
    #[schema(required = true)]
    pub user_ids: Option<Vec<UserId>>,
}

/// What a person keeps in one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    pub conversation_id: ConversationId,
    /// Null, or in the past: not muted.
    #[schema(required = true)]
    pub muted_until: Option<Timestamp>,
    /// Written but not sent.
    #[schema(required = true)]
    pub draft: Option<String>,
    /// Of the draft, or of its removal.
    #[schema(required = true)]
    pub draft_at: Option<Timestamp>,
}

/// `GET …/messages/{seq}/thread/follow`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadFollow {
    pub following: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PreferencesAnswer {
    pub preferences: Preferences,
}

/// `GET /api/me/preferences`: conversations in which nothing is kept are left out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PreferencesList {
    pub preferences: Vec<Preferences>,
}

/// `PUT …/preferences`: what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePreferences {
    /// Null: not muted any more.
    #[serde(default, deserialize_with = "present")]
    pub muted_until: Option<Option<Timestamp>>,
    /// Null or empty: none. At most as long as a message.
    #[serde(default, deserialize_with = "present")]
    pub draft: Option<Option<String>>,
    /// When the draft was written, for a client that was away; one that is older than what is there is not taken. Left out, or in
    /// the future: now.
    #[serde(default)]
    pub draft_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn null_is_not_the_same_as_left_out() {
        let read = |json: &str| serde_json::from_str::<ChangePreferences>(json).unwrap();
        assert_eq!(read("{}"), ChangePreferences::default());
        let cleared = ChangePreferences { muted_until: Some(None), draft: Some(None), draft_at: None };
        assert_eq!(read("{\"mutedUntil\":null,\"draft\":null,\"draftAt\":null}"), cleared);
        assert_eq!(read("{\"draft\":\"a\"}").draft, Some(Some("a".to_owned())));
        assert!(serde_json::from_str::<ChangePreferences>("{\"muted\":null}").is_err());
    }
}
