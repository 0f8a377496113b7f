//! The index of messages: filled from the log by position, asked with the right checked in the same statement.
//!
//! Invariant: the cursor moves in the transaction that writes the rows, and only from where the batch begins. (Two that index at once,
//! or one that is killed, would else write a message twice or pass one over.) The index only narrows down: texts are read from the
//! log, without those that were taken back since, and `domain::search` decides what fits.

use std::collections::BTreeSet;

use async_trait::async_trait;
use confab_domain::may;
use confab_domain::search::{Added, Changed, IndexBatch, Mention, Query, Within};
use confab_proto::{ConversationId, Epoch, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::channel::{Sql, first};
use crate::decode::{self, bound, count};
use crate::dialect::{Arg, Columns, Dialect, Statement};
use crate::error::StoreError;
use crate::lists::fold;
use crate::read::{LogHead, UserRow};

/// Who indexes and who searches.
#[async_trait]
pub trait Searcher: Send + Sync + 'static {
    /// How far the index has come, and in which life of the log.
    async fn indexed(&self) -> Result<LogHead, StoreError>;

    /// Writes a batch, whole. `false`, and nothing was written: the index does not stand where it begins.
    async fn index(&self, batch: &IndexBatch) -> Result<bool, StoreError>;

    /// Empties the index, for a log of `epoch`. `false`, and nothing was done: it is of that epoch already, and not wanted `again`.
    async fn clear_index(&self, epoch: Epoch, again: bool) -> Result<bool, StoreError>;

    /// The newest messages within `window`, at most `limit`, that may fit and that `viewer` may read at this moment; newest first.
    async fn search(
        &self,
        viewer: UserId,
        query: &Query,
        window: SearchWindow,
        limit: usize,
    ) -> Result<Vec<FoundMessage>, StoreError>;
}

/// Positions that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchWindow {
    pub above: Position,
    /// Including it.
    pub up_to: Position,
}

impl SearchWindow {
    pub const ALL: Self = Self { above: Position::ZERO, up_to: Position(u64::MAX) };
}

/// A message that may fit, as it reads now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMessage {
    pub conversation: ConversationId,
    /// Of the conversation; `None`: a direct one.
    pub name: Option<String>,
    pub author: UserRow,
    pub position: Position,
    pub seq: Seq,
    pub message_no: MessageNo,
    pub thread_seq: Option<Seq>,
    pub at: Timestamp,
    pub has_file: bool,
    pub body: String,
}

/// What a dialect says in its own way; `$1` is a JSON array of rows.
pub(crate) struct IndexSql {
    pub(crate) remove: &'static [&'static str],
    pub(crate) change: &'static [&'static str],
    pub(crate) add: &'static [&'static str],
    pub(crate) drop_mentions: &'static str,
    pub(crate) add_mentions: &'static str,
    pub(crate) clear: &'static [&'static str],
}

/// The statements of a search and the words in them.
pub(crate) struct SearchSql {
    pub(crate) by_words: &'static str,
    pub(crate) all: &'static str,
    /// A term, or all that begin with it. It holds letters, digits and signs only.
    pub(crate) words: fn(&str, bool) -> String,
    pub(crate) and: &'static str,
}

