//! Several writers at once, each with a store of its own, as several processes have it.

use std::sync::Arc;

use confab_domain::decide;
use confab_proto::{EventType, UserId};
use confab_store::{Outcome, StoreError};
use tokio::task::JoinSet;

use crate::database::Database;
use crate::scene::{
    Stores, asker, assert_positions_are_gapless, assert_seqs_are_gapless, group, join, known, log, message, one,
    sign_up,
};

pub(crate) async fn the_same_command_at_once_exists_once(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let writers = [store.clone(), database.another_writer().await, database.another_writer().await];
    for n in 0..20 {
        let command = message(store, room, ada, &format!("at once {n}")).await;
        let mut tasks = JoinSet::new();
        for writer in writers.clone() {
            let command = command.clone();
            tasks.spawn(async move { one(&writer, command).await });
        }
        let outcomes = tasks.join_all().await;
        let places: Vec<_> = outcomes.iter().filter_map(first_place).collect();
        assert!(places.len() == 3 && places.iter().all(|place| *place == places[0]), "{outcomes:?}");
        let appended = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Appended(_))).count();
        assert_eq!(appended, 1);
    }
    assert_eq!(log(store, room).await.len(), 22);
}

fn first_place(outcome: &Outcome) -> Option<confab_domain::Placed> {
    match outcome {
        Outcome::Appended(placed) => placed.first().copied(),
        Outcome::Duplicate(placed) => Some(*placed),
        Outcome::Conflict | Outcome::Reused => None,
    }
}

pub(crate) async fn several_writers_leave_one_gapless_log(database: Arc<Database>) {
    let store = &database.store;
    let people = [sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await];
    let rooms = [group(store, people[0], "one", &people).await, group(store, people[1], "two", &people).await];
    let mut tasks = JoinSet::new();
    for user in people {
        let writer = database.another_writer().await;
        tasks.spawn(async move {
            for n in 0..20 {
                let mut batch = Vec::new();
                for k in 0..(1 + n % 5) {
                    batch.push(message(&writer, rooms[(n + k) % 2], user, &format!("{n} {k}")).await);
                }
                let outcomes = writer.append_plain(&batch).await.unwrap();
                assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Appended(_))), "{outcomes:?}");
                let repeats = writer.append_plain(&batch).await.unwrap();
                for (first, again) in outcomes.iter().zip(&repeats) {
                    assert_eq!(first_place(first), first_place(again));
                }
            }
        });
    }
    tasks.join_all().await;
    let mut logs = Vec::new();
    for room in rooms {
        logs.push(log(store, room).await);
    }
    for user in people {
        logs.push(log(store, user).await);
    }
    logs.iter().for_each(|log| assert_seqs_are_gapless(log));
    assert_eq!(logs[0].len() + logs[1].len(), 2 * 4 + 3 * 4 * (1 + 2 + 3 + 4 + 5));
    assert_positions_are_gapless(store, &logs).await;
}

/// Guards are never crossed: between a leaving and a joining nobody's message stands in the log.
pub(crate) async fn nobody_speaks_after_leaving(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[]).await;
    join(store, room, bob).await;
    let mut tasks = JoinSet::new();
    for _ in 0..2 {
        let speaker = database.another_writer().await;
        tasks.spawn(async move { speak(&speaker, room, bob).await });
    }
    let walker = database.another_writer().await;
    tasks.spawn(async move { walk(&walker, room, bob).await });
    let said: usize = tasks.join_all().await.into_iter().sum();
    let mut inside = false;
    let mut messages = 0;
    for event in log(store, room).await.iter().filter(|event| event.actor == bob) {
        match event.event_type {
            EventType::MemberAdded => inside = true,
            EventType::MemberLeft => inside = false,
            _ => {
                assert!(inside, "a message at seq {} of somebody who had left", event.seq);
                messages += 1;
            }
        }
    }
    assert_eq!(messages, said, "what was answered is there, and nothing else");
    assert_eq!(said, 2 * 40);
}

/// Until enough was said: how often the person is found inside is up to the other tasks, but at the end the person is.
async fn speak(store: &Stores, room: confab_proto::ConversationId, user: UserId) -> usize {
    let mut said = 0;
    for n in 0..100_000 {
        if said == 40 {
            break;
        }
        if known(store, room, user).await.own.is_none() {
            continue;
        }
        // Between the question and this decision the person may leave; then there is nothing to say.
        let known = known(store, room, user).await;
        let asker = asker(store, user).await;
        let body = confab_domain::text::MessageBody::parse(format!("{n}"), 100).unwrap();
        let command = decide::PostMessage::text(room, body);
        let Ok(command) = decide::post_message(asker, &known, &command) else { continue };
        match one(store, command).await {
            Outcome::Appended(_) => said += 1,
            Outcome::Conflict => {}
            other => panic!("{other:?}"),
        }
    }
    said
}

async fn walk(store: &Stores, room: confab_proto::ConversationId, user: UserId) -> usize {
    for _ in 0..40 {
        let known = known(store, room, user).await;
        let asker = asker(store, user).await;
        let command = match known.own {
            Some(_) => decide::leave(asker, &known).unwrap(),
            None => decide::join(asker, &known).unwrap(),
        };
        let outcome: Result<Outcome, StoreError> = store.append_rule(&command).await;
        assert!(matches!(outcome, Ok(Outcome::Appended(_))), "{outcome:?}");
    }
    0
}
