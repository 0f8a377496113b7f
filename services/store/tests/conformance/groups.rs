//! Ways into a group: invitations, requests, and what its admins see and nobody else.

use std::sync::Arc;

use confab_domain::decide::{self, Known, Other};
use confab_domain::{Append, RuleError};
use confab_proto::event_data::{ConversationKind, Role, Visibility};
use confab_proto::{ConversationId, InvitationId, Timestamp, UserId};
use confab_store::{Asked, NewInvitation, Outcome, Overseen};
use uuid::Uuid;

use crate::database::Database;
use crate::scene::{Stores, appended, asker, direct, group, join, known, sign_up, token};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

async fn about(store: &Stores, room: ConversationId, actor: UserId, user: UserId) -> (Known, Other) {
    let (known, row) = store.known_about(room, actor, user).await.unwrap().unwrap();
    (known.known(), Other { user, row })
}

pub(crate) async fn set_role(store: &Stores, room: ConversationId, actor: UserId, user: UserId, role: Role) {
    let (known, other) = about(store, room, actor, user).await;
    let command = decide::change_role(asker(store, actor).await, &known, other, role).unwrap();
    appended(store.append_rule(&command).await.unwrap());
}

async fn ban(store: &Stores, room: ConversationId, actor: UserId, user: UserId) {
    let (known, other) = about(store, room, actor, user).await;
    let command = decide::ban(asker(store, actor).await, &known, other).unwrap();
    appended(store.append_rule(&command).await.unwrap());
}

async fn make_private(store: &Stores, room: ConversationId, owner: UserId) {
    let command = decide::ChangeSettings { visibility: Some(Visibility::Private), ..decide::ChangeSettings::default() };
    let command =
        decide::change_settings(asker(store, owner).await, &known(store, room, owner).await, &command).unwrap();
    appended(store.append_rule(&command).await.unwrap());
}

fn invitation(room: ConversationId, by: UserId) -> NewInvitation {
    NewInvitation {
        id: InvitationId::new_v7(),
        conversation: room,
        token: token(),
        created_by: by,
        created_at: NOW,
        expires_at: None,
        max_uses: None,
    }
}

async fn accept(store: &Stores, room: ConversationId, user: UserId, invitation: InvitationId) -> Append {
    decide::accept_invitation(asker(store, user).await, &known(store, room, user).await, invitation).unwrap()
}

pub(crate) async fn what_is_known_of_two_people_is_of_one_snapshot(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob]).await;
    let (known, other) = about(store, room, ada, bob).await;
    assert_eq!((known.role(), known.other_owner), (Some(Role::Owner), false));
    assert_eq!(other.row.map(|row| row.role), Some(Role::Member));
    let (known, other) = about(store, room, bob, eve).await;
    assert!(known.other_owner && other.row.is_none());
    set_role(store, room, ada, bob, Role::Owner).await;
    assert!(about(store, room, ada, bob).await.0.other_owner);
    assert!(store.known_rules(room, ada).await.unwrap().unwrap().other_owner);
    let nowhere = ConversationId::from_uuid(Uuid::new_v4());
    assert!(store.known_about(nowhere, ada, bob).await.unwrap().is_none());
}

pub(crate) async fn an_invitation_lets_in_as_long_as_it_says(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    make_private(store, room, ada).await;
    let mut people = Vec::new();
    for n in 0..3 {
        people.push(sign_up(store, &format!("person-{n}")).await);
    }
    let twice = NewInvitation { max_uses: Some(2), ..invitation(room, ada) };
    assert_eq!(store.add_invitation(&twice).await.unwrap(), Overseen::Done);
    let found = store.invited_to(&twice.token, people[0], NOW).await.unwrap().unwrap();
    assert_eq!((found.invitation, found.role, found.member_count), (twice.id, None, 1));
    assert_eq!(found.rules.name.as_deref(), Some("room"));
    let late = accept(store, room, people[2], twice.id).await;
    for user in &people[..2] {
        appended(store.append_rule(&accept(store, room, *user, twice.id).await).await.unwrap());
    }
    assert_eq!(store.append_rule(&late).await.unwrap(), Outcome::Conflict, "two uses were all");
    assert!(store.invited_to(&twice.token, people[2], NOW).await.unwrap().is_none());
    assert!(store.invited_to(&[7; 32], people[2], NOW).await.unwrap().is_none(), "a guess");

    let expiring = NewInvitation { expires_at: Some(NOW), ..invitation(room, ada) };
    assert_eq!(store.add_invitation(&expiring).await.unwrap(), Overseen::Done);
    assert!(store.invited_to(&expiring.token, people[2], Timestamp(NOW.0 - 1)).await.unwrap().is_some());
    assert!(store.invited_to(&expiring.token, people[2], NOW).await.unwrap().is_none());
    let past = NewInvitation { expires_at: Some(Timestamp(1)), ..invitation(room, ada) };
    assert_eq!(store.add_invitation(&past).await.unwrap(), Overseen::Done);
    let command = accept(store, room, people[2], past.id).await;
    assert_eq!(store.append_rule(&command).await.unwrap(), Outcome::Conflict, "the clock of the append counts");

    let elsewhere = group(store, ada, "other", &[]).await;
    let open = invitation(elsewhere, ada);
    store.add_invitation(&open).await.unwrap();
    let command = accept(store, room, people[2], open.id).await;
    assert_eq!(store.append_rule(&command).await.unwrap(), Outcome::Conflict, "it is another group's");
    ban(store, elsewhere, ada, people[2]).await;
    assert!(store.invited_to(&open.token, people[2], NOW).await.unwrap().is_none());
}

