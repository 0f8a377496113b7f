//! What a search finds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::User;
use crate::{ConversationId, MessageNo, Seq, Timestamp};

/// A piece of a message. It is text, never markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchPart {
    pub text: String,
    /// Whether it is what was looked for: to be highlighted.
    pub hit: bool,
}

/// A message that was found, as it reads now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    pub conversation_id: ConversationId,
    /// Null for a direct conversation.
    #[schema(required = true)]
    pub conversation_name: Option<String>,
    pub author: User,
    pub seq: Seq,
    pub message_no: MessageNo,
    /// The message whose thread it stands in.
    #[schema(required = true)]
    pub thread_seq: Option<Seq>,
    pub at: Timestamp,
    pub has_file: bool,
    /// Put together a piece of the message round the first hit; cuts are marked by `…`.
    pub snippet: Vec<SearchPart>,
}

/// Better fits first, of equal ones the newer first; long results in blocks of newer to older messages.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SearchPage {
    /// May be empty although there is a next page: then there was much to look through.
    pub hits: Vec<SearchHit>,
    /// `cursor` of the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
}
