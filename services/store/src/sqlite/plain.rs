//! Plain commands, set by set. A statement costs a way to SQLite's thread and back, so a batch has two, however many commands it has:
//! one that reads all there is to know, and the insert.

use std::collections::{BTreeMap, BTreeSet};

use confab_domain::{Append, Expect, NewEvent, Placed};
use confab_proto::{Epoch, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::append::{Log, next_head};
use crate::dialect::Columns;
use crate::error::StoreError;
use crate::port::Outcome;
use crate::read::StreamHead;

/// All that a batch has to know, in one statement: the end of the log, then of each command what stands in the log already, of each
/// expectation its guard, of each stream its head. Rows are told apart by `what`, and name by `n` what they answer.
///
/// One row of JSON, since each row costs a way between threads, too.
const ASK: &str = "select json_group_array(json_array(what, n, a, b, c, d, same)) as rows from (
    select 0 as what, 0 as n, h.epoch as a, h.position as b,
        coalesce((select e.at from events e where e.position = h.position), 0) as c, null as d, null as same
    from log_head h
    union all
    select 1, c.key, e.seq, e.position, e.message_no, e.at, e.request_hash is null or e.request_hash = unhex(c.value ->> 3)
    from json_each($1) c
    cross join events e on e.stream_id = unhex(c.value ->> 0) and e.actor_id = unhex(c.value ->> 1) and e.client_id = unhex(c.value ->> 2)
    union all
    select 2, c.key, case when c.value ->> 1 is null
        then (select s.guard_seq from streams s where s.id = unhex(c.value ->> 0))
        else (select m.guard_seq from members m where m.stream_id = unhex(c.value ->> 0) and m.user_id = unhex(c.value ->> 1))
    end, null, null, null, null
    from json_each($2) c
    union all
    select 3, c.key, e.seq, e.message_no, null, null, null
    from json_each($3) c
    cross join events e on e.stream_id = unhex(c.value)
        and e.seq = (select max(x.seq) from events x where x.stream_id = unhex(c.value)))";
const INSERT: &str = "insert into events
    (position, stream_id, seq, message_no, type, version, actor_id, client_id, target_seq, at, data, request_hash)
    select c.value ->> 0, unhex(c.value ->> 1), c.value ->> 2, c.value ->> 3, c.value ->> 4, c.value ->> 5, unhex(c.value ->> 6),
        unhex(c.value ->> 7), c.value ->> 8, c.value ->> 9, c.value ->> 10, unhex(c.value ->> 11)
    from json_each($1) c order by c.key";

/// What most messages expect something of: a conversation, or one person in it.
type Guarded = (StreamId, Option<UserId>);

/// What stands in the store before the batch.
struct Before {
    epoch: Epoch,
    position: Position,
    at: Timestamp,
    /// Commands that stand in the log already, by their place in the batch.
    earlier: BTreeMap<usize, Outcome>,
    guards: BTreeMap<Guarded, Option<i64>>,
    heads: BTreeMap<StreamId, StreamHead>,
}

/// The outcomes of commands of one event each, in their order, and the last position. Each is judged by what was before all of them.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    commands: &[Append],
) -> Result<(Vec<Outcome>, Position), StoreError> {
    let mut before = Before::read(connection, commands).await?;
    let mut log = Log::new(connection, before.epoch, before.position, before.at);
    let (mut outcomes, mut rows) = (Vec::with_capacity(commands.len()), Vec::new());
    for (index, command) in commands.iter().enumerate() {
        if let Some(outcome) = before.earlier.remove(&index) {
            outcomes.push(outcome);
            continue;
        }
        if command.epoch != log.epoch || !all_hold(&mut log, &command.expect, &before.guards).await? {
            outcomes.push(Outcome::Conflict);
            continue;
        }
        let event = &command.events[0];
        let head = before.heads.entry(event.stream).or_default();
        *head = next_head(*head, event);
        log.position = log.position.next();
        let place = Placed { seq: head.seq, position: log.position, message_no: head.message_no, at: log.at };
        rows.push(row(command, event, place));
        outcomes.push(Outcome::Appended(vec![place]));
    }
    if !rows.is_empty() {
        sqlx::query(INSERT).bind(Value::Array(rows).to_string()).execute(&mut *log.connection).await?;
    }
    Ok((outcomes, log.position))
}

