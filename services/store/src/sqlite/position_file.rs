//! The last position of the log, in a file beside the database.
//!
//! Guarantee: it is never ahead of the database, since it is written after the commit and before the answer. So a
//! file that is ahead when the store is opened proves that an older database was put in place, and a new epoch begins.
//! It is not synced: after a power cut it may lag behind, which is no proof of anything.
//!
//! Several processes may have the store open (a server and `confab demo`): whoever reads or writes the file holds its
//! lock, and nobody sets it back but the one who opens a store that went back.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use confab_proto::Position;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

/// Twenty digits and the end of a line.
const LENGTH: usize = 21;
/// The lock is held for a few system calls only; but its holder may have been stopped between them.
const RETRY: Duration = Duration::from_millis(1);

/// The open file. A lock of the operating system belongs to the open file, so within the process another one is needed.
pub(super) struct PositionFile {
    file: Mutex<File>,
    /// How long to wait for another process.
    patience: Duration,
}

/// What stood in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Position(u64),
    /// New, torn, or not ours: proves nothing good.
    Unreadable,
}

impl Seen {
    /// Whether a log that ends at `position` may be the one that the file was written for.
    pub(super) fn is_at_most(&self, position: Position) -> bool {
        match self {
            Self::Position(seen) => *seen <= position.0,
            // Of an empty log nobody has seen anything yet.
            Self::Unreadable => position == Position::ZERO,
        }
    }
}

impl PositionFile {
    /// Opens or creates `<database>.position`.
    pub(super) fn open(database: &Path, patience: Duration) -> Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push(".position");
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Self { file: Mutex::new(file), patience })
    }

    /// Until the guard is dropped, nobody else reads or writes the file.
    pub(super) async fn lock(&self) -> Result<Locked<'_>> {
        let file = self.file.lock().await;
        let give_up = Instant::now() + self.patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Locked(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < give_up => tokio::time::sleep(RETRY).await,
                Err(TryLockError::WouldBlock) => return Err(ErrorKind::TimedOut.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// The log reaches to `position`, if another process has not seen it go further already.
    pub(super) async fn advance(&self, position: Position) -> Result<()> {
        let locked = self.lock().await?;
        match locked.read()? {
            Seen::Position(seen) if seen >= position.0 => Ok(()),
            _ => locked.write(position),
        }
    }
}

/// The file in the hands of this process.
pub(super) struct Locked<'f>(MutexGuard<'f, File>);

impl Locked<'_> {
    pub(super) fn read(&self) -> Result<Seen> {
        let mut text = [0; LENGTH];
        match self.0.read_exact_at(&mut text, 0) {
            Ok(()) => Ok(parse(&text)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(Seen::Unreadable),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write(&self, position: Position) -> Result<()> {
        self.0.write_all_at(format!("{:020}\n", position.0).as_bytes(), 0)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::error!(%error, "the position file cannot be unlocked");
        }
    }
}

fn parse(text: &[u8; LENGTH]) -> Seen {
    let number = std::str::from_utf8(text).ok().and_then(|text| text.strip_suffix('\n'));
    number.and_then(|digits| digits.parse().ok()).map_or(Seen::Unreadable, Seen::Position)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn remembers_the_last_position() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("confab.db");
        let file = PositionFile::open(&database, PATIENCE).unwrap();
        assert_eq!(file.lock().await.unwrap().read().unwrap(), Seen::Unreadable);
        file.advance(Position(7)).await.unwrap();
        file.advance(Position(12)).await.unwrap();
        let again = PositionFile::open(&database, PATIENCE).unwrap();
        let seen = again.lock().await.unwrap().read().unwrap();
        assert_eq!(seen, Seen::Position(12));
        assert!(seen.is_at_most(Position(12)) && !seen.is_at_most(Position(11)));
    }

    #[tokio::test]
    async fn of_two_processes_the_slower_one_does_not_set_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("confab.db");
        let (one, two) =
            (PositionFile::open(&database, PATIENCE).unwrap(), PositionFile::open(&database, PATIENCE).unwrap());
        one.advance(Position(8)).await.unwrap();
        two.advance(Position(7)).await.unwrap();
        assert_eq!(two.lock().await.unwrap().read().unwrap(), Seen::Position(8));
    }

    #[tokio::test]
    async fn who_holds_it_is_waited_for_but_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("confab.db");
        let (one, two) =
            (PositionFile::open(&database, PATIENCE).unwrap(), PositionFile::open(&database, RETRY).unwrap());
        let held = one.lock().await.unwrap();
        assert_eq!(two.advance(Position(1)).await.unwrap_err().kind(), ErrorKind::TimedOut);
        drop(held);
        two.advance(Position(1)).await.unwrap();
    }

    #[test]
    fn a_torn_file_proves_nothing_good() {
        for torn in ["000000000000000000x1\n", "000000000000000000012"] {
            assert_eq!(parse(torn.as_bytes().try_into().unwrap()), Seen::Unreadable, "{torn:?}");
        }
        assert!(!Seen::Unreadable.is_at_most(Position(1)));
        assert!(Seen::Unreadable.is_at_most(Position::ZERO));
    }
}
