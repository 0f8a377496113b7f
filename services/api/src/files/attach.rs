//! The files of a message that is about to be posted.
//!
//! The look-up is for a good refusal; that they are still there, and not somebody else's, is expected under the lock.

use confab_proto::http::Attachment;
use confab_proto::{FileId, UserId};
use confab_runtime::config::FilesConfig;

use crate::error::ApiError;
use crate::state::Api;

const FIELD: &str = "attachments";

/// The files that a request names, of which nothing but the id is known yet.
pub(crate) fn asked(config: &FilesConfig, files: &[FileId]) -> Result<Vec<Attachment>, ApiError> {
    let most = config.per_message;
    if files.len() > most {
        return Err(ApiError::invalid(FIELD, format!("must be at most {most}")));
    }
    if files.iter().enumerate().any(|(index, file)| files[..index].contains(file)) {
        return Err(ApiError::invalid(FIELD, "names a file twice"));
    }
    let unknown = |id: &FileId| Attachment {
        id: *id,
        name: String::new(),
        size: 0,
        media_type: String::new(),
        width: None,
        height: None,
        thumbnail: false,
    };
    Ok(files.iter().map(unknown).collect())
}

/// What they are; each must be one that `actor` may read.
pub(crate) async fn look_up(api: &Api, actor: UserId, files: &mut [Attachment]) -> Result<(), ApiError> {
    for file in files {
        let row = api.store.file_for(file.id, actor).await?;
        let row = row.ok_or_else(|| ApiError::invalid(FIELD, "names a file that is not there"))?;
        if row.is_picture {
            return Err(ApiError::invalid(FIELD, "names your picture; send it once more to attach it"));
        }
        *file = row.file;
    }
    Ok(())
}
