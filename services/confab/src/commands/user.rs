//! `confab user`: accounts made and passwords set by the one who runs the service.

use std::sync::Arc;

use anyhow::Context as _;
use confab_api::{Accounts, Wanted};
use confab_proto::UserId;
use confab_runtime::config::Config;

use super::password;
use crate::cli::UserCommand;
use crate::output::say;
use crate::start;

pub(crate) async fn run(what: &UserCommand, config: &Config) -> anyhow::Result<()> {
    match what {
        UserCommand::Create { username, display_name } => create(config, username, display_name.as_deref()).await,
    }
}

async fn create(config: &Config, username: &str, display_name: Option<&str>) -> anyhow::Result<()> {
    let password = password::read(username)?;
    let store = start::open_own_store(config, "user").await?;
    let accounts = Accounts::new(config, Arc::clone(&store))?;
    let made = accounts.create(UserId::new_v7(), Wanted { username, display_name, password }).await;
    store.close().await;
    let user = made.with_context(|| format!("cannot make the account {username}"))?;
    say(&format!("{} ({}) can sign in now", user.username, user.display_name));
    Ok(())
}