pub(crate) async fn admins_make_and_revoke_invitations(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let low = Overseen::Refused(RuleError::RoleTooLow);
    assert_eq!(store.add_invitation(&invitation(room, bob)).await.unwrap(), low);
    set_role(store, room, ada, bob, Role::Admin).await;
    let [first, second] = [invitation(room, bob), invitation(room, ada)];
    for new in [&first, &second] {
        assert_eq!(store.add_invitation(new).await.unwrap(), Overseen::Done);
    }
    let listed = async |viewer| {
        let rows = store.invitations_of(room, viewer, NOW).await.unwrap();
        rows.map(|rows| rows.into_iter().map(|row| row.id).collect::<Vec<_>>())
    };
    assert_eq!(listed(bob).await, Ok(vec![second.id, first.id]));
    set_role(store, room, ada, bob, Role::Member).await;
    assert_eq!(listed(bob).await, Err(RuleError::RoleTooLow));
    let revoke = async |room, id, actor| store.revoke_invitation(room, id, actor, NOW).await.unwrap();
    assert_eq!(revoke(room, first.id, bob).await, low);
    let other = group(store, ada, "other", &[]).await;
    assert_eq!(revoke(other, first.id, ada).await, Overseen::Missing);
    assert_eq!(revoke(room, first.id, ada).await, Overseen::Done);
    assert_eq!(revoke(room, first.id, ada).await, Overseen::Done, "a repeat");
    assert_eq!(listed(ada).await, Ok(vec![second.id]));
    assert!(store.invited_to(&first.token, ada, NOW).await.unwrap().is_none());
    let eve = sign_up(store, "eve").await;
    assert_eq!(store.append_rule(&accept(store, room, eve, first.id).await).await.unwrap(), Outcome::Conflict);
    for _ in 0..99 {
        assert_eq!(store.add_invitation(&invitation(room, ada)).await.unwrap(), Overseen::Done);
    }
    assert_eq!(store.add_invitation(&invitation(room, ada)).await.unwrap(), Overseen::TooMany);
    let private = Overseen::Refused(RuleError::NotThere);
    make_private(store, room, ada).await;
    assert_eq!(store.add_invitation(&invitation(room, eve)).await.unwrap(), private);
    assert_eq!(revoke(room, second.id, eve).await, private);
}

pub(crate) async fn a_request_says_nothing_of_what_it_asks_for(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob]).await;
    let ask = async |room, user| store.ask_to_join(room, user, NOW).await.unwrap();
    assert_eq!(ask(room, eve).await, Asked::Public);
    assert_eq!(ask(room, bob).await, Asked::Member);
    make_private(store, room, ada).await;
    let nowhere = ConversationId::from_uuid(Uuid::new_v4());
    let theirs = direct(store, ada, bob).await;
    assert_eq!(ask(room, eve).await, Asked::Stands { new: true });
    assert_eq!(ask(room, eve).await, Asked::Stands { new: false });
    assert_eq!(ask(nowhere, eve).await, Asked::Stands { new: false });
    assert_eq!(ask(ConversationId::from_uuid(bob.uuid()), eve).await, Asked::Stands { new: false }, "a user's stream");
    ask(theirs, eve).await;
    let own = store.requests_of(eve).await.unwrap();
    assert_eq!(own.len(), 4);
    assert!(own.iter().all(|request| request.at == NOW));
    assert!(
        store.withdraw_request(nowhere, eve).await.unwrap() && !store.withdraw_request(nowhere, eve).await.unwrap()
    );
    for _ in 0..97 {
        ask(ConversationId::from_uuid(Uuid::new_v4()), eve).await;
    }
    assert_eq!(ask(nowhere, eve).await, Asked::TooMany);
    assert_eq!(ask(room, eve).await, Asked::Stands { new: false });
}

