//! `confab user`: accounts made and passwords set by the one who runs the service.

use std::sync::Arc;

use anyhow::Context as _;
use confab_api::{Accounts, Wanted};
use confab_proto::UserId;
use confab_runtime::config::Config;
use confab_store::Store;

use super::password;
use crate::cli::UserCommand;
use crate::output::say;
use crate::start;

pub(crate) async fn run(what: &UserCommand, config: &Config) -> anyhow::Result<()> {
    match what {
        UserCommand::Create { username, display_name } => create(config, username, display_name.as_deref()).await,
        UserCommand::SetPassword { username } => set_password(config, username).await,
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

async fn set_password(config: &Config, username: &str) -> anyhow::Result<()> {
    let store = start::open_own_store(config, "user").await?;
    let done = replace(config, &store, username).await;
    store.close().await;
    say(&done?);
    Ok(())
}

async fn replace(config: &Config, store: &Arc<dyn Store>, username: &str) -> anyhow::Result<String> {
    let username = username.trim().to_ascii_lowercase();
    // Before the password is asked for.
    let found = store.credentials(&username).await.context("cannot look for the account")?;
    let user = found.with_context(|| format!("nobody is called {username}"))?.user;
    let password = password::read(&username)?;
    let ended = Accounts::new(config, Arc::clone(store))?.set_password(&user, password).await;
    let ended = ended.with_context(|| format!("cannot set the password of {username}"))?;
    Ok(format!("{username} has a new password; {ended} session(s) ended"))
}
