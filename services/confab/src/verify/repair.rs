//! `confab verify --repair-projections`: rows that differ from the log are written as the log says them.
//!
//! Each stream by itself, under the lock under which numbers are given out, from a log that is read again there. `events` is never
//! touched. A log that is damaged itself says nothing for sure, so then no row is changed.

use anyhow::bail;
use confab_proto::StreamId;
use confab_runtime::config::Config;
use confab_store::{Rebuild, StoreError, StoreOptions};

use super::projections::{Mending, compare};
use super::report::{Check, Class, Findings};
use super::walk::Walk;
use crate::start;

/// That many are no accident that somebody mends without a thought.
const MANY: usize = 100;

/// What was written, a line each.
pub(crate) async fn repair(
    config: &Config,
    options: &StoreOptions,
    findings: &Findings,
    yes: bool,
) -> anyhow::Result<Vec<String>> {
    if findings.count_of(Class::Log) > 0 {
        bail!("the log itself is damaged, so it cannot say what its projections should be: nothing was changed");
    }
    if findings.counts.contains_key(&Check::LogStreamAhead) {
        bail!("CONFAB_LOG knows of more than the log, which has lost events then: nothing was changed");
    }
    let count = findings.streams.len();
    if count > MANY && !yes {
        bail!("{count} streams differ, which is no small accident. If they are to be written anew: --yes");
    }
    let mut done = Vec::new();
    for stream in &findings.streams {
        let db = start::at_start(config, || confab_store::rebuild(options)).await?;
        match repair_one(db, *stream).await {
            Ok(lines) => done.extend(lines),
            Err(error) => {
                let before = if done.is_empty() { "nothing".to_owned() } else { done.join(", ") };
                return Err(error.context(format!("cannot repair stream {stream}; written before it: {before}")));
            }
        }
    }
    Ok(done)
}

async fn repair_one(mut db: Box<dyn Rebuild>, id: StreamId) -> anyhow::Result<Vec<String>> {
    let next = Walk::at(id).next(&mut *db, || ()).await?;
    let Some(stream) = next.filter(|stream| stream.fold.stream == id) else { return Ok(Vec::new()) };
    if !stream.fold.wrong.is_empty() {
        bail!("its log is damaged by now");
    }
    let (_, mending) = compare(&stream);
    let lines = write(&mut *db, id, mending).await?;
    db.commit().await?;
    Ok(lines)
}

async fn write(db: &mut dyn Rebuild, id: StreamId, mending: Mending) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    // A member's row needs its stream's.
    if let Some(row) = mending.put_stream {
        db.put_streams(&[row]).await?;
        lines.push(format!("stream {id}: its row of streams"));
    }
    db.put_members(&mending.put_members).await?;
    lines.extend(mending.put_members.iter().map(|row| format!("stream {id}: the row of member {}", row.user_id)));
    for user in mending.drop_members {
        db.drop_member(id, user).await?;
        lines.push(format!("stream {id}: no row of member {user}"));
    }
    if mending.drop_stream {
        db.drop_stream(id).await?;
        lines.push(format!("stream {id}: no row of streams"));
    }
    for session in mending.drop_sessions {
        db.drop_session(session).await?;
        lines.push(format!("stream {id}: no session {session}"));
    }
    Ok(lines)
}
