//! Files: what they are, who may have them, and which are to be cleared. Their bytes are somewhere else.
//!
//! A message takes a file into use, and gives it up, in the append that posts or blanks it; so the right to read a file
//! goes with the message, in the same commit. A row is there before the bytes are and stays until they are gone:
//! nothing is ever in the object store that no row tells of.

use async_trait::async_trait;
use confab_domain::may;
use confab_proto::http::Attachment;
use confab_proto::{FileId, Timestamp, UserId};

use crate::channel::{Sql, first};
use crate::decode::{bound, count, own_columns, own_row, rules, rules_columns};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;

/// What the store knows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    pub owner: UserId,
    pub file: Attachment,
    /// It is the picture of its owner, and no message gets it.
    pub is_picture: bool,
    pub created_at: Timestamp,
}

/// Files that were left behind before these moments are of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Of no message yet.
    pub unused_since: Timestamp,
    /// On their way into the object store, which whoever sent them did not live to see.
    pub storing_since: Timestamp,
}

/// Files that messages carry: their rows, not their bytes.
#[async_trait]
pub trait Files: Send + Sync + 'static {
    /// Bytes that the files of a person take, with those that are to be cleared and still there.
    async fn file_bytes(&self, owner: UserId) -> Result<u64, StoreError>;

    /// Notes a file whose bytes are about to be stored. `false`, and nothing was noted: the owner would have more than `quota`.
    async fn reserve_file(&self, row: &FileRow, quota: u64) -> Result<bool, StoreError>;

    /// Its bytes are stored: its owner may use it. `false`: it was given up meanwhile.
    async fn finish_file(&self, file: FileId) -> Result<bool, StoreError>;

    /// One that `viewer` may read: their own that no message has yet, or one of a message that they may read.
    async fn file_for(&self, file: FileId, viewer: UserId) -> Result<Option<FileRow>, StoreError>;

    /// Gives up one of the owner's that no message has yet. `false`: it is none.
    async fn drop_file(&self, file: FileId, owner: UserId) -> Result<bool, StoreError>;

    /// Gives up what was left behind, and tells what is to be cleared, with what messages gave up. Nobody reads it any more.
    async fn files_to_clear(&self, leftover: Leftover, limit: usize) -> Result<Vec<FileId>, StoreError>;

    /// Its bytes are gone, or were never stored.
    async fn forget_file(&self, file: FileId) -> Result<(), StoreError>;

    /// Makes an image of theirs that no message has their picture, or takes the picture away; the one before is given up. `false`,
    /// and all stays: it is no such image, or the account is gone.
    async fn set_picture(&self, user: UserId, file: Option<FileId>) -> Result<bool, StoreError>;

    /// The picture of a person, which everybody may see.
    async fn picture_of(&self, user: UserId) -> Result<Option<FileRow>, StoreError>;
}

macro_rules! bytes_of {
    ($owner:literal) => {
        concat!("coalesce((select cast(sum(x.size) as bigint) from files x where x.owner_id = ", $owner, "), 0)")
    };
}

const BYTES_OF: &str = concat!("select ", bytes_of!("$1"), " as bytes");

/// Above the quota `$10` nothing is inserted. Whoever counts has the lock of the statement before.
const RESERVE: &str = concat!(
    "insert into files (id, owner_id, name, size, media_type, width, height, has_thumbnail, state, created_at)
     select $1, $2, $3, $4, $5, nullif($6, 0), nullif($7, 0), $8 = 1, 'storing', $9 where ",
    bytes_of!("$2"),
    " + $4 <= $10"
);

const FINISH: &str = "update files set state = 'unused' where id = $1 and state = 'storing'";

macro_rules! file_columns {
    () => {
        "f.id, f.owner_id, f.name as file_name, f.size, f.media_type, f.width, f.height, f.has_thumbnail, f.created_at, \
         f.state"
    };
}

/// The file `$1` beside what gives the user `$2` the right to it: nothing for one of theirs that is of no message, else
/// conversations of messages that it is attached to, of which a few are enough.
const FILE_FOR: &str = concat!(
    "select ",
    file_columns!(),
    ", ",
    rules_columns!(),
    ", ",
    own_columns!(),
    " from files f
     left join file_uses u on f.state = 'used' and u.file_id = f.id
     left join events e on e.stream_id = u.stream_id and e.seq = u.seq and e.redacted_at is null
     left join streams s on s.id = e.stream_id
     left join members m on m.stream_id = s.id and m.user_id = $2
     where f.id = $1 and (f.state in ('unused', 'picture') and f.owner_id = $2
         or f.state = 'used' and case when m.role is null then s.visibility = 'public' else m.role <> 'banned' end)
     limit 8"
);

const DROP_UNUSED: &str = "update files set state = 'dropped' where id = $1 and owner_id = $2 and state = 'unused'";

/// A message that takes such a file into use at the same moment either was first, or finds it dropped.
const DROP_LEFTOVER: &str = "update files set state = 'dropped'
    where state = 'unused' and created_at < $1 or state = 'storing' and created_at < $2";

const DROPPED: &str = "select id from files where state = 'dropped' order by created_at limit $1";

const TAKE_PICTURE: &str = "update files set state = 'picture'
    where id = $1 and owner_id = $2 and width is not null and state in ('unused', 'picture')";
const SET_PICTURE: &str = "update users set avatar_id = $1 where id = $2 and deleted_at is null
    and exists (select 1 from files f where f.id = $1 and f.owner_id = $2 and f.state = 'picture')";
