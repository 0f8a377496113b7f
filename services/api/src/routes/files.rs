//! Files: send one before the message that carries it, get it, take it back.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use confab_domain::text::FileName;
use confab_proto::http::FileAnswer;
use confab_proto::{ErrorCode, FileId};

use crate::error::{ApiError, field};
use crate::extract::{Id, Params, SignedIn};
use crate::files::{self, Object};
use crate::openapi::{Bytes, Refusals};
use crate::state::AppState;

/// Send a file, to attach it to a message; the body is its bytes, whatever type they are sent as
///
/// What it is is read from its content. Images lose what they tell beside the picture, but for how it is turned.
/// A file that no message uses is cleared after a while.
#[utoipa::path(post, path = "/api/files", tag = "files",
    params(("name" = String, Query, description = "What it is called; no path", min_length = 1, max_length = 255)),
    request_body(content = inline(Bytes), content_type = "application/octet-stream"),
    responses((status = 201, body = FileAnswer, description = "Kept"), Refusals))]
pub(crate) async fn upload_file(
    State(api): State<AppState>,
    who: SignedIn,
    params: Params,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<FileAnswer>), ApiError> {
    params.only(&["name"])?;
    let name = params.text("name").ok_or_else(|| ApiError::malformed("name", "is missing"))?;
    let name = FileName::parse(name).map_err(field("name"))?;
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()).and_then(|text| text.parse().ok());
    let file = files::upload(&api, who.user, name, length, body).await?;
    Ok((StatusCode::CREATED, Json(FileAnswer { file })))
}

/// The content of a file, for whoever may read a message that carries it; before there is one, for who sent it
///
/// One range of bytes may be asked for. Images, sound and film come as they are, all else comes to be saved.
#[utoipa::path(get, path = "/api/files/{id}", tag = "files",
    params(("id" = FileId, Path)),
    responses(
        (status = 200, description = "All of it", content_type = "*/*", body = inline(Bytes)),
        (status = 206, description = "The range that was asked for", content_type = "*/*", body = inline(Bytes)),
        (status = 304, description = "What the request names by its ETag is still right"),
        Refusals))]
pub(crate) async fn get_file(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id<FileId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = api.store.file_for(id, who.user).await?.ok_or_else(not_there)?;
    files::answer(&api, &row.file, Object::Content, &headers).await
}

/// A small picture of an image whose `thumbnail` is true
#[utoipa::path(get, path = "/api/files/{id}/thumbnail", tag = "files",
    params(("id" = FileId, Path)),
    responses(
        (status = 200, description = "The picture", content((inline(Bytes) = "image/jpeg"), (inline(Bytes) = "image/png"))),
        (status = 304, description = "What the request names by its ETag is still right"),
        Refusals))]
pub(crate) async fn get_thumbnail(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id<FileId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = api.store.file_for(id, who.user).await?.filter(|row| row.file.thumbnail).ok_or_else(not_there)?;
    files::answer(&api, &row.file, Object::Thumbnail, &headers).await
}

/// Take back a file that no message carries
#[utoipa::path(delete, path = "/api/files/{id}", tag = "files",
    params(("id" = FileId, Path)),
    responses((status = 204, description = "Nobody gets it any more"), Refusals))]
pub(crate) async fn delete_file(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id<FileId>,
) -> Result<StatusCode, ApiError> {
    if api.store.drop_file(id, who.user).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    match api.store.file_for(id, who.user).await? {
        None => Err(not_there()),
        Some(_) => Err(ApiError::new(
            ErrorCode::Forbidden,
            "a message or you yourself show this file: delete the message, or take another picture",
        )),
    }
}

fn not_there() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is no such file")
}
