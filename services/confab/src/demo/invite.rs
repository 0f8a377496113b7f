//! `confab demo --invite NAME`: somebody with an account of their own is put into the groups and greeted.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use confab_proto::http::User;
use confab_store::Store;

use super::corpus::{Words, scenes};
use super::people::Person;
use super::rooms::{Room, WELCOME, direct_room};
use super::write::{Post, Writer};
use crate::output::say;

pub(super) async fn find(store: &Arc<dyn Store>, name: &str) -> anyhow::Result<User> {
    let username = name.trim().to_ascii_lowercase();
    match store.credentials(&username).await.context("cannot look for the person to invite")? {
        Some(credentials) => Ok(credentials.user),
        None => bail!("nobody is called {username}: make the account first, in the browser or by `confab user create`"),
    }
}

/// Done twice it does nothing more.
pub(super) async fn bring_in(writer: &mut Writer<'_>, rooms: &[Room], invited: Option<User>) -> anyhow::Result<()> {
    let Some(user) = invited else { return Ok(()) };
    let invited = Person { id: user.id, username: user.username.clone(), display_name: user.display_name };
    let groups: Vec<_> = rooms.iter().filter(|room| room.name.is_some()).collect();
    let hosts = &groups[0].members;
    let mut joined = 0;
    for group in &groups {
        joined += usize::from(writer.join(group.id, invited.id).await?);
    }
    let words = Words::new();
    for (nth, scene) in scenes(WELCOME).iter().enumerate() {
        let host = hosts[nth].clone();
        if host.id == invited.id {
            continue;
        }
        let room = direct_room(host.clone(), invited.clone());
        writer.open(&room).await?;
        for (number, line) in scene.lines.iter().enumerate() {
            let text = words.fill(&line.text, &[host.clone(), invited.clone()], nth);
            let client_id = room.message_id_of("welcome", number);
            let post = Post { room: room.id, author: host.id, client_id, reply_to: None, thread: None };
            writer.post(&[(post, &text)]).await?;
        }
    }
    say(&match joined {
        0 => format!("{} is in the groups already.", user.username),
        _ => format!("{} joined {joined} groups and was greeted.", user.username),
    });
    Ok(())
}
