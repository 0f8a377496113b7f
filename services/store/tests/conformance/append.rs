//! Appending: numbers, repeats, guards, all or nothing.

use std::sync::Arc;

use confab_domain::append::{Expect, Row};
use confab_domain::decide;
use confab_domain::text::GroupName;
use confab_domain::{NewEvent, RequestHash};
use confab_proto::event_data::{Role, SessionRevoked};
use confab_proto::{Epoch, EventType, MessageNo, Position, Seq, SessionId, UserId};
use confab_store::{Outcome, StoreError};

use crate::database::Database;
use crate::scene::{
    add_session, appended, asker, assert_positions_are_gapless, assert_seqs_are_gapless, group, join, leave, log,
    message, one, post, session, sign_up, target, token,
};

pub(crate) async fn a_batch_is_numbered_in_its_order(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let (one, two) = (group(store, ada, "one", &[]).await, group(store, ada, "two", &[]).await);
    let before = store.log_head().await.unwrap().position.0;
    let mut batch = Vec::new();
    for n in 0..256 {
        batch.push(message(store, if n % 3 == 0 { one } else { two }, ada, &format!("message {n}")).await);
    }
    let outcomes = store.append_plain(&batch).await.unwrap();
    assert_eq!(outcomes.len(), 256);
    for (n, outcome) in outcomes.into_iter().enumerate() {
        let placed = appended(outcome);
        assert_eq!(placed[0].position, Position(before + 1 + n as u64), "in the order of the batch");
    }
    let logs = [log(store, one).await, log(store, two).await, log(store, ada).await];
    logs.iter().for_each(|log| assert_seqs_are_gapless(log));
    assert_positions_are_gapless(store, &logs).await;
    let bodies: Vec<&str> = logs[0].iter().skip(2).map(|event| event.data.get()).collect();
    assert_eq!(bodies[1], r#"{"body":"message 3","replyTo":null,"attachments":[]}"#);
    assert_eq!(bodies.len(), 86);
}

pub(crate) async fn a_command_stands_on_several_streams(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let command = decide::create_group(asker(store, ada).await, &GroupName::parse("Team").unwrap(), &[bob]);
    let placed = appended(store.append_rule(&command).await.unwrap());
    let seqs: Vec<u64> = placed.iter().map(|place| place.seq.0).collect();
    assert_eq!(seqs, [1, 2, 3, 1, 1], "created and two added, then one entered on each user's stream");
    let positions: Vec<u64> = placed.iter().map(|place| place.position.0).collect();
    assert_eq!(positions, [1, 2, 3, 4, 5]);
    assert!(placed.iter().all(|place| place.at == placed[0].at && place.message_no == MessageNo(0)));
    let events = log(store, command.first_stream()).await;
    assert_eq!(events.iter().map(|e| e.client_id).collect::<Vec<_>>(), [Some(command.client_id), None, None]);
    let entered = log(store, bob).await;
    assert_eq!((entered[0].event_type, entered[0].actor), (EventType::ConversationEntered, ada));
}

pub(crate) async fn a_repeat_gets_the_first_answer(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let command = message(store, room, ada, "once").await;
    let first = appended(one(store, command.clone()).await)[0];
    post(store, room, ada, "between").await;
    assert_eq!(one(store, command.clone()).await, Outcome::Duplicate(first));
    let mut late = command.clone();
    late.epoch = Epoch(late.epoch.0 ^ 1);
    late.expect.push(Expect::NewStream(room.into()));
    assert_eq!(one(store, late).await, Outcome::Duplicate(first), "a repeat comes before epoch and expectations");
    let earlier = store.earlier(room.into(), ada, command.client_id).await.unwrap().unwrap();
    assert_eq!((earlier.placed, earlier.request_hash), (first, Some(command.request_hash)));
    assert!(store.earlier(room.into(), UserId::new_v7(), command.client_id).await.unwrap().is_none());

    let create = decide::create_group(asker(store, ada).await, &GroupName::parse("again").unwrap(), &[]);
    let made = appended(store.append_rule(&create).await.unwrap());
    assert_eq!(store.append_rule(&create).await.unwrap(), Outcome::Duplicate(made[0]));
}

pub(crate) async fn an_id_with_another_request_is_reused(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let mut command = message(store, room, ada, "once").await;
    appended(one(store, command.clone()).await);
    command.request_hash = RequestHash::of("message.posted", &"other");
    assert_eq!(one(store, command.clone()).await, Outcome::Reused);
    let mut elsewhere = message(store, group(store, ada, "other room", &[]).await, ada, "once").await;
    elsewhere.client_id = command.client_id;
    appended(one(store, elsewhere).await);
}

pub(crate) async fn a_redacted_request_equals_everything(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let mut command = message(store, room, ada, "secret").await;
    let first = appended(one(store, command.clone()).await)[0];
    redact(&database, first.position).await;
    command.request_hash = RequestHash::of("message.posted", &"other");
    assert_eq!(one(store, command.clone()).await, Outcome::Duplicate(first));
    assert_eq!(store.earlier(room.into(), ada, command.client_id).await.unwrap().unwrap().request_hash, None);
    let page = store.message(room, ada, first.seq).await.unwrap().unwrap();
    assert!(page.messages().unwrap()[0].deleted);
    let events = log(store, room).await;
    assert!(events.last().unwrap().redacted && events.iter().filter(|event| event.redacted).count() == 1);
}

/// As deleting will do it.
pub(crate) async fn redact(database: &Database, position: Position) {
    let sql = "update events set redacted_at = 1, data = '{}', request_hash = null where position = $1";
    if database.is_postgres() {
        let pool = sqlx::PgPool::connect(&database.options.url).await.unwrap();
        sqlx::query(sql).bind(position.as_i64()).execute(&pool).await.unwrap();
    } else {
        let pool = sqlx::SqlitePool::connect(&database.options.url).await.unwrap();
        sqlx::query(sql).bind(position.as_i64()).execute(&pool).await.unwrap();
    }
}

pub(crate) async fn a_moved_guard_is_a_conflict(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[]).await;
    appended(join(store, room, bob).await);
    let late = message(store, room, bob, "late").await;
    post(store, room, ada, "a message moves no guard").await;
    let mut other_settings = late.clone();
    other_settings.expect[0] = Expect::Settings { stream: room.into(), guard: Seq(2) };
    assert_eq!(one(store, other_settings).await, Outcome::Conflict);
    let mut new = late.clone();
    new.expect.push(Expect::NewStream(room.into()));
    assert_eq!(one(store, new).await, Outcome::Conflict);
    appended(leave(store, room, bob).await);
    assert_eq!(one(store, late.clone()).await, Outcome::Conflict, "no row where one was expected");
    appended(join(store, room, bob).await);
    assert_eq!(one(store, late).await, Outcome::Conflict, "another row than was expected");
    appended(one(store, message(store, room, bob, "fresh").await).await);
    let rejoin = decide::create_group(asker(store, ada).await, &GroupName::parse("x").unwrap(), &[]);
    let mut taken = rejoin.clone();
    taken.expect = vec![Expect::NewStream(room.into())];
    assert_eq!(store.append_rule(&taken).await.unwrap(), Outcome::Conflict);
    assert_eq!(log(store, rejoin.first_stream()).await.len(), 0);
}

