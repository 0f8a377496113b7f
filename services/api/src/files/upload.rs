//! An upload, from its first byte until it may be used.
//!
//! First the whole of it is taken into a temporary file, then looked at, then noted, then stored. So one that is cut in the middle was
//! never there, and an object store that is away leaves nothing half-saved.

use std::sync::Arc;

use axum::body::Body;
use confab_domain::text::FileName;
use confab_proto::http::Attachment;
use confab_proto::{ErrorCode, FileId, Timestamp, UserId};
use confab_runtime::tasks::blocking;
use confab_store::FileRow;

use super::content;
use super::objects::Away;
use super::picture::{self, NoPicture, Picture};
use super::spool::{self, Patience, Spooled};
use crate::error::ApiError;
use crate::state::{Api, AppState};

/// A file that is to be kept.
struct Taken {
    file: std::fs::File,
    size: u64,
    media_type: &'static str,
    pixels: Option<(u32, u32)>,
    thumbnail: Option<Vec<u8>>,
}

/// `announced` is the length that the request names.
pub(crate) async fn upload(
    api: &AppState,
    owner: UserId,
    name: FileName,
    announced: Option<u64>,
    body: Body,
) -> Result<Attachment, ApiError> {
    let config = &api.config.files;
    let _slot = api.files.uploads.take(owner)?;
    if announced.is_some_and(|bytes| bytes > config.max_bytes) {
        return Err(spool::too_large(config.max_bytes));
    }
    // Better said before all the bytes have come. What decides is the reservation.
    let there = api.store.file_bytes(owner).await?;
    if there.saturating_add(announced.unwrap_or(1)) > config.quota_bytes {
        return Err(above_quota(config.quota_bytes));
    }
    let patience =
        Patience { max_bytes: config.max_bytes, stall: config.upload_stall, altogether: config.upload_timeout };
    let spooled = spool::receive(body, api.files.temporary.as_deref(), patience).await?;
    let taken = look_at(api, spooled).await?;
    let keeper = api.clone();
    api.to_its_end("file", async move { keep(&keeper, owner, name, taken).await }).await
}

fn above_quota(quota: u64) -> ApiError {
    let detail = format!("your files may take {quota} bytes together; delete messages with files that nobody needs");
    ApiError::new(ErrorCode::QuotaExceeded, detail)
}

/// What it is, by its content; images without their metadata.
async fn look_at(api: &Api, spooled: Spooled) -> Result<Taken, ApiError> {
    let Spooled { file, size, head } = spooled;
    let plain = |file| Taken { file, size, media_type: content::media_type(&head), pixels: None, thumbnail: None };
    let Some(format) = content::image_format(&head) else { return Ok(plain(file)) };
    let permit = api.files.workers.clone().acquire_owned().await.expect("the semaphore is never closed");
    let mut copy = file.try_clone().map_err(|error| spool::no_room(&error))?;
    let (max_pixels, folder) = (api.config.files.image_pixels, api.files.temporary.clone());
    let read = blocking(move || {
        let _permit = permit;
        picture::read(&mut copy, format, max_pixels, folder.as_deref())
    });
    match read.await {
        Ok(Ok(Picture { file, media_type, width, height, thumbnail })) => {
            let size = file.metadata().map_err(|error| spool::no_room(&error))?.len();
            Ok(Taken { file, size, media_type, pixels: Some((width, height)), thumbnail })
        }
        Ok(Err(NoPicture::Content)) => Ok(plain(file)),
        Ok(Err(NoPicture::Disk(error))) => Err(spool::no_room(&error)),
        // A reader of images that panics must not make a request fail for ever.
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "an image could not be read");
            Ok(plain(file))
        }
    }
}

async fn keep(api: &Arc<Api>, owner: UserId, name: FileName, taken: Taken) -> Result<Attachment, ApiError> {
    let file = Attachment {
        id: FileId::new_v7(),
        name: name.into_string(),
        size: taken.size,
        media_type: taken.media_type.to_owned(),
        width: taken.pixels.map(|(width, _)| width),
        height: taken.pixels.map(|(_, height)| height),
        thumbnail: taken.thumbnail.is_some(),
    };
    let row = FileRow { owner, file, is_picture: false, created_at: Timestamp::now() };
    let quota = api.config.files.quota_bytes;
    if !api.store.reserve_file(&row, quota).await? {
        return Err(above_quota(quota));
    }
    if let Err(away) = store(api, row.file.id, taken).await {
        tracing::warn!(error = %away, "an upload cannot be stored");
        // What fails here, too, is cleared later.
        if api.files.objects.delete(row.file.id).await.is_ok() {
            api.store.forget_file(row.file.id).await?;
        }
        return Err(ApiError::unavailable("files cannot be stored at the moment; try again later"));
    }
    match api.store.finish_file(row.file.id).await? {
        true => Ok(row.file),
        false => Err(ApiError::unavailable("storing the file took too long; try again")),
    }
}

async fn store(api: &Api, id: FileId, taken: Taken) -> Result<(), Away> {
    if let Some(thumbnail) = taken.thumbnail {
        api.files.objects.write_thumbnail(id, thumbnail).await?;
    }
    api.files.objects.write(id, taken.file).await
}
