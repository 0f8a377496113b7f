//! The whole table of rights, written out once more by hand: every action, every role, every state of a conversation.
//!
//! A row of letters stands for the roles none, owner, admin, member, reader, banned:
//! `+` yes, `m` not a member, `r` role too low, `a` archived, `d` a direct conversation has none of this, `-` not there.

use confab_domain::may::{self, Action};
use confab_domain::{RuleError, Rules};
use confab_proto::event_data::{ConversationKind, Posting, Role, Visibility};
use confab_proto::{Seq, StreamId};
use uuid::Uuid;

use Action::{
    Add, Archive, Ban, DeleteAny, DeleteOwn, Edit, Invite, Leave, MentionEveryone, Oversee, Pin, Post, React, Remove,
    Rename, SetPosting, SetRole, SetSlowMode, SetTopic, SetVisibility, Unarchive, Unban,
};

const ROLES: [Option<Role>; 6] =
    [None, Some(Role::Owner), Some(Role::Admin), Some(Role::Member), Some(Role::Reader), Some(Role::Banned)];

/// Public groups; a direct conversation is the last column.
const TABLE: [(Action, [&str; 6]); 22] = [
    //                 open      archived  announce  both      direct    archived
    (Leave, ["m++++-", "m++++-", "m++++-", "m++++-", "-dddd-", "-dddd-"]),
    (Post, ["m+++r-", "maaar-", "m++rr-", "maarr-", "-+++r-", "-aaar-"]),
    (Edit, ["m+++r-", "maaar-", "m++rr-", "maarr-", "-+++r-", "-aaar-"]),
    (React, ["m+++r-", "maaar-", "m+++r-", "maaar-", "-+++r-", "-aaar-"]),
    (DeleteOwn, ["m+++r-", "m++ar-", "m+++r-", "m++ar-", "-+++r-", "-++ar-"]),
    (DeleteAny, ["m++rr-", "m++rr-", "m++rr-", "m++rr-", "-rrrr-", "-rrrr-"]),
    (Pin, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-+++r-", "-aaar-"]),
    (MentionEveryone, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-rrrr-", "-rrrr-"]),
    (Rename, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (SetTopic, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (SetPosting, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (SetSlowMode, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (SetVisibility, ["m+rrr-", "marrr-", "m+rrr-", "marrr-", "-dddd-", "-dddd-"]),
    (Archive, ["m+rrr-", "marrr-", "m+rrr-", "marrr-", "-dddd-", "-dddd-"]),
    (Unarchive, ["m+rrr-", "m+rrr-", "m+rrr-", "m+rrr-", "-dddd-", "-dddd-"]),
    (Add, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (Remove, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (Ban, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (Unban, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (SetRole, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (Invite, ["m++rr-", "maarr-", "m++rr-", "maarr-", "-dddd-", "-dddd-"]),
    (Oversee, ["m++rr-", "m++rr-", "m++rr-", "m++rr-", "-dddd-", "-dddd-"]),
];

fn rules(kind: ConversationKind, visibility: Visibility, archived: bool, posting: Posting) -> Rules {
    let stream = StreamId::from_uuid(Uuid::nil());
    Rules { archived, posting, slow_mode_seconds: 30, ..Rules::created(stream, kind, None, visibility, Seq(1)) }
}

fn letter(answer: Result<(), RuleError>) -> char {
    match answer {
        Ok(()) => '+',
        Err(RuleError::NotThere) => '-',
        Err(RuleError::NotAMember) => 'm',
        Err(RuleError::RoleTooLow) => 'r',
        Err(RuleError::Archived) => 'a',
        Err(RuleError::DirectIsFixed) => 'd',
        Err(RuleError::AlreadyAMember) => 'i',
        Err(other) => unreachable!("{other:?}"),
    }
}

fn row(answer: impl Fn(Option<Role>) -> Result<(), RuleError>) -> String {
    ROLES.iter().map(|role| letter(answer(*role))).collect()
}

#[test]
fn the_whole_table_of_actions() {
    assert!(Action::ALL.iter().all(|action| TABLE.iter().filter(|(known, _)| known == action).count() == 1));
    for (action, columns) in TABLE {
        for kind in [ConversationKind::Group, ConversationKind::Direct] {
            for visibility in [Visibility::Public, Visibility::Private] {
                for (column, (archived, posting)) in [
                    (false, Posting::Members),
                    (true, Posting::Members),
                    (false, Posting::Admins),
                    (true, Posting::Admins),
                ]
                .into_iter()
                .enumerate()
                {
                    let rules = rules(kind, visibility, archived, posting);
                    let expected = match (kind, visibility) {
                        (ConversationKind::Group, Visibility::Public) => columns[column].to_owned(),
                        (ConversationKind::Group, Visibility::Private) => columns[column].replacen('m', "-", 1),
                        // Whatever else its row says, it is the two's own.
                        (ConversationKind::Direct, _) => columns[4 + usize::from(archived)].to_owned(),
                    };
                    assert_eq!(row(|role| may::act(action, &rules, role)), expected, "{action:?} {rules:?}");
                }
            }
        }
    }
}

#[test]
fn the_reading_table() {
    let can_read = |kind, visibility| {
        for (archived, posting) in [(false, Posting::Members), (true, Posting::Admins)] {
            assert_eq!(
                ROLES.map(|role| may::read(&rules(kind, visibility, archived, posting), role)),
                ROLES.map(|role| may::read(&rules(kind, visibility, false, Posting::Members), role))
            );
        }
        ROLES.map(|role| may::read(&rules(kind, visibility, false, Posting::Members), role))
    };
    use ConversationKind::{Direct, Group};
    assert_eq!(can_read(Group, Visibility::Public), [true, true, true, true, true, false]);
    assert_eq!(can_read(Group, Visibility::Private), [false, true, true, true, true, false]);
    assert_eq!(can_read(Direct, Visibility::Private), [false, true, true, true, true, false]);
    assert_eq!(can_read(Direct, Visibility::Public), [false, true, true, true, true, false], "never public");
}

#[test]
fn the_table_of_ways_in() {
    //                              join      with an invitation
    let table = [
        (ConversationKind::Group, Visibility::Public, false, "+iiii-", "+iiii-"),
        (ConversationKind::Group, Visibility::Public, true, "aiiii-", "aiiii-"),
        (ConversationKind::Group, Visibility::Private, false, "-iiii-", "+iiii-"),
        (ConversationKind::Group, Visibility::Private, true, "-iiii-", "aiiii-"),
        (ConversationKind::Direct, Visibility::Private, false, "-iiii-", "-iiii-"),
        (ConversationKind::Direct, Visibility::Public, true, "-iiii-", "-iiii-"),
    ];
    for (kind, visibility, archived, join, enter) in table {
        for posting in [Posting::Members, Posting::Admins] {
            let rules = rules(kind, visibility, archived, posting);
            assert_eq!(row(|role| may::join(&rules, role)), join, "{rules:?}");
            assert_eq!(row(|role| may::enter(&rules, role)), enter, "{rules:?}");
        }
    }
}

#[test]
fn the_table_of_who_stands_above_whom() {
    let owners = |own: Role| own == Role::Owner;
    let owners_and_admins = |own: Role| matches!(own, Role::Owner | Role::Admin);
    for own in ROLES.into_iter().flatten() {
        let is_over = ROLES.map(|target| may::over(own, target).is_ok());
        let [all, low] = [owners(own), owners_and_admins(own)];
        assert_eq!(is_over, [low, all, all, low, low, low], "{own:?} removes or bans: none, owner, admin, …");
    }
    let lets_in = |own| ROLES.into_iter().flatten().map(move |role| may::add(own, role).is_ok()).collect::<Vec<_>>();
    assert_eq!(lets_in(Role::Owner), [true, true, true, true, false]);
    assert_eq!(lets_in(Role::Admin), [false, false, true, true, false]);
    for own in [Role::Owner, Role::Admin] {
        for from in ROLES.into_iter().flatten() {
            for to in ROLES.into_iter().flatten() {
                let low = |role| matches!(role, Role::Member | Role::Reader);
                let expected = to != Role::Banned && (owners(own) || (low(from) || from == Role::Banned) && low(to));
                assert_eq!(may::change_role(own, from, to).is_ok(), expected, "{own:?}: {from:?} to {to:?}");
            }
        }
    }
}

#[test]
fn admins_and_the_two_of_a_direct_conversation_do_not_wait() {
    let group = rules(ConversationKind::Group, Visibility::Public, false, Posting::Members);
    assert_eq!(ROLES.map(|role| may::slow_mode(&group, role)), [30, 0, 0, 30, 30, 30]);
    let direct = rules(ConversationKind::Direct, Visibility::Private, false, Posting::Members);
    assert_eq!(ROLES.map(|role| may::slow_mode(&direct, role)), [0; 6]);
}