pub(crate) async fn another_epoch_is_a_conflict(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let command = message(store, room, ada, "from before").await;
    let rule = decide::create_group(asker(store, ada).await, &GroupName::parse("x").unwrap(), &[]);
    store.restored().await.unwrap();
    assert_eq!(one(store, command).await, Outcome::Conflict);
    assert_eq!(store.append_rule(&rule).await.unwrap(), Outcome::Conflict);
    post(store, room, ada, "from after").await;
}

pub(crate) async fn a_refused_command_leaves_nothing(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let before = store.log_head().await.unwrap();
    let name = GroupName::parse("x").unwrap();
    let mut command = decide::create_group(asker(store, ada).await, &name, &[]);
    let stream = command.first_stream();
    command.rows.push(Row::AddMember { stream, user: UserId::new_v7(), role: Role::Member, event: 1 });
    let error = store.append_rule(&command).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "nobody of this id: {error:?}");
    assert_eq!(store.log_head().await.unwrap(), before);
    assert!(store.snapshot(stream).await.unwrap().is_none());
    command.rows.pop();
    assert_eq!(appended(store.append_rule(&command).await.unwrap())[0].position, before.position.next());
}

pub(crate) async fn a_command_twice_in_one_batch_is_refused(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let command = message(store, room, ada, "twice").await;
    let before = store.log_head().await.unwrap();
    let error = store.append_plain(&[command.clone(), command.clone()]).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error:?}");
    assert_eq!(store.log_head().await.unwrap(), before);
    let revoke = decide::revoke_session(asker(store, ada).await, SessionId::new_v7());
    assert!(matches!(store.append_plain(&[revoke]).await.unwrap_err(), StoreError::Refused(_)), "no plain command");
    assert!(store.append_plain(&[]).await.unwrap().is_empty());
}

