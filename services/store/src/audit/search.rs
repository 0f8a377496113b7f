//! Questions about the whole log that the database answers better than a reader with little memory: what stands twice, and what
//! points to what.

use confab_proto::StreamId;
use sqlx::error::Error;

use crate::dialect::Columns;

/// A question. Whatever it finds should not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Events with the same position.
    SamePosition,
    /// Events of one stream with the same `seq`.
    SameSeq,
    /// Events of one stream and actor with the same `client_id`.
    SameClientId,
    /// Events whose target is not there, stands behind them, or is no message.
    TargetAmiss,
    /// Events that were blanked though nothing in the log says why.
    RedactedForNoReason,
    /// Events that were taken back and are still to be read.
    DeletedYetThere,
    /// Messages that carry files of which the store knows nothing, and files that are carried by what is no message.
    FilesAmiss,
    /// Files in use by nothing or unused by something, by their owners.
    UsesAmiss,
    /// People whose picture is no file kept for that, or who have such a file and do not show it.
    PictureAmiss,
}

/// An event that should not be as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub position: i64,
    pub stream_id: StreamId,
    pub seq: i64,
}

/// More of a kind help nobody.
const LIMIT: &str = " limit 1000";

macro_rules! same {
    ($columns:literal, $on:literal) => {
        concat!(
            "select e.position, e.stream_id, e.seq from (select ",
            $columns,
            " from events group by ",
            $columns,
            " having count(*) > 1) d join events e on ",
            $on
        )
    };
}

impl Search {
    pub const ALL: [Self; 9] = [
        Self::SamePosition,
        Self::SameSeq,
        Self::SameClientId,
        Self::TargetAmiss,
        Self::RedactedForNoReason,
        Self::DeletedYetThere,
        Self::FilesAmiss,
        Self::UsesAmiss,
        Self::PictureAmiss,
    ];

    pub(super) fn sql(self) -> String {
        self.question().to_owned() + LIMIT
    }

    const fn question(self) -> &'static str {
        match self {
            Self::SamePosition => same!("position", "e.position = d.position"),
            Self::SameSeq => same!("stream_id, seq", "e.stream_id = d.stream_id and e.seq = d.seq"),
            Self::SameClientId => {
                "select e.position, e.stream_id, e.seq from
                 (select stream_id, actor_id, client_id from events where client_id is not null
                  group by stream_id, actor_id, client_id having count(*) > 1) d
                 join events e on e.stream_id = d.stream_id and e.actor_id = d.actor_id and e.client_id = d.client_id"
            }
            Self::TargetAmiss => {
                "select e.position, e.stream_id, e.seq from events e
                 left join events t on t.stream_id = e.stream_id and t.seq = e.target_seq
                 where e.target_seq is not null
                   and (t.seq is null or e.target_seq >= e.seq or t.type <> 'message.posted' and
                     (t.type <> 'message.replied' or e.type in ('message.replied', 'message.pinned', 'message.unpinned')))"
            }
            // What a deletion takes back is the message and its edits; what a reply points to is another message.
            Self::RedactedForNoReason => {
                "select e.position, e.stream_id, e.seq from events e where e.redacted_at is not null
                   and not exists (select 1 from events d where d.stream_id = e.stream_id and d.type = 'message.deleted'
                     and d.seq > e.seq
                     and d.target_seq = case when e.type in ('message.posted', 'message.replied') then e.seq
                       when e.type = 'message.edited' then e.target_seq end)"
            }
            // Within a text the quotation marks would have a backslash before them. `seq` 0 is no message.
            Self::FilesAmiss => {
                "select e.position, e.stream_id, e.seq from events e
                 where e.type in ('message.posted', 'message.replied') and e.redacted_at is null
                   and e.data like '%\"attachments\":[{%'
                   and not exists (select 1 from file_uses u where u.stream_id = e.stream_id and u.seq = e.seq)
                 union all
                 select coalesce(e.position, 0) as position, u.stream_id, u.seq from file_uses u
                 left join events e on e.stream_id = u.stream_id and e.seq = u.seq
                   and e.type in ('message.posted', 'message.replied')
                 where u.seq > 0 and (e.seq is null or e.redacted_at is not null)"
            }
            Self::UsesAmiss => {
                "select cast(0 as bigint) as position, f.owner_id as stream_id, cast(0 as bigint) as seq from files f
                 where (f.state = 'used') <> (exists (select 1 from file_uses u where u.file_id = f.id))"
            }
            Self::PictureAmiss => {
                "select cast(0 as bigint) as position, u.id as stream_id, cast(0 as bigint) as seq from users u
                 where u.avatar_id is not null and not exists (select 1 from files f
                   where f.id = u.avatar_id and f.owner_id = u.id and f.state = 'picture')
                 union all
                 select cast(0 as bigint) as position, f.owner_id as stream_id, cast(0 as bigint) as seq from files f
                 where f.state = 'picture'
                   and not exists (select 1 from users u where u.id = f.owner_id and u.avatar_id = f.id)"
            }
            Self::DeletedYetThere => {
                // Two halves, each by its own index: an `or` would read whole conversations.
                "select position, stream_id, seq from (
                   select e.position, e.stream_id, e.seq from events d
                   join events e on e.stream_id = d.stream_id and e.seq = d.target_seq
                   where d.type = 'message.deleted' and e.redacted_at is null
                   union all
                   select e.position, e.stream_id, e.seq from events d
                   join events e on e.stream_id = d.stream_id and e.target_seq = d.target_seq
                   where d.type = 'message.deleted' and e.type = 'message.edited' and e.redacted_at is null
                 ) still_there"
            }
        }
    }
}

pub(super) fn found(row: &impl Columns) -> Result<Found, Error> {
    Ok(Found {
        position: row.int("position")?,
        stream_id: StreamId::from_uuid(row.id("stream_id")?),
        seq: row.int("seq")?,
    })
}