impl Before {
    async fn read(connection: &mut SqliteConnection, commands: &[Append]) -> Result<Self, StoreError> {
        let ids = |command: &Append| {
            let ids = [command.first_stream().uuid(), command.actor.uuid(), command.client_id.uuid()].map(hex);
            json!([ids[0], ids[1], ids[2], hex_of(&command.request_hash.0)])
        };
        let guarded: BTreeSet<Guarded> =
            commands.iter().flat_map(|command| &command.expect).filter_map(|expect| Some(guarded(expect)?.0)).collect();
        let guarded: Vec<_> = guarded.into_iter().collect();
        let wanted = |(stream, user): &Guarded| json!([hex(stream.uuid()), user.map(|user| hex(user.uuid()))]);
        let streams: BTreeSet<StreamId> = commands.iter().map(Append::first_stream).collect();
        let streams: Vec<_> = streams.into_iter().collect();
        let row = sqlx::query(ASK)
            .bind(Value::from_iter(commands.iter().map(ids)).to_string())
            .bind(Value::from_iter(guarded.iter().map(wanted)).to_string())
            .bind(Value::from_iter(streams.iter().map(|stream| hex(stream.uuid()))).to_string())
            .fetch_one(connection)
            .await?;
        let rows: Vec<Known> = serde_json::from_str(&row.text("rows")?).map_err(|error| damaged(&error.to_string()))?;

        let (mut log, mut earlier, mut guards, mut heads) = (None, BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for Known(what, n, a, b, c, d, same) in rows {
            let number = |number: Option<i64>| number.ok_or_else(|| damaged("lacks a number"));
            match what {
                0 => {
                    let position = Position::from_i64(number(b)?);
                    log = Some((Epoch(number(a)?.cast_unsigned()), position, Timestamp(number(c)?)));
                }
                1 if same == Some(1) => {
                    let (seq, position) = (Seq::from_i64(number(a)?), Position::from_i64(number(b)?));
                    let (message_no, at) = (MessageNo::from_i64(number(c)?), Timestamp(number(d)?));
                    earlier.insert(n, Outcome::Duplicate(Placed { seq, position, message_no, at }));
                }
                1 => {
                    earlier.insert(n, Outcome::Reused);
                }
                2 => {
                    guards.insert(*guarded.get(n).ok_or_else(|| damaged("no guard"))?, a);
                }
                3 => {
                    let head =
                        StreamHead { seq: Seq::from_i64(number(a)?), message_no: MessageNo::from_i64(number(b)?) };
                    heads.insert(*streams.get(n).ok_or_else(|| damaged("no stream"))?, head);
                }
                _ => return Err(damaged("of no kind")),
            }
        }
        let (epoch, position, at) = log.ok_or_else(|| damaged("no end of the log"))?;
        Ok(Self { epoch, position, at: at.max(Timestamp::now()), earlier, guards, heads })
    }
}

/// The columns of [`ASK`].
#[derive(Deserialize)]
struct Known(u8, usize, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("the state before an append: {what}"))
}

async fn all_hold(
    log: &mut Log<'_>,
    expects: &[Expect],
    guards: &BTreeMap<Guarded, Option<i64>>,
) -> Result<bool, StoreError> {
    for expect in expects {
        let holds = match guarded(expect) {
            Some((guarded, wanted)) => guards.get(&guarded).copied().flatten() == wanted.map(Seq::as_i64),
            None => log.holds(*expect).await?,
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `None` for what only few commands expect, which is looked up by itself.
fn guarded(expect: &Expect) -> Option<(Guarded, Option<Seq>)> {
    match *expect {
        Expect::Settings { stream, guard } => Some(((stream, None), Some(guard))),
        Expect::Member { stream, user, guard } => Some(((stream, Some(user)), guard)),
        _ => None,
    }
}

fn row(command: &Append, event: &NewEvent, placed: Placed) -> Value {
    json!([
        placed.position.as_i64(),
        hex(event.stream.uuid()),
        placed.seq.as_i64(),
        placed.message_no.as_i64(),
        event.event_type.as_str(),
        NewEvent::VERSION,
        hex(command.actor.uuid()),
        hex(command.client_id.uuid()),
        event.target_seq.map(Seq::as_i64),
        placed.at.0,
        event.data.get(),
        hex_of(&command.request_hash.0),
    ])
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