pub(crate) async fn a_batch_holds_each_outcome(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let repeated = message(store, room, ada, "repeated").await;
    let first = appended(one(store, repeated.clone()).await)[0];
    let mut reused = repeated.clone();
    let mut moved = message(store, room, ada, "moved").await;
    moved.expect[1] = Expect::Member { stream: room.into(), user: ada, guard: None };
    let mut foreign = message(store, room, ada, "foreign").await;
    foreign.epoch = Epoch(foreign.epoch.0 ^ 1);
    let good = [message(store, room, ada, "good").await, message(store, room, ada, "too").await];
    let [one, two] = good.clone();
    let outcomes = store.append_plain(&[one, repeated, moved, foreign, two]).await.unwrap();
    assert_eq!(outcomes[1..4], [Outcome::Duplicate(first), Outcome::Conflict, Outcome::Conflict]);
    assert_eq!(appended(outcomes[0].clone())[0].seq, first.seq.next());
    assert_eq!(appended(outcomes[4].clone())[0].seq, first.seq.next().next());
    reused.request_hash = RequestHash::of("message.posted", &"other");
    let [one, two] = good;
    let outcomes = store.append_plain(&[reused, one, two]).await.unwrap();
    assert_eq!(outcomes[0], Outcome::Reused);
    assert!(matches!(outcomes[1..], [Outcome::Duplicate(_), Outcome::Duplicate(_)]));
    assert_seqs_are_gapless(&log(store, room).await);
}

pub(crate) async fn time_never_goes_back(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let first = post(store, room, ada, "from a clock that is ahead").await;
    let ahead = first.at.plus_seconds(3_600);
    let sql = "update events set at = $1 where position = $2";
    if database.is_postgres() {
        let pool = sqlx::PgPool::connect(&database.options.url).await.unwrap();
        sqlx::query(sql).bind(ahead.0).bind(first.position.as_i64()).execute(&pool).await.unwrap();
    } else {
        let pool = sqlx::SqlitePool::connect(&database.options.url).await.unwrap();
        sqlx::query(sql).bind(ahead.0).bind(first.position.as_i64()).execute(&pool).await.unwrap();
    }
    assert_eq!(post(store, room, ada, "next").await.at, ahead);
    let edited = target(store, room, ada, EventType::MessageEdited, first.seq).await;
    assert_eq!((edited.at, edited.message_no), (ahead, MessageNo(2)));

    let signed_in = session(ada);
    let hash = token();
    add_session(store, signed_in, hash).await;
    let revoke = decide::revoke_session(asker(store, ada).await, signed_in.id);
    let expected = NewEvent::new(ada, EventType::SessionRevoked, &SessionRevoked { session_id: signed_in.id });
    assert_eq!(revoke.events[0].data.get(), expected.data.get());
    assert_eq!(appended(store.append_rule(&revoke).await.unwrap())[0].at, ahead);
    assert!(store.session(&hash).await.unwrap().is_none(), "the row went with the event");
}
