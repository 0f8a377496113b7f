//! An upload on its way: a file without a name in the temporary folder, so that it is gone with the process or the request, whichever
//! ends first.
//!
//! Guarantee: no more than one piece of the body is in memory; one that is too long, stops or is cut leaves nothing.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use confab_proto::ErrorCode;
use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::content::HEAD_BYTES;
use crate::error::ApiError;

/// How long an upload may be, and how slow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) max_bytes: u64,
    pub(super) stall: Duration,
    pub(super) altogether: Duration,
}

/// A whole upload.
pub(super) struct Spooled {
    pub(super) file: File,
    pub(super) size: u64,
    /// Its beginning.
    pub(super) head: Vec<u8>,
}

pub(super) fn temporary(folder: Option<&Path>) -> io::Result<File> {
    match folder {
        None => tempfile::tempfile(),
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            tempfile::tempfile_in(folder)
        }
    }
}

pub(super) fn too_large(max_bytes: u64) -> ApiError {
    ApiError::new(ErrorCode::BodyTooLarge, format!("a file must have at most {max_bytes} bytes"))
}

/// The disk of this server, not the request.
pub(super) fn no_room(error: &io::Error) -> ApiError {
    tracing::error!(%error, "an upload cannot be written to the temporary folder");
    ApiError::unavailable("files cannot be taken at the moment; try again later")
}

pub(super) async fn receive(body: Body, folder: Option<&Path>, patience: Patience) -> Result<Spooled, ApiError> {
    let end = Instant::now() + patience.altogether;
    let mut pieces = body.into_data_stream();
    let file = temporary(folder).map_err(|error| no_room(&error))?;
    let mut file = tokio::fs::File::from_std(file);
    let (mut size, mut head) = (0, Vec::new());
    loop {
        let next = timeout_at(end, timeout(patience.stall, pieces.next())).await;
        let Ok(Ok(next)) = next else {
            return Err(ApiError::new(ErrorCode::Malformed, "the upload stopped or took too long"));
        };
        let Some(piece) = next else { break };
        let piece: Bytes = piece.map_err(|_| ApiError::new(ErrorCode::Malformed, "the upload ended early"))?;
        size += piece.len() as u64;
        if size > patience.max_bytes {
            return Err(too_large(patience.max_bytes));
        }
        let of_head = HEAD_BYTES.saturating_sub(head.len()).min(piece.len());
        head.extend_from_slice(&piece[..of_head]);
        file.write_all(&piece).await.map_err(|error| no_room(&error))?;
    }
    file.flush().await.map_err(|error| no_room(&error))?;
    Ok(Spooled { file: file.into_std().await, size, head })
}
