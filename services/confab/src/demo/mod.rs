//! `confab demo`: people, groups and talk in a store, so that somebody who is new sees a living chat.
//!
//! Guarantees: everything goes through the rules of `domain` into the log, as from the API. All ids are fixed, so a second run
//! adds nothing, and one that was broken off is gone on with. No password is known before: it is made at random and shown once.

mod corpus;
mod invite;
mod people;
mod plan;
mod rooms;
mod write;

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use confab_api::{Accounts, Wanted};
use confab_proto::http::User;
use confab_proto::{ClientId, Seq};
use confab_runtime::config::Config;
use confab_store::Store;
use rand::RngExt as _;

use crate::cli::DemoArgs;
use crate::output::say;
use crate::progress::Progress;
use crate::start;
use people::{Person, everybody, fixed_id, people};

use rooms::{Room, rooms};
use write::Writer;

const LAST_WORDS: &str = "That is all of us. Sign in as one of us, or make an account of your own, join a group and say hello. \
    What you write stands in the same log as what we wrote 🙂";

pub(crate) async fn run(args: &DemoArgs, config: &Config) -> anyhow::Result<()> {
    let store = start::open_own_store(config, "demo").await?;
    let done = fill(args, config, &store).await;
    store.close().await;
    done
}

async fn fill(args: &DemoArgs, config: &Config, store: &Arc<dyn Store>) -> anyhow::Result<()> {
    let invited = match &args.invite {
        Some(name) => Some(invite::find(store, name).await?),
        None => None,
    };
    let people = people(args.people.into());
    let rooms = rooms(&people);
    let mut writer = Writer::new(config, store);
    if is_finished(store, &rooms[0]).await? {
        say("The demo is there already: nothing was added. `confab user set-password ada.okafor` lets you in again.");
        return invite::bring_in(&mut writer, &rooms, invited).await;
    }
    let there = store.users_by_id(&everybody().iter().map(|person| person.id).collect::<Vec<_>>()).await?;
    if there.is_empty() {
        agree(args, store, u64::from(invited.is_some())).await?;
    }
    let password = random_password(config.auth.password_min_chars);
    make_people(config, store, &people, &there, &password).await?;
    for room in &rooms {
        writer.open(room).await?;
    }
    // Before the talk, so that it can be watched.
    invite::bring_in(&mut writer, &rooms, invited).await?;
    write_all(args, &mut writer, &rooms).await?;
    sum_up(args, config, &people, &rooms, &password);
    Ok(())
}

/// The last message is the last thing that is written.
fn last_message_id() -> ClientId {
    ClientId::from_uuid(fixed_id("last words"))
}

async fn is_finished(store: &Arc<dyn Store>, first: &Room) -> anyhow::Result<bool> {
    let earlier = store.earlier(first.id.into(), first.members[0].id, last_message_id()).await;
    Ok(earlier.context("cannot look for the demo")?.is_some())
}

/// What was written stays: nobody's store is filled by mistake.
async fn agree(args: &DemoArgs, store: &Arc<dyn Store>, invited: u64) -> anyhow::Result<()> {
    let others = store.count_users().await?.saturating_sub(invited);
    if others == 0 || args.yes {
        return Ok(());
    }
    let warning =
        format!("This store has {others} account(s) of others, and what the demo writes cannot be taken out again.");
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        bail!("{warning} If that is what you want: confab demo --yes");
    }
    write!(std::io::stderr(), "{warning}\nGo on? [y/N] ").context("cannot ask")?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).context("cannot read the answer")?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        bail!("nothing was written")
    }
}

/// Groups of five letters and digits that are not mistaken for each other; 75 bits, and as long as the settings ask.
fn random_password(min_chars: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut password = String::new();
    while password.len() < min_chars.max(17) {
        if !password.is_empty() {
            password.push('-');
        }
        password.extend((0..5).map(|_| char::from(LETTERS[rand::rng().random_range(0..LETTERS.len())])));
    }
    password
}

/// Who is there from a run that was broken off gets the new password: nobody saw the old one.
async fn make_people(
    config: &Config,
    store: &Arc<dyn Store>,
    people: &[Person],
    there: &[User],
    password: &str,
) -> anyhow::Result<()> {
    let accounts = Accounts::new(config, Arc::clone(store))?;
    let mut progress = Progress::new(people.len());
    for (done, person) in people.iter().enumerate() {
        progress.show(done, "people");
        if let Some(user) = there.iter().find(|user| user.id == person.id) {
            accounts.set_password(user, password.to_owned()).await?;
            continue;
        }
        let display_name = Some(person.display_name.as_str());
        let wanted = Wanted { username: &person.username, display_name, password: password.to_owned() };
        let made = accounts.create(person.id, wanted).await;
        made.with_context(|| format!("cannot make the account {} of the demo", person.username))?;
    }
    Ok(())
}

async fn write_all(args: &DemoArgs, writer: &mut Writer<'_>, rooms: &[Room]) -> anyhow::Result<()> {
    writer.write(rooms, &plan::plan(rooms, args.messages as usize), args.per_second).await?;
    for (index, room) in rooms.iter().enumerate() {
        writer.mark_read(index, room).await?;
    }
    let first = &rooms[0];
    let post = write::Post {
        room: first.id,
        author: first.members[0].id,
        client_id: last_message_id(),
        reply_to: None,
        thread: None,
    };
    let seqs: Vec<Option<Seq>> = writer.post(&[(post, LAST_WORDS)]).await?;
    if seqs == [None] {
        bail!("{} may not write in the first group any more", first.members[0].display_name)
    }
    Ok(())
}

fn sum_up(args: &DemoArgs, config: &Config, people: &[Person], rooms: &[Room], password: &str) {
    let groups = rooms.iter().filter(|room| room.name.is_some()).count();
    let (count, direct, messages) = (people.len(), rooms.len() - groups, args.messages);
    let there =
        format!("{count} people, {groups} groups, {direct} direct conversations and {messages} messages are there.");
    let who = &people[0].username;
    let place = config.http.public_url.clone().unwrap_or_else(|| format!("http://{}", config.http.listen));
    if std::io::stdout().is_terminal() {
        say(&format!("{there}\n\n  Open      {place}\n  Sign in   {who}  (or {}, …)", people[1].username));
        say(&format!("  Password  {password}  (everybody's, and shown only now)"));
    } else {
        say(&format!("{there} Sign in as {who} with the password {password} at {place}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_as_long_as_the_settings_ask_and_never_the_same() {
        for (asked, length) in [(1, 17), (12, 17), (18, 23), (100, 101)] {
            let password = random_password(asked);
            assert_eq!(password.len(), length, "{password}");
            assert_ne!(password, random_password(asked));
        }
    }
}
