//! `confab verify`: whether the store is what it promises to be (L9), and CONFAB_LOG what the store says (L8).
//!
//! Works beside running servers: all of the store is read in one snapshot, in pages, so memory does not grow with the log.

mod event;
mod fold;
mod log_stream;
mod positions;
pub(crate) mod projections;
mod repair;
pub(crate) mod report;
pub(crate) mod scan;
pub(crate) mod walk;

use std::process::ExitCode;

use confab_runtime::config::Config;
use confab_store::{LogHead, StoreOptions};

use crate::cli::VerifyArgs;
use crate::output::{MARKED, say};
use crate::start;
use log_stream::LogStreamCheck;
use report::{Class, Findings, Looked, Report};
use scan::scan;

/// Something differs.
const DIFFERS: u8 = 1;

pub(crate) async fn run(args: &VerifyArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let options = start::store_options(config, "verify");
    let (mut head, mut looked, mut findings) = look(args, config, &options).await?;
    let mut repaired = Vec::new();
    if args.repair_projections && findings.count_of(Class::Projection) > 0 {
        if !args.json {
            tell(&findings);
        }
        repaired = repair::repair(config, &options, &findings, args.yes).await?;
        (head, looked, findings) = look(args, config, &options).await?;
    }
    let report = Report::new(head, looked, &findings, &repaired);
    if args.json {
        say(&report.json());
    } else {
        repaired.iter().for_each(|line| say(&format!("repaired {line}")));
        tell(&findings);
        say(&report.summary());
    }
    Ok(if findings.total() == 0 { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
}

async fn look(
    args: &VerifyArgs,
    config: &Config,
    options: &StoreOptions,
) -> anyhow::Result<(LogHead, Looked, Findings)> {
    let mut findings = Findings::default();
    let mut db = start::at_start(config, || confab_store::snapshot(options)).await?;
    let head = db.log_head().await?;
    let with_nats = !config.nats.url.is_empty() && !args.no_nats;
    let mut log_stream = match with_nats {
        true => LogStreamCheck::begin(config, options, head, &mut findings).await?,
        false => None,
    };
    let mut looked = scan(&mut *db, head, log_stream.as_mut(), &mut findings).await?;
    db.close().await?;
    looked.log_stream = log_stream.and_then(|log_stream| log_stream.compared(&mut findings));
    Ok((head, looked, findings))
}

fn tell(findings: &Findings) {
    for difference in &findings.told {
        say(&format!("{MARKED}{}{MARKED:#}: {}", difference.check.name(), difference.line()));
    }
    findings.notes.iter().for_each(|note| say(note));
}
