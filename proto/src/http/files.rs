//! Files: what a message says of each one that is attached to it, and the answer to an upload.
//!
//! The bytes are at `/api/files/{id}`, a small picture of an image at `/api/files/{id}/thumbnail`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::FileId;

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    pub id: FileId,
    /// For people to read, and to save it under. Never a path.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// Read from the content; `application/octet-stream` if it tells nothing.
    pub media_type: String,
    /// In pixels, as it is shown; null for what is no image of a known kind.
    #[schema(required = true)]
    pub width: Option<u32>,
    #[schema(required = true)]
    pub height: Option<u32>,
    /// There is a small picture of it.
    pub thumbnail: bool,
}

/// Answer to an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileAnswer {
    pub file: Attachment,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_attachment_says_null_where_it_knows_nothing() {
        let id = "0198c0de-0000-7000-8000-00000000000a";
        let text = format!(
            r#"{{"id":"{id}","name":"notes.txt","size":5,"mediaType":"text/plain","width":null,"height":null,"thumbnail":false}}"#
        );
        let file: Attachment = serde_json::from_str(&text).unwrap();
        assert_eq!(file.id, id.parse().unwrap());
        assert_eq!(serde_json::to_string(&file).unwrap(), text);
    }
}