/// What `$1` may read of what fits `$2` with a position above `$3` and up to `$4`, the newest `$5`: by `$6` if it is not empty; with
/// `$7` = 1 in the conversation `$8`, with 2 in the group with the folded name `$9` or with the person `$10`; at the time `$11` or later
/// and before `$12`; with a file if `$13` is 1. The text is that of the last edit.
macro_rules! found {
    ($from:literal, $fits:literal, $place:literal) => {
        concat!(
            "with found as materialized (
                 select x.position from ",
            $from,
            " cross join events e cross join streams s
                 left join members m on m.stream_id = s.id and m.user_id = $1
                 where ",
            $fits,
            " and x.position > $3 and x.position <= $4
                     and e.position = x.position and e.redacted_at is null and s.id = x.stream_id
                     and (m.role <> 'banned' or (m.role is null and s.kind = 'group' and s.visibility = 'public'))
                     and ($6 = '' or x.actor_id = (select u.id from users u where u.username = $6))
                     and ($7 = 0 or ($7 = 1 and s.id = $8) or ($7 = 2 and (s.name_key = $9 or (s.kind = 'direct'
                         and exists (select 1 from members o join users u on u.id = o.user_id
                                     where o.stream_id = s.id and o.user_id <> $1 and u.username = $10)))))
                     and x.at >= $11 and x.at < $12 and ($13 = 0 or x.has_file)
                 order by ",
            $place,
            " desc limit $5)
             select ",
            $crate::decode::rules_columns!(),
            ", ",
            $crate::decode::own_columns!(),
            ", ",
            $crate::decode::user_columns!(),
            ", e.position, e.seq, e.message_no, e.target_seq, e.at, x.has_file,
                 coalesce((select t.data from events t where t.stream_id = e.stream_id and t.target_seq = e.seq
                     and t.type <> 'message.replied' and t.type = 'message.edited' and t.redacted_at is null order by t.seq desc limit 1), e.data) as data
             from found f cross join search_messages x cross join events e cross join streams s cross join users u
             left join members m on m.stream_id = s.id and m.user_id = $1
             where x.position = f.position and e.position = f.position and s.id = e.stream_id and u.id = e.actor_id
             order by f.position desc"
        )
    };
}
pub(crate) use found;

const INDEXED: &str = "select epoch as log_epoch, position as log_position from indexed";
const MOVE: &str = "update indexed set position = $3 where position = $2 and epoch = $1";
const RENEW: &str = "update indexed set position = 0, epoch = $1 where epoch <> $1";
const RENEW_AGAIN: &str = "update indexed set position = 0, epoch = $1";

#[async_trait]
impl<D: Dialect> Searcher for Sql<D> {
    async fn indexed(&self) -> Result<LogHead, StoreError> {
        decode::log_head(first(&self.0.rows(INDEXED, &[]).await?)?)
    }

