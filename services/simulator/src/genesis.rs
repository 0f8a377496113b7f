//! Before a run: people with their sessions, rooms with their members and some history.

use confab_domain::decide::{self, Asker, Known, PostMessage};
use confab_domain::text::{GroupName, MessageBody};
use confab_proto::{ClientId, ConversationId, SessionId, Timestamp, UserId};
use confab_store::{Outcome, Session, SessionRow};
use sha2::{Digest as _, Sha256};

use crate::dice::Dice;
use crate::profile::Profile;
use crate::truth::Truth;
use crate::world::{Cast, Person, SessionOf};

const NAMES: [&str; 6] = ["ada", "bob", "cyd", "dee", "eve", "fay"];

/// When every run begins.
pub(crate) const BEGUN: Timestamp = Timestamp(1_795_348_800_000_000);

#[must_use]
pub(crate) fn cast(seed: u64, profile: &Profile) -> (Cast, Truth) {
    let mut dice = Dice::of(seed, &[6]);
    let people: Vec<Person> = NAMES.into_iter().take(profile.users).map(|name| person(name, &mut dice)).collect();
    let users: Vec<UserId> = people.iter().map(|person| person.user).collect();
    let mut truth = Truth::new(&users, dice.draw() >> 1);
    for person in &people {
        let id = SessionId::from_uuid(dice.uuid());
        begin_session(&mut truth, &person.token, id, person.user);
    }
    let sessions = (0..profile.clients).map(|client| {
        let token = format!("client-{client}-{:x}", dice.draw());
        let id = SessionId::from_uuid(dice.uuid());
        let hash = begin_session(&mut truth, &token, id, users[client % users.len()]);
        SessionOf { token, hash, id }
    });
    let sessions = sessions.collect();
    let rooms = (0..profile.rooms).map(|room| create(&mut truth, &users, room, &mut dice)).collect();
    (Cast { people, rooms, sessions }, truth)
}

fn person(name: &'static str, dice: &mut Dice) -> Person {
    Person { name, user: UserId::from_uuid(dice.uuid()), token: format!("{name}-{:x}", dice.draw()) }
}

fn begin_session(truth: &mut Truth, token: &str, id: SessionId, user: UserId) -> [u8; 32] {
    let hash: [u8; 32] = Sha256::digest(token).into();
    let expires_at = BEGUN.plus_seconds(20 * 24 * 3_600);
    let session = Session { id, user, expires_at };
    let row = SessionRow { session, created_at: BEGUN, last_seen_at: BEGUN, client: String::new() };
    truth.sessions.insert(hash, row);
    hash
}

/// A group of the first person with some of the others, and what was said in it so far.
fn create(truth: &mut Truth, users: &[UserId], room: usize, dice: &mut Dice) -> ConversationId {
    let client_id = ClientId::from_uuid(dice.uuid());
    let name = GroupName::parse(&format!("room {}", room + 1)).expect("a name");
    let asker = Asker { actor: users[0], client_id, epoch: truth.life().epoch };
    let members: Vec<UserId> = users.iter().copied().filter(|_| dice.permille(800)).collect();
    let made = truth.append(&decide::create_group(asker, &name, &members));
    assert!(matches!(made, Outcome::Appended(_)), "a group is new");
    let conversation = decide::group_id(users[0], client_id);
    for number in 0..dice.index(50) {
        let known = truth.life().rules(conversation.into()).expect("it was created");
        let known = Known::of(known, users[0]);
        let body = MessageBody::parse(format!("before {room}.{number}"), 1_000).expect("a body");
        let asker = Asker { client_id: ClientId::from_uuid(dice.uuid()), ..asker };
        let post = PostMessage::text(conversation, body);
        let append = decide::post_message(asker, &known, &post).expect("the owner may post");
        truth.append(&append);
    }
    conversation
}
