//! Files: whose they are, which messages carry them, who may read them, and what is to be cleared.

use std::sync::Arc;

use confab_domain::{Append, Expect, NewEvent, RequestHash, Row};
use confab_proto::event_data::{MessageDeleted, Role, Visibility};
use confab_proto::http::{Attachment, MessagesLeft};
use confab_proto::{ConversationId, EventType, FileId, Seq, Timestamp, UserId};
use confab_store::{FileRow, Leftover, Outcome};
use tokio::task::JoinSet;

use crate::database::Database;
use crate::scene::{Stores, appended, direct, group, join, known, leave, message, one, sign_up};

const NO_QUOTA: u64 = u64::MAX;

fn row(owner: UserId, size: u64) -> FileRow {
    let (name, media_type) = ("cat.png".to_owned(), "image/png".to_owned());
    let file = Attachment {
        id: FileId::new_v7(),
        name,
        size,
        media_type,
        width: Some(640),
        height: Some(480),
        thumbnail: true,
    };
    FileRow { owner, file, is_picture: false, created_at: Timestamp(1_800_000_000_000_000) }
}

async fn upload(store: &Stores, owner: UserId) -> FileId {
    let row = row(owner, 10);
    assert!(store.reserve_file(&row, NO_QUOTA).await.unwrap());
    assert!(store.finish_file(row.file.id).await.unwrap());
    row.file.id
}

/// A message with a file, as a route decides it.
async fn with_file(store: &Stores, conversation: ConversationId, user: UserId, file: FileId) -> Append {
    let mut command = message(store, conversation, user, "look").await;
    command.expect.push(Expect::FileUsable { file, by: user });
    command.rows.push(Row::UseFile { file, stream: conversation.into(), event: 0 });
    command
}

async fn post(store: &Stores, conversation: ConversationId, user: UserId, file: FileId) -> Seq {
    let command = with_file(store, conversation, user, file).await;
    appended(store.append_rule(&command).await.unwrap())[0].seq
}

async fn blank(store: &Stores, conversation: ConversationId, user: UserId, target: Seq) {
    let mut command = message(store, conversation, user, "unused").await;
    let deleted = MessageDeleted { target_seq: target, thread_seq: None };
    command.events = vec![NewEvent::new(conversation, EventType::MessageDeleted, &deleted).about(target)];
    command.request_hash = RequestHash::of("delete", &target);
    command.rows = vec![Row::Blank { stream: conversation.into(), target }];
    appended(store.append_rule(&command).await.unwrap());
}

/// Some event with this row.
async fn change(store: &Stores, conversation: ConversationId, user: UserId, row: Row) {
    let mut command = message(store, conversation, user, "unused").await;
    command.rows = vec![row];
    appended(store.append_rule(&command).await.unwrap());
}

async fn reads(store: &Stores, file: FileId, viewer: UserId) -> bool {
    store.file_for(file, viewer).await.unwrap().is_some()
}

const NOTHING_LEFT: Leftover = Leftover { unused_since: Timestamp(0), storing_since: Timestamp(0) };

