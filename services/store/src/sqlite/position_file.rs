//! The last position of the log, in a file beside the database.
//!
//! Guarantee: it is never ahead of the database, since it is written after the commit and before the answer. So a
//! file that is ahead when the store is opened proves that an older database was put in place, and a new epoch begins.
//! It is not synced: after a power cut it may lag behind, which is no proof of anything.

use std::fs::{File, OpenOptions};
use std::io::{Read, Result};
use std::os::unix::fs::FileExt;
use std::path::Path;

use confab_proto::Position;

/// The open file.
pub(super) struct PositionFile(File);

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
    pub(super) fn open(database: &Path) -> Result<(Self, Seen)> {
        let mut path = database.as_os_str().to_owned();
        path.push(".position");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok((Self(file), parse(&text)))
    }

    /// Twenty digits in one write, so that a reader sees the old or the new number.
    pub(super) fn write(&self, position: Position) -> Result<()> {
        self.0.write_all_at(format!("{:020}\n", position.0).as_bytes(), 0)
    }
}

fn parse(text: &[u8]) -> Seen {
    let number =
        std::str::from_utf8(text).ok().filter(|text| text.len() == 21).and_then(|text| text.strip_suffix('\n'));
    number.and_then(|digits| digits.parse().ok()).map_or(Seen::Unreadable, Seen::Position)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn remembers_the_last_position() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("confab.db");
        let (file, seen) = PositionFile::open(&database).unwrap();
        assert_eq!(seen, Seen::Unreadable);
        file.write(Position(7)).unwrap();
        file.write(Position(12)).unwrap();
        let (_, seen) = PositionFile::open(&database).unwrap();
        assert_eq!(seen, Seen::Position(12));
        assert!(seen.is_at_most(Position(12)) && !seen.is_at_most(Position(11)));
    }

    #[test]
    fn a_torn_file_proves_nothing_good() {
        for torn in ["", "12", "0000000000000000000x\n", "00000000000000000012"] {
            assert_eq!(parse(torn.as_bytes()), Seen::Unreadable, "{torn:?}");
        }
        assert!(!Seen::Unreadable.is_at_most(Position(1)));
        assert!(Seen::Unreadable.is_at_most(Position::ZERO));
    }
}