const NO_PICTURE: &str = "update users set avatar_id = null where id = $1 and deleted_at is null";
/// After the row of the user is as it shall be.
pub(crate) const DROP_OTHER_PICTURES: &str =
    "update files set state = 'dropped' where owner_id = $1 and state = 'picture'
    and not exists (select 1 from users u where u.id = $1 and u.avatar_id = files.id)";

const PICTURE_OF: &str = concat!(
    "select ",
    file_columns!(),
    " from users u cross join files f where u.id = $1 and f.id = u.avatar_id and f.state = 'picture'"
);

const FORGET: &str = "delete from files where id = $1 and state in ('dropped', 'storing')";

#[async_trait]
impl<D: Dialect> Files for Sql<D> {
    async fn file_bytes(&self, owner: UserId) -> Result<u64, StoreError> {
        let rows = self.0.rows(BYTES_OF, &[Arg::Id(owner.uuid())]).await?;
        Ok(first(&rows)?.int("bytes")?.cast_unsigned())
    }

    async fn reserve_file(&self, row: &FileRow, quota: u64) -> Result<bool, StoreError> {
        let FileRow { owner, file, is_picture: _, created_at } = row;
        let lock = (D::LOCK_FILES_OF, vec![Arg::Id(owner.uuid())]);
        let args = vec![
            Arg::Id(file.id.uuid()),
            Arg::Id(owner.uuid()),
            Arg::Text(&file.name),
            Arg::Int(bound(file.size)),
            Arg::Text(&file.media_type),
            Arg::Int(file.width.unwrap_or(0).into()),
            Arg::Int(file.height.unwrap_or(0).into()),
            Arg::Int(file.thumbnail.into()),
            Arg::Int(created_at.0),
            Arg::Int(bound(quota)),
        ];
        let touched = self.0.write(&[lock, (RESERVE, args)]).await?;
        Ok(touched.last().is_some_and(|inserted| *inserted == 1))
    }

    async fn finish_file(&self, file: FileId) -> Result<bool, StoreError> {
        Ok(self.0.write(&[(FINISH, vec![Arg::Id(file.uuid())])]).await? == [1])
    }

    async fn file_for(&self, file: FileId, viewer: UserId) -> Result<Option<FileRow>, StoreError> {
        let rows = self.0.rows(FILE_FOR, &[Arg::Id(file.uuid()), Arg::Id(viewer.uuid())]).await?;
        for row in &rows {
            if is_readable(row, viewer)? {
                return file_row(row).map(Some);
            }
        }
        Ok(None)
    }

    async fn drop_file(&self, file: FileId, owner: UserId) -> Result<bool, StoreError> {
        let args = vec![Arg::Id(file.uuid()), Arg::Id(owner.uuid())];
        Ok(self.0.write(&[(DROP_UNUSED, args)]).await? == [1])
    }

    async fn files_to_clear(&self, leftover: Leftover, limit: usize) -> Result<Vec<FileId>, StoreError> {
        let args = vec![Arg::Int(leftover.unused_since.0), Arg::Int(leftover.storing_since.0)];
        self.0.write(&[(DROP_LEFTOVER, args)]).await?;
        let rows = self.0.rows(DROPPED, &[Arg::Int(count(limit))]).await?;
        rows.iter().map(|row| Ok(FileId::from_uuid(row.id("id")?))).collect()
    }

    async fn forget_file(&self, file: FileId) -> Result<(), StoreError> {
        self.0.write(&[(FORGET, vec![Arg::Id(file.uuid())])]).await.map(drop)
    }

    async fn set_picture(&self, user: UserId, file: Option<FileId>) -> Result<bool, StoreError> {
        let owner = Arg::Id(user.uuid());
        // One change of a person's files after the other; so what the last statement leaves is the one picture that the user has.
        let mut statements = vec![(D::LOCK_FILES_OF, vec![owner])];
        match file.map(|file| Arg::Id(file.uuid())) {
            Some(file) => {
                statements.extend([(TAKE_PICTURE, vec![file, owner]), (SET_PICTURE, vec![file, owner])]);
            }
            None => statements.push((NO_PICTURE, vec![owner])),
        }
        let set = statements.len() - 1;
        statements.push((DROP_OTHER_PICTURES, vec![owner]));
        Ok(self.0.write(&statements).await?[set] == 1)
    }

    async fn picture_of(&self, user: UserId) -> Result<Option<FileRow>, StoreError> {
        let rows = self.0.rows(PICTURE_OF, &[Arg::Id(user.uuid())]).await?;
        rows.first().map(file_row).transpose()
    }
}

fn is_readable(row: &impl Columns, viewer: UserId) -> Result<bool, StoreError> {
    if row.text("state")? != "used" {
        return Ok(row.id("owner_id")? == viewer.uuid());
    }
    let Some(rules) = rules(row)? else { return Ok(false) };
    Ok(may::read(&rules, own_row(row)?.map(|own| own.role)))
}

fn file_row(row: &impl Columns) -> Result<FileRow, StoreError> {
    let pixels = |column| -> Result<Option<u32>, StoreError> {
        let value = row.maybe_int(column)?;
        value.map(u32::try_from).transpose().map_err(|_| StoreError::Damaged(format!("{column} is out of range")))
    };
    let file = Attachment {
        id: FileId::from_uuid(row.id("id")?),
        name: row.text("file_name")?,
        size: row.int("size")?.cast_unsigned(),
        media_type: row.text("media_type")?,
        width: pixels("width")?,
        height: pixels("height")?,
        thumbnail: row.flag("has_thumbnail")?,
    };
    let owner = UserId::from_uuid(row.id("owner_id")?);
    let is_picture = row.text("state")? == "picture";
    Ok(FileRow { owner, file, is_picture, created_at: Timestamp(row.int("created_at")?) })
}
