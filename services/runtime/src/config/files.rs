//! The section `[files]`: where files are kept, and how much of them.
//!
//! What a setting means stands in `default.toml`, not here.

use std::path::PathBuf;
use std::time::Duration;

use http::Uri;

use super::read::Reader;
use super::secret::Secret;
use super::sections::{MAX_BYTES, MAX_COUNT};

const DAY: i64 = 24 * 3600;
const PETABYTE: i64 = 1 << 50;

#[derive(Clone, Debug)]
pub struct FilesConfig {
    /// `None`: in the folder `path`.
    pub s3: Option<S3Config>,
    pub path: PathBuf,
    pub temporary_path: Option<PathBuf>,
    pub max_bytes: u64,
    pub per_message: usize,
    /// `u64::MAX` is no quota.
    pub quota_bytes: u64,
    pub unused: Duration,
    pub upload_stall: Duration,
    pub upload_timeout: Duration,
    pub uploads: usize,
    pub uploads_per_user: usize,
    pub image_pixels: u64,
    pub image_workers: usize,
}

/// A bucket of a server that speaks S3.
#[derive(Clone, Debug)]
pub struct S3Config {
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub prefix: String,
    pub access_key_id: Secret,
    pub secret_access_key: Secret,
}

impl FilesConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let is_s3 = r.parsed("files.store", "\"local\" or \"s3\"", |text| match text {
            "local" => Some(false),
            "s3" => Some(true),
            _ => None,
        });
        if r.path("files.path").is_none() && is_s3 == Some(false) {
            r.wrong("files.path", "must be a folder");
        }
        let quota: u64 = r.number("files.quota_bytes", 0..=PETABYTE);
        Self {
            s3: is_s3.filter(|is_s3| *is_s3).map(|_| S3Config::read(r)),
            path: r.path("files.path").unwrap_or_default(),
            temporary_path: r.path("files.temporary_path"),
            max_bytes: r.number("files.max_bytes", 1..=MAX_BYTES),
            per_message: r.number("files.per_message", 0..=100),
            quota_bytes: if quota == 0 { u64::MAX } else { quota },
            unused: Duration::from_secs(3600 * r.number::<u64>("files.unused_hours", 1..=24 * 365)),
            upload_stall: r.seconds("files.upload_stall_seconds", 1..=DAY),
            upload_timeout: r.seconds("files.upload_timeout_seconds", 1..=DAY),
            uploads: r.number("files.uploads", 1..=MAX_COUNT),
            uploads_per_user: r.number("files.uploads_per_user", 1..=MAX_COUNT),
            image_pixels: r.number("files.image_pixels", 1..=MAX_BYTES),
            image_workers: r.number("files.image_workers", 1..=256),
        }
    }
}

impl S3Config {
    fn read(r: &mut Reader<'_>) -> Self {
        let endpoint =
            r.parsed("files.s3_endpoint", "the address of an S3 server, http(s)://host[:port][/path]", |text| {
                let uri: Uri = text.parse().ok()?;
                let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
                let is_plain = uri.query().is_none() && !uri.authority()?.as_str().contains('@');
                (is_http && is_plain).then(|| text.trim_end_matches('/').to_owned())
            });
        let bucket = r.parsed("files.s3_bucket", "the name of a bucket", |text| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            ((1..=255).contains(&text.len()) && text.chars().all(allowed)).then(|| text.to_owned())
        });
        let prefix =
            r.parsed("files.s3_prefix", "names of a-z, A-Z, 0-9, dot, hyphen and underscore between slashes", |text| {
                let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
                let is_name = |part: &str| !part.is_empty() && part.chars().all(allowed) && !matches!(part, "." | "..");
                (text.is_empty() || text.split('/').all(is_name)).then(|| text.to_owned())
            });
        Self {
            endpoint: endpoint.unwrap_or_default(),
            bucket: bucket.unwrap_or_default(),
            region: r.text("files.s3_region"),
            prefix: prefix.unwrap_or_default(),
            access_key_id: Self::secret(r, "files.s3_access_key_id_file"),
            secret_access_key: Self::secret(r, "files.s3_secret_access_key_file"),
        }
    }

    fn secret(r: &mut Reader<'_>, key: &str) -> Secret {
        if r.path(key).is_none() {
            r.wrong(key, "is needed when files.store is \"s3\"");
        }
        r.secret_file(key).unwrap_or_else(|| Secret::new(""))
    }
}
