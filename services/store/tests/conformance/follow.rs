//! The whole log by position, and leases.

use std::sync::Arc;
use std::time::Duration;

use confab_domain::LogEvent;
use confab_proto::{EventType, Position, Seq};
use confab_store::LogPage;
use uuid::Uuid;

use crate::database::Database;
use crate::scene::{direct, group, post, sign_up, target};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(20);

fn positions(page: &LogPage) -> Vec<u64> {
    page.events.iter().map(|event| event.position.0).collect()
}

pub(crate) async fn the_log_comes_by_position(database: Arc<Database>) {
    let store = &database.store;
    assert_eq!(store.log_after(Position(0), 9, 9).await.unwrap().events.len(), 0, "an empty log");
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[]).await;
    let pair = direct(store, ada, bob).await;
    let said = post(store, room, ada, &"é".repeat(100)).await;
    post(store, pair, bob, "hi").await;
    target(store, room, ada, EventType::MessageDeleted, said.seq).await;
    let head = store.log_head().await.unwrap();
    let all = store.log_after(Position(0), 1000, 1 << 20).await.unwrap();
    assert_eq!(all.log, head);
    assert_eq!(positions(&all), (1..=head.position.0).collect::<Vec<_>>());
    let of = |event: &LogEvent| (event.stream, event.seq, event.event_type, event.data.get().to_owned());
    let posted = all.events.iter().find(|event| event.position == said.position).unwrap();
    let alone = store.events_after(room.into(), Seq(said.seq.0 - 1), 1, 1 << 20).await.unwrap();
    assert_eq!(of(posted), of(&alone.events[0]));

    let page = async |after, limit, bytes| positions(&store.log_after(Position(after), limit, bytes).await.unwrap());
    let end = head.position.0;
    assert_eq!(page(0, 2, 1 << 20).await, [1, 2]);
    assert_eq!(page(end - 2, 9, 1 << 20).await, [end - 1, end]);
    assert_eq!(page(end, 9, 1 << 20).await, [0; 0]);
    assert_eq!(page(end + 5, 9, 1 << 20).await, [0; 0]);
    assert_eq!(page(u64::MAX, 9, 1 << 20).await, [0; 0]);
    assert_eq!(page(0, 0, 1 << 20).await, [0; 0]);
    assert_eq!(page(2, 9, 0).await, [3], "at least one");
    let size: usize = all.events[2..4].iter().map(|event| event.data.get().len()).sum();
    assert_eq!(page(2, 9, size).await, [3, 4]);
    assert_eq!(page(2, 9, size - 1).await, [3], "bytes, not characters");
}

pub(crate) async fn a_lease_has_one_holder(database: Arc<Database>) {
    let (store, other) = (&database.store, database.another_writer().await);
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    assert!(store.take_lease("relay", one, LONG).await.unwrap());
    assert!(!other.take_lease("relay", two, LONG).await.unwrap());
    assert!(other.take_lease("another", two, LONG).await.unwrap(), "leases do not touch each other");
    assert!(store.take_lease("relay", one, LONG).await.unwrap(), "renewed");
    other.release_lease("relay", two).await.unwrap();
    assert!(!other.take_lease("relay", two, LONG).await.unwrap(), "only the holder gives it back");
    store.release_lease("relay", one).await.unwrap();
    assert!(other.take_lease("relay", two, LONG).await.unwrap());
    assert!(!store.take_lease("relay", one, LONG).await.unwrap());
}

pub(crate) async fn a_lease_ends_unless_it_is_renewed(database: Arc<Database>) {
    let (store, other) = (&database.store, database.another_writer().await);
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    assert!(store.take_lease("relay", one, SHORT).await.unwrap());
    assert!(store.take_lease("relay", one, LONG).await.unwrap(), "by renewal it is long");
    tokio::time::sleep(2 * SHORT).await;
    assert!(!other.take_lease("relay", two, SHORT).await.unwrap());
    assert!(store.take_lease("relay", one, SHORT).await.unwrap(), "and short again");
    while !other.take_lease("relay", two, LONG).await.unwrap() {
        tokio::time::sleep(SHORT).await;
    }
    assert!(!store.take_lease("relay", one, LONG).await.unwrap(), "the first was too late");
}