pub(crate) async fn admins_see_and_refuse_requests(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let zoe = sign_up(store, "zoe").await;
    let room = group(store, ada, "room", &[bob]).await;
    make_private(store, room, ada).await;
    for user in [eve, zoe] {
        store.ask_to_join(room, user, NOW).await.unwrap();
    }
    let names = async |viewer, limit, after| {
        let page = store.requests_for(room, viewer, limit, after).await.unwrap()?;
        let names: Vec<String> = page.rows.into_iter().map(|request| request.user.username).collect();
        Ok::<_, RuleError>((names, page.next))
    };
    assert_eq!(names(ada, 9, None).await.unwrap(), (vec!["eve".to_owned(), "zoe".to_owned()], None));
    let (first, next) = names(ada, 1, None).await.unwrap();
    assert_eq!((first, next.clone()), (vec!["eve".to_owned()], Some(eve.to_string())));
    assert_eq!(names(ada, 1, Some(eve)).await.unwrap(), (vec!["zoe".to_owned()], None));
    assert_eq!(names(bob, 9, None).await, Err(RuleError::RoleTooLow));
    assert_eq!(names(eve, 9, None).await, Err(RuleError::NotThere));

    let refuse = async |user, actor| store.refuse_request(room, user, actor).await.unwrap();
    assert_eq!(refuse(eve, bob).await, Overseen::Refused(RuleError::RoleTooLow));
    assert_eq!(refuse(eve, ada).await, Overseen::Done);
    assert_eq!(refuse(eve, ada).await, Overseen::Missing);
    assert!(store.requests_of(eve).await.unwrap().is_empty() && !store.has_asked(room, eve).await.unwrap());
    assert!(store.has_asked(room, zoe).await.unwrap());
    let (known, other) = about(store, room, ada, zoe).await;
    let add = decide::add_member(asker(store, ada).await, &known, other, Role::Member).unwrap();
    appended(store.append_rule(&add).await.unwrap());
    assert!(!store.has_asked(room, zoe).await.unwrap(), "whoever is in has no need of it");
    ban(store, room, ada, eve).await;
    assert_eq!(store.ask_to_join(room, eve, NOW).await.unwrap(), Asked::Stands { new: false });
    assert_eq!(names(ada, 9, None).await.unwrap(), (Vec::new(), None), "the banned ask in vain");
}

pub(crate) async fn admins_see_the_banned(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob, eve]).await;
    let bans = async |viewer, limit, after| {
        let page = store.bans_of(room, viewer, limit, after).await.unwrap()?;
        Ok::<_, RuleError>((page.rows.into_iter().map(|user| user.id).collect::<Vec<_>>(), page.next))
    };
    assert_eq!(bans(ada, 9, None).await, Ok((Vec::new(), None)));
    ban(store, room, ada, bob).await;
    ban(store, room, ada, eve).await;
    assert_eq!(bans(ada, 9, None).await, Ok((vec![bob, eve], None)));
    assert_eq!(bans(ada, 1, None).await, Ok((vec![bob], Some(bob.to_string()))));
    assert_eq!(bans(ada, 1, Some(bob)).await, Ok((vec![eve], None)));
    assert_eq!(bans(bob, 9, None).await, Err(RuleError::NotThere));
    let zoe = sign_up(store, "zoe").await;
    assert_eq!(bans(zoe, 9, None).await, Err(RuleError::NotAMember));
    assert_eq!(store.admins_of(room).await.unwrap(), [ada]);
    let (known, other) = about(store, room, ada, eve).await;
    let unban = decide::unban(asker(store, ada).await, &known, other).unwrap();
    appended(store.append_rule(&unban).await.unwrap());
    assert!(store.known_rules(room, eve).await.unwrap().unwrap().own.is_none(), "no row remains");
    appended(join(store, room, eve).await);
    assert_eq!(known.rules.kind, ConversationKind::Group);
}

/// What two people decide against each other at the same moment, each on what both have seen: one of the two is decided again.
pub(crate) async fn of_two_decisions_against_each_other_one_stands(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let both = async |one: Append, other: Append| {
        let (one, other) = tokio::join!(store.append_rule(&one), store.append_rule(&other));
        let outcomes = [one.unwrap(), other.unwrap()];
        let done = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Appended(_))).count();
        let conflicts = outcomes.iter().filter(|outcome| **outcome == Outcome::Conflict).count();
        assert_eq!((done, conflicts), (1, 1), "{outcomes:?}");
    };
    let owners = async |room| {
        let members = store.snapshot(ConversationId::into(room)).await.unwrap().unwrap().conversation.unwrap().members;
        members.values().filter(|row| row.role == Role::Owner).count()
    };
    for round in 0..8 {
        let room = group(store, ada, &format!("room {round}"), &[bob, eve]).await;
        set_role(store, room, ada, bob, Role::Owner).await;
        let [first, second] = [about(store, room, ada, bob).await, about(store, room, bob, ada).await];
        if round % 2 == 0 {
            let one = decide::remove_member(asker(store, ada).await, &first.0, first.1).unwrap();
            let other = decide::remove_member(asker(store, bob).await, &second.0, second.1).unwrap();
            both(one, other).await;
        } else {
            let one = decide::leave(asker(store, ada).await, &first.0).unwrap();
            let other = decide::leave(asker(store, bob).await, &second.0).unwrap();
            both(one, other).await;
        }
        assert_eq!(owners(room).await, 1, "one owner stays");
        let stays = if store.known_rules(room, ada).await.unwrap().unwrap().own.is_some() { ada } else { bob };
        let (known, other) = about(store, room, stays, eve).await;
        let promote = decide::change_role(asker(store, stays).await, &known, other, Role::Admin).unwrap();
        let remove = decide::remove_member(asker(store, stays).await, &known, other).unwrap();
        both(promote, remove).await;
    }
}
