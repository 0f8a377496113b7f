//! Where the bytes are: objects in a folder or in a bucket, each named by the id of its file, never by what a person called it.
//!
//! Guarantees: an object is there whole or not at all; nothing waits for ever; an object store that is away is told apart from an
//! object that is not there.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use confab_proto::FileId;
use confab_runtime::config::FilesConfig;
use confab_runtime::tasks::blocking;
use futures_util::stream::{BoxStream, StreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutPayload};
use tokio::time::timeout;

use super::s3;

/// Smaller files go in one request; the parts of larger ones are of this size, the smallest that S3 takes.
const PART_BYTES: usize = 5 << 20;
/// For a whole file.
const WRITE: Duration = Duration::from_secs(120);
const PART: Duration = Duration::from_secs(60);
/// For the beginning of one, for each further piece, and for deleting one.
const STEP: Duration = Duration::from_secs(20);

/// Which of a file's objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Content,
    Thumbnail,
}

/// The object store did not do it, whatever the reason.
#[derive(Debug)]
pub(crate) struct Away(pub(super) String);

impl From<object_store::Error> for Away {
    fn from(error: object_store::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Away {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl std::error::Error for Away {}

impl std::fmt::Display for Away {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the object store failed: {}", self.0)
    }
}

async fn within<T>(time: Duration, work: impl Future<Output = Result<T, object_store::Error>>) -> Result<T, Away> {
    match timeout(time, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Away("it does not answer".to_owned())),
    }
}

pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
    /// All objects are under it.
    root: Path,
    /// Of a store that is a folder.
    folder: Option<PathBuf>,
}

impl Objects {
    /// Touches nothing yet: a folder is made by the first file.
    pub(super) fn open(config: &FilesConfig) -> anyhow::Result<Self> {
        if let Some(s3) = &config.s3 {
            return Ok(Self { store: Arc::new(s3::open(s3)?), root: Path::from(s3.prefix.as_str()), folder: None });
        }
        let folder = std::path::absolute(&config.path).context("files.path is no folder")?;
        let root = Path::from_absolute_path(&folder).context("files.path is no folder that files can be kept in")?;
        let store = LocalFileSystem::new().with_fsync(true);
        Ok(Self { store: Arc::new(store), root, folder: Some(folder) })
    }

    /// The last digits of an id are random, so the folders fill evenly.
    fn path(&self, file: FileId, object: Object) -> Path {
        let name = file.to_string();
        let folder = self.root.clone().join(&name[name.len() - 2..]);
        match object {
            Object::Content => folder.join(name),
            Object::Thumbnail => folder.join(format!("{name}.thumbnail")),
        }
    }

    /// Stores the whole of `from`, of which one part at a time is in memory.
    pub(super) async fn write(&self, file: FileId, mut from: File) -> Result<(), Away> {
        from.seek(SeekFrom::Start(0))?;
        let (from, path) = (Arc::new(from), self.path(file, Object::Content));
        let first = part(&from).await?;
        if first.len() < PART_BYTES {
            return within(WRITE, self.store.put(&path, first.into())).await.map(drop);
        }
        let mut upload = within(STEP, self.store.put_multipart(&path)).await?;
        let parts = async {
            let mut part = first;
            while !part.is_empty() {
                within(PART, upload.put_part(part.into())).await?;
                part = self::part(&from).await?;
            }
            within(STEP, upload.complete()).await.map(drop)
        };
        let stored = timeout(WRITE, parts).await.unwrap_or_else(|_| Err(Away("it takes too long".to_owned())));
        if stored.is_err() {
            // If this fails, too, the bucket's own rule for broken-off uploads must see to what is there of it.
            within(STEP, upload.abort()).await.ok();
        }
        stored
    }

    pub(super) async fn write_thumbnail(&self, file: FileId, bytes: Vec<u8>) -> Result<(), Away> {
        let path = self.path(file, Object::Thumbnail);
        let put = self.store.put(&path, PutPayload::from(bytes));
        within(STEP, put).await.map(drop)
    }

    /// The bytes of an object, or those in `range`, piece by piece; `None`: it is not there.
    pub(super) async fn read(
        &self,
        file: FileId,
        object: Object,
        range: Option<Range<u64>>,
    ) -> Result<Option<BoxStream<'static, Result<Bytes, Away>>>, Away> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let path = self.path(file, object);
        let got = match timeout(STEP, self.store.get_opts(&path, options)).await {
            Ok(Ok(got)) => got,
            Ok(Err(object_store::Error::NotFound { .. })) => return Ok(None),
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => return Err(Away("it does not answer".to_owned())),
        };
        let pieces = futures_util::stream::unfold(Some(got.into_stream()), async |pieces| {
            let mut pieces = pieces?;
            match timeout(STEP, pieces.next()).await {
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
                Ok(Some(Err(error))) => Some((Err(error.into()), None)),
                Ok(None) => None,
                Err(_) => Some((Err(Away("it stopped answering".to_owned())), None)),
            }
        });
        Ok(Some(pieces.boxed()))
    }

    /// Deletes what there is of a file.
    pub(super) async fn delete(&self, file: FileId) -> Result<(), Away> {
        for object in [Object::Content, Object::Thumbnail] {
            let path = self.path(file, object);
            match timeout(STEP, self.store.delete(&path)).await {
                Ok(Ok(()) | Err(object_store::Error::NotFound { .. })) => {}
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Err(Away("it does not answer".to_owned())),
            }
        }
        self.delete_broken_off(file).await
    }

    /// What a process that was killed left of a file in a folder: parts are written beside the place where the whole will be.
    async fn delete_broken_off(&self, file: FileId) -> Result<(), Away> {
        let Some(root) = &self.folder else { return Ok(()) };
        let name = file.to_string();
        let folder = root.join(&name[name.len() - 2..]);
        let deleted = blocking(move || {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            };
            for entry in entries {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with(&name) {
                    std::fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        });
        Ok(deleted.await.map_err(|error| Away(error.to_string()))??)
    }
}

/// The next part of the file; shorter, or empty, at its end.
async fn part(from: &Arc<File>) -> Result<Vec<u8>, Away> {
    let from = from.clone();
    let read = blocking(move || {
        let mut part = Vec::new();
        (&*from).take(PART_BYTES as u64).read_to_end(&mut part)?;
        Ok::<_, std::io::Error>(part)
    });
    Ok(read.await.map_err(|error| Away(error.to_string()))??)
}
