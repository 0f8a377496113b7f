//! Commands about a group and its people: given rules, when a command, then events, expectations and rows.
#![expect(clippy::unwrap_used, reason = "tests")]

use confab_domain::append::{Append, Expect, Row};
use confab_domain::decide::{self, Asker, ChangeSettings, Known, Other};
use confab_domain::departure;
use confab_domain::text::{GroupName, GroupTopic};
use confab_domain::{Conversation, MemberRow, RuleError, Rules};
use confab_proto::event_data::{ConversationKind, Posting, Role, Visibility};
use confab_proto::{ClientId, Epoch, EventType, InvitationId, Seq, StreamId, UserId};
use uuid::Uuid;

fn user(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

fn asker() -> Asker {
    Asker { actor: user(1), client_id: ClientId::from_uuid(Uuid::from_u128(99)), epoch: Epoch(7) }
}

fn stream() -> StreamId {
    StreamId::from_uuid(Uuid::from_u128(50))
}

/// A private group in which the actor has a role.
fn group(own: Option<Role>) -> Known {
    let created =
        Conversation::created(stream(), ConversationKind::Group, Some("g".into()), Visibility::Private, Seq(1));
    let own = own.map(|role| MemberRow { role, since: Seq(2), guard: Seq(2) });
    Known { rules: created.rules, own, other_owner: false }
}

fn other(role: Option<Role>) -> Other {
    Other { user: user(2), row: role.map(|role| MemberRow { role, since: Seq(3), guard: Seq(4) }) }
}

fn types(append: &Append) -> Vec<(EventType, bool)> {
    append.events.iter().map(|event| (event.event_type, event.stream == stream())).collect()
}

fn refused(decision: Result<Append, RuleError>) -> RuleError {
    decision.unwrap_err()
}

const OWNER: Option<Role> = Some(Role::Owner);
const ADMIN: Option<Role> = Some(Role::Admin);
const MEMBER: Option<Role> = Some(Role::Member);

#[test]
fn a_removal_rests_on_three_guards_and_tells_the_person() {
    let append = decide::remove_member(asker(), &group(ADMIN), other(MEMBER)).unwrap();
    assert_eq!(types(&append), [(EventType::MemberRemoved, true), (EventType::ConversationExited, false)]);
    assert_eq!(append.events[1].stream, user(2).into());
    let stream = stream();
    let expect = [
        Expect::Settings { stream, guard: Seq(1) },
        Expect::Member { stream, user: user(1), guard: Some(Seq(2)) },
        Expect::Member { stream, user: user(2), guard: Some(Seq(4)) },
    ];
    assert_eq!(append.expect, expect);
    assert_eq!(append.rows, [Row::DropMember { stream, user: user(2) }]);
}

#[test]
fn rejects_removing_whom_one_does_not_stand_above() {
    let remove = |own, target| refused(decide::remove_member(asker(), &group(own), target));
    assert_eq!(remove(ADMIN, other(ADMIN)), RuleError::RoleTooLow);
    assert_eq!(remove(ADMIN, other(OWNER)), RuleError::RoleTooLow);
    assert_eq!(remove(MEMBER, other(MEMBER)), RuleError::RoleTooLow);
    assert_eq!(remove(None, other(MEMBER)), RuleError::NotThere);
    assert_eq!(remove(OWNER, other(None)), RuleError::NoSuchMember);
    assert_eq!(remove(OWNER, other(Some(Role::Banned))), RuleError::NoSuchMember);
    let oneself = Other { user: user(1), row: group(OWNER).own };
    assert_eq!(remove(OWNER, oneself), RuleError::NotToOneself);
    assert_eq!(refused(decide::ban(asker(), &group(OWNER), oneself)), RuleError::NotToOneself);
    assert!(decide::remove_member(asker(), &group(OWNER), other(OWNER)).is_ok());
}

#[test]
fn a_ban_sends_away_and_keeps_out() {
    let append = decide::ban(asker(), &group(ADMIN), other(MEMBER)).unwrap();
    assert_eq!(types(&append), [(EventType::MemberBanned, true), (EventType::ConversationExited, false)]);
    let stranger = decide::ban(asker(), &group(ADMIN), other(None)).unwrap();
    assert_eq!(types(&stranger), [(EventType::MemberBanned, true)], "whoever was not in does not exit");
    assert_eq!(stranger.expect[2], Expect::Member { stream: stream(), user: user(2), guard: None });
    let row = Row::AddMember { stream: stream(), user: user(2), role: Role::Banned, event: 0 };
    assert_eq!(stranger.rows, [row]);
    let banned = other(Some(Role::Banned));
    assert_eq!(refused(decide::ban(asker(), &group(ADMIN), banned)), RuleError::Unchanged);
    assert_eq!(refused(decide::ban(asker(), &group(ADMIN), other(ADMIN))), RuleError::RoleTooLow);
    assert_eq!(refused(decide::add_member(asker(), &group(OWNER), banned, Role::Member)), RuleError::IsBanned);
    let unban = decide::unban(asker(), &group(ADMIN), banned).unwrap();
    assert_eq!(types(&unban), [(EventType::MemberUnbanned, true)]);
    assert_eq!(unban.rows, [Row::DropMember { stream: stream(), user: user(2) }], "and no row remains");
    assert_eq!(refused(decide::unban(asker(), &group(ADMIN), other(MEMBER))), RuleError::Unchanged);
}

#[test]
fn admins_let_in_only_below_themselves() {
    let add = |own, role| decide::add_member(asker(), &group(own), other(None), role);
    let append = add(ADMIN, Role::Reader).unwrap();
    assert_eq!(types(&append), [(EventType::MemberAdded, true), (EventType::ConversationEntered, false)]);
    for role in [Role::Admin, Role::Owner, Role::Banned] {
        assert_eq!(refused(add(ADMIN, role)), RuleError::RoleTooLow);
    }
    assert!(add(OWNER, Role::Owner).is_ok());
    assert_eq!(refused(add(MEMBER, Role::Member)), RuleError::RoleTooLow);
    let known = group(ADMIN);
    assert_eq!(refused(decide::add_member(asker(), &known, other(MEMBER), Role::Reader)), RuleError::Unchanged);
}

#[test]
fn the_last_owner_hands_over_first() {
    let mut known = group(OWNER);
    let oneself = Other { user: user(1), row: known.own };
    assert_eq!(refused(decide::leave(asker(), &known)), RuleError::LastOwner);
    assert_eq!(refused(decide::change_role(asker(), &known, oneself, Role::Member)), RuleError::LastOwner);
    let hand_over = decide::change_role(asker(), &known, other(MEMBER), Role::Owner).unwrap();
    assert_eq!(types(&hand_over), [(EventType::MemberRoleChanged, true)]);
    known.other_owner = true;
    let there = Expect::OtherOwner { stream: stream(), user: user(1) };
    assert!(decide::leave(asker(), &known).unwrap().expect.contains(&there));
    assert!(decide::change_role(asker(), &known, oneself, Role::Admin).unwrap().expect.contains(&there));
    assert!(!decide::leave(asker(), &group(MEMBER)).unwrap().expect.contains(&there));
}

#[test]
fn a_deleted_account_leaves_no_group_without_an_owner() {
    let mut known = group(OWNER);
    let settings = Expect::Settings { stream: stream(), guard: known.rules.guard };
    let there = Expect::OtherOwner { stream: stream(), user: user(1) };
    for alone in [false, true] {
        assert_eq!(refused(departure::depart(asker(), &known, alone)), RuleError::LastOwner, "it is open");
    }
    known.rules.archived = true;
    assert_eq!(refused(departure::depart(asker(), &known, false)), RuleError::LastOwner);
    assert!(departure::depart(asker(), &known, true).unwrap().expect.contains(&settings));

    let hand_over = departure::hand_over(asker(), &known, other(MEMBER)).unwrap();
    assert_eq!(types(&hand_over), [(EventType::MemberRoleChanged, true)]);
    let unmoved = Expect::Member { stream: stream(), user: user(2), guard: Some(Seq(4)) };
    assert!(hand_over.expect.contains(&unmoved));
    for (heir, why) in [(None, RuleError::NoSuchMember), (Some(Role::Banned), RuleError::NoSuchMember)] {
        assert_eq!(refused(departure::hand_over(asker(), &known, other(heir))), why);
    }
    assert_eq!(refused(departure::hand_over(asker(), &known, other(OWNER))), RuleError::Unchanged);
    assert_eq!(refused(departure::hand_over(asker(), &group(ADMIN), other(MEMBER))), RuleError::RoleTooLow);

    known.other_owner = true;
    assert!(departure::depart(asker(), &known, false).unwrap().expect.contains(&there));
    assert!(departure::depart(asker(), &group(MEMBER), false).is_ok());
}

#[test]
fn an_admin_moves_people_between_member_and_reader() {
    let change = |own, from, to| decide::change_role(asker(), &group(own), other(from), to);
    assert!(change(ADMIN, MEMBER, Role::Reader).is_ok());
    assert_eq!(refused(change(ADMIN, MEMBER, Role::Admin)), RuleError::RoleTooLow);
    assert_eq!(refused(change(ADMIN, ADMIN, Role::Member)), RuleError::RoleTooLow);
    assert_eq!(refused(change(ADMIN, MEMBER, Role::Member)), RuleError::Unchanged);
    assert_eq!(refused(change(OWNER, None, Role::Member)), RuleError::NoSuchMember);
    assert_eq!(refused(change(OWNER, Some(Role::Banned), Role::Member)), RuleError::NoSuchMember);
    assert_eq!(refused(change(OWNER, MEMBER, Role::Banned)), RuleError::RoleTooLow, "a ban is another command");
}

#[test]
fn an_invitation_lets_in_whom_the_group_is_hidden_from() {
    let invitation = InvitationId::from_uuid(Uuid::from_u128(60));
    let accept = |own| decide::accept_invitation(asker(), &group(own), invitation);
    let append = accept(None).unwrap();
    assert_eq!(append.expect[2], Expect::Invitation { stream: stream(), invitation });
    assert_eq!(append.rows[1], Row::UseInvitation { invitation });
    assert_eq!(refused(accept(MEMBER)), RuleError::AlreadyAMember, "and nothing is used up");
    assert_eq!(refused(accept(Some(Role::Banned))), RuleError::NotThere);
    let archived = Known { rules: Rules { archived: true, ..group(None).rules }, ..group(None) };
    assert_eq!(refused(decide::accept_invitation(asker(), &archived, invitation)), RuleError::Archived);
}

#[test]
fn each_setting_that_changes_is_an_event_of_one_command() {
    let command = ChangeSettings {
        name: Some(GroupName::parse("new").unwrap()),
        topic: Some(GroupTopic::parse("about").unwrap()),
        visibility: Some(Visibility::Public),
        archived: Some(true),
        posting: Some(Posting::Members),
        slow_mode_seconds: Some(30),
    };
    let append = decide::change_settings(asker(), &group(OWNER), &command).unwrap();
    use EventType as E;
    let expected = [
        E::ConversationRenamed,
        E::ConversationTopicChanged,
        E::ConversationVisibilityChanged,
        E::ConversationSlowModeChanged,
        E::ConversationArchived,
    ];
    assert_eq!(types(&append), expected.map(|event_type| (event_type, true)), "the posting was so already");
    let Row::ChangeSettings { rules, event: 4 } = &append.rows[0] else { panic!("{:?}", append.rows) };
    assert_eq!((rules.name.as_deref(), rules.topic.as_str()), (Some("new"), "about"));
    assert!(rules.archived && rules.visibility == Visibility::Public && rules.slow_mode_seconds == 30);
    let after = Known { rules: rules.clone(), ..group(OWNER) };
    let again = ChangeSettings { archived: None, ..command.clone() };
    assert_eq!(refused(decide::change_settings(asker(), &after, &again)), RuleError::Archived);
    let twice = ChangeSettings { archived: Some(true), ..ChangeSettings::default() };
    assert_eq!(refused(decide::change_settings(asker(), &after, &twice)), RuleError::Unchanged);
    let opened =
        ChangeSettings { archived: Some(false), name: Some(GroupName::parse("g").unwrap()), ..command.clone() };
    assert_eq!(types(&decide::change_settings(asker(), &after, &opened).unwrap())[0].0, E::ConversationUnarchived);
    assert_ne!(command.request_hash(), opened.request_hash());
}

#[test]
fn one_setting_without_the_right_refuses_them_all() {
    let name = || Some(GroupName::parse("new").unwrap());
    let rename = ChangeSettings { name: name(), ..ChangeSettings::default() };
    let and_open = ChangeSettings { visibility: Some(Visibility::Public), ..rename.clone() };
    assert!(decide::change_settings(asker(), &group(ADMIN), &rename).is_ok());
    assert_eq!(refused(decide::change_settings(asker(), &group(ADMIN), &and_open)), RuleError::RoleTooLow);
    assert_eq!(refused(decide::change_settings(asker(), &group(MEMBER), &rename)), RuleError::RoleTooLow);
    assert_eq!(refused(decide::change_settings(asker(), &group(None), &rename)), RuleError::NotThere);
    let nothing = ChangeSettings::default();
    assert_eq!(refused(decide::change_settings(asker(), &group(OWNER), &nothing)), RuleError::Unchanged);
    assert_eq!(refused(decide::change_settings(asker(), &group(None), &nothing)), RuleError::NotThere);
}
