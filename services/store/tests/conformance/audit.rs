//! A whole store in one snapshot, and one that is written by hand.

use std::sync::Arc;

use confab_store::{Audit, Batch, EventRow, rebuild, snapshot};

use crate::database::{Database, options};
use crate::scene::{Stores, group, join, leave, post, sign_up};

/// Two people and 600 messages of one: more than a page.
async fn fill(store: &Stores) -> confab_proto::ConversationId {
    let (ann, ben) = (sign_up(store, "ann").await, sign_up(store, "ben").await);
    let room = group(store, ann, "room", &[]).await;
    for n in 0..600 {
        post(store, room, ann, &format!("message {n}")).await;
    }
    join(store, room, ben).await;
    leave(store, room, ben).await;
    room
}

async fn all_events(db: &mut dyn Audit) -> Vec<EventRow> {
    let mut events: Vec<EventRow> = Vec::new();
    loop {
        let page = db.events(events.last().map(|event| event.position)).await.unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

pub(crate) async fn a_snapshot_of_all_stays_as_it_was(database: Arc<Database>) {
    let store = &database.store;
    let room = fill(store).await;
    let mut whole = snapshot(&database.options).await.unwrap();
    let head = whole.log_head().await.unwrap();
    let late = sign_up(store, "cleo").await;
    join(store, room, late).await;
    post(store, room, late, "later").await;
    let events = all_events(&mut *whole).await;
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=head.position.as_i64()).collect::<Vec<_>>());
    assert_eq!(whole.log_head().await.unwrap(), head);
    assert!(whole.members(None).await.unwrap().iter().all(|row| row.user_id != late));
    assert_eq!(whole.accounts(None).await.unwrap().len(), 2);

    let mut by_stream = Vec::new();
    while let page = whole.events_by_stream(by_stream.last().copied()).await.unwrap()
        && !page.is_empty()
    {
        by_stream.extend(page.iter().map(|event| (event.stream_id, event.seq)));
    }
    assert_eq!(by_stream.len(), events.len());
    assert!(by_stream.is_sorted() && by_stream.windows(2).all(|pair| pair[0] != pair[1]));
}

pub(crate) async fn what_is_not_committed_leaves_no_trace(database: Arc<Database>) {
    let store = &database.store;
    let room = fill(store).await;
    let before = store.log_head().await.unwrap();
    let mut db = rebuild(&database.options).await.unwrap();
    assert!(!db.claim_if_empty().await.unwrap());
    let members = db.members(None).await.unwrap();
    for row in &members {
        db.drop_member(row.stream_id, row.user_id).await.unwrap();
    }
    db.new_epoch().await.unwrap();
    assert!(db.members(None).await.unwrap().is_empty(), "it sees what it wrote");
    drop(db);
    let left = store.snapshot(room.into()).await.unwrap().unwrap();
    assert_eq!(left.conversation.unwrap().members.len(), members.len());
    assert_eq!(store.log_head().await.unwrap(), before);
    // Nor does it hold the lock any longer.
    let late = sign_up(store, "late").await;
    join(store, room, late).await;
}

pub(crate) async fn a_store_is_written_row_by_row(database: Arc<Database>) {
    fill(&database.store).await;
    let mut from = snapshot(&database.options).await.unwrap();
    let events = all_events(&mut *from).await;
    let accounts = from.accounts(None).await.unwrap();
    let (streams, members) = (from.streams(None).await.unwrap(), from.members(None).await.unwrap());

    let folder = tempfile::tempdir().unwrap();
    let target = options(format!("sqlite://{}/confab.db", folder.path().display()));
    confab_store::migrate(&target).await.unwrap();
    let mut db = rebuild(&target).await.unwrap();
    let old = db.log_head().await.unwrap();
    assert!(db.claim_if_empty().await.unwrap());
    db.insert(Batch::Accounts(&accounts)).await.unwrap();
    db.insert(Batch::Events(&events)).await.unwrap();
    // Twice, since rows that are there are replaced.
    for _ in 0..2 {
        db.put_streams(&streams).await.unwrap();
        db.put_members(&members).await.unwrap();
    }
    db.new_epoch().await.unwrap();
    db.commit().await.unwrap();

    let mut copy = snapshot(&target).await.unwrap();
    assert_eq!(all_events(&mut *copy).await, events);
    assert_eq!(copy.streams(None).await.unwrap(), streams);
    assert_eq!(copy.members(None).await.unwrap(), members);
    assert_ne!(copy.log_head().await.unwrap().epoch, old.epoch);
}
