//! The way through one snapshot: the log by position, then what the database can find by itself, then stream after stream.

use confab_store::{Audit, LogHead, Search};

use super::log_stream::LogStreamCheck;
use super::positions::Positions;
use super::projections::compare;
use super::report::{Check, Difference, Findings, Looked};
use super::walk::Walk;
use crate::progress::Progress;

/// Looks at everything. The log is read twice, so the bar counts it twice.
pub(crate) async fn scan(
    db: &mut dyn Audit,
    head: LogHead,
    mut log_stream: Option<&mut LogStreamCheck>,
    findings: &mut Findings,
) -> anyhow::Result<Looked> {
    let total = usize::try_from(head.position.0)?.saturating_mul(2);
    let mut progress = Progress::new(total);
    let mut looked = Looked::default();
    let mut positions = Positions::default();
    let mut after = None;
    loop {
        let page = db.events(after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.position);
        page.iter().for_each(|row| findings.extend(positions.check(row)));
        if let Some(log_stream) = &mut log_stream {
            log_stream.compare(&page, findings).await?;
        }
        looked.events += page.len() as u64;
        progress.show(usize::try_from(looked.events)?, "events looked at");
    }
    findings.extend(positions.end(head));
    for search in Search::ALL {
        for found in db.search(search).await? {
            let (check, expected) = told(search);
            let difference = Difference::new(check, expected, "otherwise");
            findings.add(difference.at(found.position).in_stream(found.stream_id, Some(found.seq)));
        }
    }
    let mut walk = Walk::new();
    let mut done = usize::try_from(looked.events)?;
    let seen = || {
        done += 1;
        progress.show(done, "events looked at");
    };
    let mut seen = seen;
    while let Some(mut stream) = walk.next(db, &mut seen).await? {
        findings.extend(std::mem::take(&mut stream.fold.wrong));
        findings.extend(compare(&stream).0);
        looked.streams += u64::from(stream.row.is_some());
        looked.accounts += u64::from(stream.account.is_some());
    }
    Ok(looked)
}

fn told(search: Search) -> (Check, &'static str) {
    match search {
        Search::SamePosition => (Check::SamePosition, "one event at this position"),
        Search::SameSeq => (Check::SameSeq, "one event with this seq"),
        Search::SameClientId => (Check::SameClientId, "one event with this actor and client_id"),
        Search::TargetAmiss => (Check::Target, "a message before it as its target"),
        Search::RedactedForNoReason => (Check::Redaction, "a message.deleted that says why it is blank"),
        Search::FilesAmiss => (Check::Files, "a message with files, and these files noted as its own"),
        Search::UsesAmiss => (Check::Files, "files of this person in use by what carries them and by nothing else"),
        Search::PictureAmiss => (Check::Files, "a picture of this person that is a file kept for it"),
        Search::DeletedYetThere => (Check::Redaction, "no content, since it was deleted"),
    }
}
