//! Files that messages carry: taking them in, handing them out, clearing them.
//!
//! Invariants: a row tells of an object before it is there and until it is gone, so nothing is ever left in the object store that nobody
//! knows of; the right to read is asked for at each download; what a browser may show was read and written anew by us, or can hold no
//! program; a person's name for a file is only ever repeated to people.

mod answer;
mod attach;
mod cleaner;
mod content;
mod objects;
mod picture;
mod s3;
mod slots;
mod spool;
mod strip;
mod upload;

use std::path::PathBuf;
use std::sync::Arc;

use confab_runtime::config::{Config, FilesConfig};
use tokio::sync::Semaphore;

pub(crate) use answer::{answer, answer_small};
pub(crate) use attach::{asked, look_up};
pub use cleaner::Cleaner;
pub(crate) use objects::Object;
pub(crate) use upload::upload;

use objects::Objects;
use slots::Slots;

/// What the routes of files share.
pub(crate) struct FileStore {
    objects: Objects,
    uploads: Slots,
    /// Images that are worked on.
    workers: Arc<Semaphore>,
    temporary: Option<PathBuf>,
}

impl FileStore {
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let FilesConfig { uploads, uploads_per_user, image_workers, temporary_path, .. } = &config.files;
        Ok(Self {
            objects: Objects::open(&config.files)?,
            uploads: Slots::new(*uploads, *uploads_per_user),
            workers: Arc::new(Semaphore::new(*image_workers)),
            temporary: temporary_path.clone(),
        })
    }
}