pub(crate) async fn a_file_is_its_owners_until_a_message_has_it(database: Arc<Database>) {
    let store = &database.store;
    let (ann, bob, eve) = (sign_up(store, "ann").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let new = row(ann, 10);
    let file = new.file.id;
    assert!(store.reserve_file(&new, NO_QUOTA).await.unwrap());
    assert!(!reads(store, file, ann).await, "its bytes are not there yet");
    assert!(store.finish_file(file).await.unwrap());
    assert!(!store.finish_file(file).await.unwrap());
    assert_eq!(store.file_for(file, ann).await.unwrap(), Some(new));
    assert!(!reads(store, file, bob).await && !reads(store, FileId::new_v7(), ann).await);

    let talk = direct(store, ann, bob).await;
    let stolen = with_file(store, talk, bob, file).await;
    assert_eq!(store.append_rule(&stolen).await.unwrap(), Outcome::Conflict, "it is not his");
    post(store, talk, ann, file).await;
    assert!(reads(store, file, ann).await && reads(store, file, bob).await && !reads(store, file, eve).await);
    assert!(!store.drop_file(file, ann).await.unwrap(), "a message has it");
}

pub(crate) async fn plain_files_have_no_pixels(database: Arc<Database>) {
    let store = &database.store;
    let ann = sign_up(store, "ann").await;
    let mut plain = row(ann, 0);
    (plain.file.width, plain.file.height, plain.file.thumbnail) = (None, None, false);
    assert!(store.reserve_file(&plain, NO_QUOTA).await.unwrap() && store.finish_file(plain.file.id).await.unwrap());
    assert_eq!(store.file_for(plain.file.id, ann).await.unwrap(), Some(plain));
}

pub(crate) async fn whoever_loses_the_conversation_loses_its_files(database: Arc<Database>) {
    let store = &database.store;
    let (ann, bob, eve) = (sign_up(store, "ann").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let team = group(store, ann, "team", &[bob]).await;
    let file = upload(store, bob).await;
    post(store, team, bob, file).await;
    assert!(reads(store, file, eve).await, "groups begin as public");
    let mut rules = known(store, team, ann).await.rules;
    rules.visibility = Visibility::Private;
    change(store, team, ann, Row::ChangeSettings { rules, event: 0 }).await;
    assert!(reads(store, file, ann).await && reads(store, file, bob).await && !reads(store, file, eve).await);
    appended(leave(store, team, bob).await);
    assert!(!reads(store, file, bob).await, "also whose file it was");

    // Another message of another conversation opens it again.
    let talk = direct(store, ann, bob).await;
    post(store, talk, ann, file).await;
    assert!(reads(store, file, bob).await);
}

pub(crate) async fn a_public_groups_files_are_public_but_to_the_banned(database: Arc<Database>) {
    let store = &database.store;
    let (ann, eve) = (sign_up(store, "ann").await, sign_up(store, "eve").await);
    let square = group(store, ann, "square", &[]).await;
    let file = upload(store, ann).await;
    post(store, square, ann, file).await;
    assert!(reads(store, file, eve).await);
    appended(join(store, square, eve).await);
    assert!(reads(store, file, eve).await);
    change(store, square, ann, Row::ChangeRole { stream: square.into(), user: eve, role: Role::Banned, event: 0 })
        .await;
    assert!(!reads(store, file, eve).await);
}

pub(crate) async fn a_blanked_message_gives_its_files_up(database: Arc<Database>) {
    let store = &database.store;
    let (ann, bob) = (sign_up(store, "ann").await, sign_up(store, "bob").await);
    let talk = direct(store, ann, bob).await;
    let (once, twice) = (upload(store, ann).await, upload(store, ann).await);
    let first = post(store, talk, ann, once).await;
    let (second, forwarded) = (post(store, talk, ann, twice).await, post(store, talk, bob, twice).await);
    blank(store, talk, ann, first).await;
    assert!(!reads(store, once, ann).await && !reads(store, once, bob).await);
    blank(store, talk, ann, second).await;
    assert!(reads(store, twice, bob).await, "the other message has it still");

    let again = with_file(store, talk, ann, once).await;
    assert_eq!(store.append_rule(&again).await.unwrap(), Outcome::Conflict, "it is given up for good");
    assert_eq!(store.files_to_clear(NOTHING_LEFT, 10).await.unwrap(), [once]);
    blank(store, talk, bob, forwarded).await;
    assert_eq!(store.files_to_clear(NOTHING_LEFT, 10).await.unwrap().len(), 2);
    assert_eq!(store.file_bytes(ann).await.unwrap(), 20, "they are there until they are cleared");
    store.forget_file(once).await.unwrap();
    store.forget_file(once).await.unwrap();
    assert_eq!(store.files_to_clear(NOTHING_LEFT, 10).await.unwrap(), [twice]);
    assert_eq!(store.file_bytes(ann).await.unwrap(), 10);
}

pub(crate) async fn what_was_left_behind_is_cleared(database: Arc<Database>) {
    let store = &database.store;
    let (ann, bob) = (sign_up(store, "ann").await, sign_up(store, "bob").await);
    let talk = direct(store, ann, bob).await;
    let (used, unused, dropped) = (upload(store, ann).await, upload(store, ann).await, upload(store, ann).await);
    let storing = row(ann, 10);
    let created = storing.created_at;
    assert!(store.reserve_file(&storing, NO_QUOTA).await.unwrap());
    post(store, talk, ann, used).await;
    assert!(!store.drop_file(dropped, bob).await.unwrap() && store.drop_file(dropped, ann).await.unwrap());
    assert!(!reads(store, dropped, ann).await);

    let early = Leftover { unused_since: created, storing_since: created };
    assert_eq!(store.files_to_clear(early, 10).await.unwrap(), [dropped], "the others are not older");
    assert!(reads(store, unused, ann).await);
    let late = Leftover { unused_since: created.plus_seconds(1), storing_since: created };
    let mut cleared = store.files_to_clear(late, 10).await.unwrap();
    cleared.sort_unstable();
    assert_eq!(cleared, [unused, dropped]);
    assert_eq!(store.files_to_clear(late, 1).await.unwrap().len(), 1);
    assert!(!reads(store, unused, ann).await);
    let late = Leftover { storing_since: created.plus_seconds(1), ..late };
    assert_eq!(store.files_to_clear(late, 10).await.unwrap().len(), 3);
    assert!(!store.finish_file(storing.file.id).await.unwrap(), "too late");
    store.forget_file(used).await.unwrap();
    assert!(reads(store, used, bob).await, "what is used is not forgotten");
}

pub(crate) async fn nobody_gets_above_the_quota_by_haste(database: Arc<Database>) {
    let ann = sign_up(&database.store, "ann").await;
    let bob = sign_up(&database.store, "bob").await;
    let mut uploads = JoinSet::new();
    for _ in 0..4 {
        let store = database.another_writer().await;
        uploads.spawn(async move {
            let mut taken = 0;
            for _ in 0..5 {
                taken += usize::from(store.reserve_file(&row(ann, 30), 100).await.unwrap());
            }
            taken
        });
    }
    assert_eq!(uploads.join_all().await.into_iter().sum::<usize>(), 3);
    let store = &database.store;
    assert!(
        !store.reserve_file(&row(ann, 11), 100).await.unwrap() && store.reserve_file(&row(ann, 10), 100).await.unwrap()
    );
    assert_eq!(store.file_bytes(ann).await.unwrap(), 100);
    assert!(store.reserve_file(&row(bob, 100), 100).await.unwrap(), "each has a quota of their own");
    store.forget_file(row(ann, 1).file.id).await.unwrap();
}

/// Of a file that is cleared and posted at the same moment exactly one thing becomes.
pub(crate) async fn a_file_is_either_posted_or_cleared(database: Arc<Database>) {
    let store = database.store.clone();
    let (ann, bob) = (sign_up(&store, "ann").await, sign_up(&store, "bob").await);
    let talk = direct(&store, ann, bob).await;
    for _ in 0..20 {
        let file = upload(&store, ann).await;
        let command = with_file(&store, talk, ann, file).await;
        let (poster, clearer) = (database.another_writer().await, database.another_writer().await);
        let mut both = JoinSet::new();
        both.spawn(async move { !matches!(poster.append_rule(&command).await, Ok(Outcome::Appended(_))) });
        both.spawn(async move { clearer.drop_file(file, ann).await.unwrap() });
        let is_cleared = both.join_all().await;
        assert_eq!(is_cleared[0], is_cleared[1]);
        assert_eq!(reads(&store, file, bob).await, !is_cleared[0]);
    }
    // The stores of the others wrote, too: the numbers stand.
    let command = message(&store, talk, ann, "after all that").await;
    appended(one(&store, command).await);
}

pub(crate) async fn a_picture_is_of_its_owner_alone(database: Arc<Database>) {
    let store = &database.store;
    let (ann, bob) = (sign_up(store, "ann").await, sign_up(store, "bob").await);
    let talk = direct(store, ann, bob).await;
    let (first, second, posted) = (upload(store, ann).await, upload(store, ann).await, upload(store, ann).await);
    post(store, talk, ann, posted).await;
    let mut plain = row(ann, 10);
    (plain.file.width, plain.file.height, plain.file.thumbnail) = (None, None, false);
    assert!(store.reserve_file(&plain, NO_QUOTA).await.unwrap() && store.finish_file(plain.file.id).await.unwrap());
    let shown = async |user| store.picture_of(user).await.unwrap().map(|row| row.file.id);

    assert!(store.set_picture(ann, Some(first)).await.unwrap());
    assert!(store.set_picture(ann, Some(first)).await.unwrap(), "again");
    assert!(!store.set_picture(bob, Some(first)).await.unwrap(), "it is ann's");
    for unfit in [posted, plain.file.id, FileId::new_v7()] {
        assert!(!store.set_picture(ann, Some(unfit)).await.unwrap());
    }
    assert_eq!((shown(ann).await, shown(bob).await), (Some(first), None));
    assert_eq!(store.users_by_id(&[ann]).await.unwrap()[0].avatar, Some(first));
    assert!(reads(store, first, ann).await && !reads(store, first, bob).await, "others see it as her picture only");
    let message = with_file(store, talk, ann, first).await;
    assert_eq!(store.append_rule(&message).await.unwrap(), Outcome::Conflict, "no message gets it");
    assert!(!store.drop_file(first, ann).await.unwrap());
    assert_eq!(store.files_to_clear(NOTHING_LEFT, 10).await.unwrap(), []);

    assert!(store.set_picture(ann, Some(second)).await.unwrap());
    assert_eq!(shown(ann).await, Some(second));
    assert_eq!(store.files_to_clear(NOTHING_LEFT, 10).await.unwrap(), [first], "nobody sees it any more");
    assert!(!store.set_picture(ann, Some(first)).await.unwrap());
    assert!(store.set_picture(ann, None).await.unwrap());
    assert_eq!((shown(ann).await, store.users_by_id(&[ann]).await.unwrap()[0].avatar), (None, None));
    assert_eq!(store.files_to_clear(NOTHING_LEFT, 10).await.unwrap().len(), 2);
    assert!(reads(store, posted, bob).await);

    let third = upload(store, ann).await;
    assert!(store.set_picture(ann, Some(third)).await.unwrap());
    assert!(store.delete_account(ann, "$argon2id$of-ann", MessagesLeft::Keep).await.unwrap());
    assert_eq!(shown(ann).await, None);
    assert!(store.files_to_clear(NOTHING_LEFT, 10).await.unwrap().contains(&third), "it goes with the account");
    let fourth = upload(store, ann).await;
    assert!(!store.set_picture(ann, Some(fourth)).await.unwrap());
}

pub(crate) async fn of_several_pictures_at_once_one_stays(database: Arc<Database>) {
    let store = &database.store;
    let ann = sign_up(store, "ann").await;
    for _ in 0..10 {
        let mut changes = JoinSet::new();
        for _ in 0..3 {
            let (writer, file) = (database.another_writer().await, upload(store, ann).await);
            changes.spawn(async move { writer.set_picture(ann, Some(file)).await.unwrap() });
        }
        assert_eq!(changes.join_all().await, [true; 3]);
        let stays = store.picture_of(ann).await.unwrap().unwrap().file.id;
        let dropped = store.files_to_clear(NOTHING_LEFT, 10).await.unwrap();
        assert!(!dropped.contains(&stays));
        for file in dropped {
            store.forget_file(file).await.unwrap();
        }
        assert_eq!(store.file_bytes(ann).await.unwrap(), 10, "nothing of the others is left");
    }
}
