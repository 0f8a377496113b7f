//! Where the demo talks: a few groups, and direct conversations between some of its people.

use confab_domain::decide::{direct_id, group_id};
use confab_proto::{ClientId, ConversationId};

use super::people::{Person, fixed_id};

const HQ: &str = include_str!("corpus/hq.txt");
const ENGINEERING: &str = include_str!("corpus/engineering.txt");
const LUNCH: &str = include_str!("corpus/lunch.txt");
const HIKES: &str = include_str!("corpus/hikes.txt");
const BOOKS: &str = include_str!("corpus/books.txt");
const PLANTS: &str = include_str!("corpus/plants.txt");
const DIRECT: &str = include_str!("corpus/direct.txt");
pub(super) const WELCOME: &str = include_str!("corpus/welcome.txt");

#[cfg(test)]
pub(super) const FILES: [&str; 8] = [HQ, ENGINEERING, LUNCH, HIKES, BOOKS, PLANTS, DIRECT, WELCOME];

/// Name, talk, and how much of all talk is there.
const GROUPS: [(&str, &str, u32); 6] = [
    ("Everyone 👋", HQ, 4),
    ("Engineering 🛠️", ENGINEERING, 5),
    ("Lunch & other emergencies", LUNCH, 4),
    ("Weekend hikes 🥾", HIKES, 3),
    ("Book club (we read, sometimes)", BOOKS, 3),
    ("Plants, pets and sourdough 🌱", PLANTS, 3),
];

/// One conversation of the demo.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub(super) id: ConversationId,
    /// Names the ids of its messages; the same in every run.
    pub(super) key: String,
    /// `None` for a direct conversation.
    pub(super) name: Option<&'static str>,
    /// The first one makes it.
    pub(super) members: Vec<Person>,
    pub(super) talk: &'static str,
    pub(super) weight: u32,
}

impl Room {
    /// Of the command that makes it.
    pub(super) fn client_id(&self) -> ClientId {
        ClientId::from_uuid(fixed_id(&format!("room:{}", self.key)))
    }

    /// Of a message that every run writes here; `kind` keeps the talk and the welcome apart.
    pub(super) fn message_id_of(&self, kind: &str, number: usize) -> ClientId {
        ClientId::from_uuid(fixed_id(&format!("{kind}:{}:{number}", self.key)))
    }
}

pub(super) fn rooms(people: &[Person]) -> Vec<Room> {
    let groups = GROUPS.iter().enumerate().map(|(index, group)| group_room(index, *group, people));
    let pairs = (1..people.len()).map(|one| (0, one)).step_by(2).chain((1..people.len() - 1).map(|one| (one, one + 1)));
    let direct = pairs.map(|(one, other)| direct_room(people[one].clone(), people[other].clone()));
    groups.chain(direct.take(people.len())).collect()
}

/// The owners are among the people of the smallest demo: a group's id rests on its owner, and is the same in demos of any size.
const OWNERS: usize = 4;

/// Everybody is in the first group, about two of three in each of the others, four at least.
fn group_room(index: usize, (name, talk, weight): (&'static str, &'static str, u32), people: &[Person]) -> Room {
    let count = people.len();
    let owner = index % OWNERS;
    let others = (1..count).map(|step| (owner + step) % count);
    let chosen = others.enumerate().filter(|(nth, other)| index == 0 || *nth < 3 || !(other + index).is_multiple_of(3));
    let members =
        std::iter::once(owner).chain(chosen.map(|(_, other)| other)).map(|one| people[one].clone()).collect::<Vec<_>>();
    let key = format!("group:{index}");
    let client_id = ClientId::from_uuid(fixed_id(&format!("room:{key}")));
    Room { id: group_id(members[0].id, client_id), key, name: Some(name), members, talk, weight }
}

pub(super) fn direct_room(one: Person, other: Person) -> Room {
    let id = direct_id(one.id, other.id);
    Room { id, key: format!("direct:{id}"), name: None, members: vec![one, other], talk: DIRECT, weight: 1 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::people::people;
    use super::*;

    #[test]
    fn every_number_of_people_gives_rooms_with_enough_of_them() {
        for count in 4..=24 {
            let rooms = rooms(&people(count));
            let ids: BTreeSet<_> = rooms.iter().map(|room| room.id).collect();
            assert_eq!(ids.len(), rooms.len(), "each once");
            for room in &rooms {
                let members: BTreeSet<_> = room.members.iter().map(|person| person.id).collect();
                assert_eq!(members.len(), room.members.len());
                assert!(members.len() >= if room.name.is_some() { 4 } else { 2 }, "{count} people: {room:?}");
            }
        }
    }
}