    async fn index(&self, batch: &IndexBatch) -> Result<bool, StoreError> {
        let rows = Rows::of(batch);
        let mut statements = Vec::new();
        let mut say = |all: &[&'static str], rows: &'_ Option<String>| {
            if let Some(rows) = rows {
                // The texts live as long as the batch is written.
                statements.extend(all.iter().map(|sql| (*sql, rows.clone())));
            }
        };
        say(D::INDEX.remove, &rows.removed);
        say(&[D::INDEX.drop_mentions], &rows.outdated);
        say(D::INDEX.change, &rows.changed);
        say(D::INDEX.add, &rows.added);
        say(&[D::INDEX.add_mentions], &rows.mentions);
        let then: Vec<Statement<'_>> = statements.iter().map(|(sql, rows)| (*sql, vec![Arg::Text(rows)])).collect();
        let ends = [Arg::Int(epoch(batch.epoch)), Arg::Int(bound(batch.from.0)), Arg::Int(bound(batch.to.0))];
        self.0.write_if(&(MOVE, ends.to_vec()), &then).await
    }

    async fn clear_index(&self, of: Epoch, again: bool) -> Result<bool, StoreError> {
        let renew = (if again { RENEW_AGAIN } else { RENEW }, vec![Arg::Int(epoch(of))]);
        let clear: Vec<Statement<'_>> = D::INDEX.clear.iter().map(|sql| (*sql, Vec::new())).collect();
        self.0.write_if(&renew, &clear).await
    }

    async fn search(
        &self,
        viewer: UserId,
        query: &Query,
        window: SearchWindow,
        limit: usize,
    ) -> Result<Vec<FoundMessage>, StoreError> {
        let terms = query.narrow();
        let words: Vec<String> = terms.iter().map(|term| (D::SEARCH.words)(term.term, term.begins)).collect();
        let words = words.join(D::SEARCH.and);
        let (place, id, name) = match &query.within {
            None => (0, Uuid::nil(), ""),
            Some(Within::Id(id)) => (1, id.uuid(), ""),
            Some(Within::Name(name)) => (2, Uuid::nil(), name.as_str()),
        };
        let (name_key, username) = (fold(name), name.to_lowercase());
        let args = [
            Arg::Id(viewer.uuid()),
            Arg::Text(&words),
            Arg::Int(bound(window.above.0)),
            Arg::Int(bound(window.up_to.0)),
            Arg::Int(count(limit)),
            Arg::Text(query.from.as_deref().unwrap_or_default()),
            Arg::Int(place),
            Arg::Id(id),
            Arg::Text(&name_key),
            Arg::Text(&username),
            Arg::Int(query.not_before.map_or(i64::MIN, |at| at.0)),
            Arg::Int(query.before.map_or(i64::MAX, |at| at.0)),
            Arg::Int(i64::from(query.has_file)),
        ];
        let sql = if words.is_empty() { D::SEARCH.all } else { D::SEARCH.by_words };
        let rows = self.0.planned_rows(sql, &args).await?;
        rows.iter().map(found_message).collect()
    }
}

fn epoch(epoch: Epoch) -> i64 {
    epoch.0.cast_signed()
}

/// The statement has checked the right already, as SQL can say it; the rule itself has the last word.
fn found_message(row: &impl Columns) -> Result<FoundMessage, StoreError> {
    /// Of a message and of an edit.
    #[derive(Deserialize)]
    struct Body {
        body: String,
    }
    let rules = decode::rules(row)?
        .filter(|rules| decode::own_row(row).is_ok_and(|own| may::read(rules, own.map(|own| own.role))));
    let rules = rules.ok_or_else(|| StoreError::Damaged("a search found what its reader may not read".to_owned()))?;
    let position = Position::from_i64(row.int("position")?);
    let data: Body = serde_json::from_str(&row.text("data")?)
        .map_err(|_| StoreError::Damaged(format!("data of the message at position {position} has no body")))?;
    Ok(FoundMessage {
        conversation: rules.stream.conversation(),
        name: rules.name,
        author: decode::user(row)?,
        position,
        seq: Seq::from_i64(row.int("seq")?),
        message_no: MessageNo::from_i64(row.int("message_no")?),
        thread_seq: row.maybe_int("target_seq")?.map(Seq::from_i64),
        at: Timestamp(row.int("at")?),
        has_file: row.flag("has_file")?,
        body: data.body,
    })
}

/// A batch as JSON, which both databases read; `None`: no rows.
struct Rows {
    removed: Option<String>,
    /// What was removed or changed: its mentions go.
    outdated: Option<String>,
    changed: Option<String>,
    added: Option<String>,
    mentions: Option<String>,
}

impl Rows {
    fn of(batch: &IndexBatch) -> Self {
        let removed = || batch.removed.iter().map(|(stream, seq)| key(*stream, *seq));
        let changed = batch.changed.iter().map(|changed| key(changed.stream, changed.seq));
        Self {
            removed: rows(removed()),
            outdated: rows(removed().chain(changed)),
            changed: rows(batch.changed.iter().map(|Changed { stream, seq, terms }| {
                json!({"stream": hex(stream.uuid()), "seq": seq, "terms": text(terms)})
            })),
            added: rows(batch.added.iter().map(|Added { position, has_file, terms }| {
                json!({"position": position, "has_file": has_file, "terms": text(terms)})
            })),
            mentions: rows(batch.mentions.iter().map(|Mention { stream, seq, user }| {
                let person = user.map_or(stream.uuid(), UserId::uuid);
                json!({"stream": hex(stream.uuid()), "seq": seq, "person": hex(person)})
            })),
        }
    }
}

fn rows(rows: impl Iterator<Item = impl Serialize>) -> Option<String> {
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| serde_json::to_string(&rows).expect("rows have string keys only"))
}

fn key(stream: StreamId, seq: Seq) -> Value {
    json!({"stream": hex(stream.uuid()), "seq": seq})
}

/// As both databases read an id.
fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

fn text(terms: &BTreeSet<String>) -> String {
    terms.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
