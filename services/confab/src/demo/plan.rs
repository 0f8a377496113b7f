//! Who says what, where, in which order. Pure: the same number of people gives the same talk, and fewer messages are the
//! beginning of more, so that a run that was broken off can go on.

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};

use super::corpus::{Scene, What, Words, scenes};
use super::people::Person;
use super::rooms::Room;

const SEED: u64 = 20_261_122;

/// One message to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Index of the room.
    pub(super) room: usize,
    /// Its number in the room, from 0.
    pub(super) number: usize,
    pub(super) author: Person,
    pub(super) text: String,
    /// The number in the room of the message that it answers.
    pub(super) answers: Option<usize>,
    /// The same of the root of the thread in which it stands.
    pub(super) thread: Option<usize>,
    /// What is done once it is said.
    pub(super) then: Vec<Doing>,
}

/// A change to come, of a message of the same room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doing {
    pub(super) actor: Person,
    /// The number in the room of the message that is changed.
    pub(super) about: usize,
    pub(super) what: What,
}

/// All messages, in the order in which they are written.
pub(super) fn plan(rooms: &[Room], count: usize) -> Vec<Message> {
    let words = Words::new();
    let mut random = StdRng::seed_from_u64(SEED);
    let mut stages: Vec<_> = rooms.iter().map(Stage::new).collect();
    let turns: Vec<usize> = (0..rooms.len()).flat_map(|room| vec![room; rooms[room].weight as usize]).collect();
    let mut messages = Vec::with_capacity(count);
    while messages.len() < count {
        let room = *turns.choose(&mut random).expect("there are rooms");
        messages.push(stages[room].next(room, &rooms[room], &words, &mut random));
    }
    messages
}

/// What goes on in one room: one scene after the other, each once before any comes again.
struct Stage {
    all: Vec<Scene>,
    deck: Vec<Scene>,
    /// How often all scenes were shuffled.
    rounds: usize,
    playing: Option<Playing>,
    number: usize,
}

struct Playing {
    scene: Scene,
    cast: Vec<Person>,
    shift: usize,
    next: usize,
    /// Of each line that was told: the root of its thread, itself if it stands in none.
    roots: Vec<usize>,
}

impl Stage {
    fn new(room: &Room) -> Self {
        let all = scenes(room.talk).into_iter().filter(|scene| scene.roles() <= room.members.len()).collect();
        Self { all, deck: Vec::new(), rounds: 0, playing: None, number: 0 }
    }

    fn next(&mut self, room: usize, at: &Room, words: &Words, random: &mut StdRng) -> Message {
        let mut playing = self.playing.take().unwrap_or_else(|| self.begin(at, random));
        let line = &playing.scene.lines[playing.next];
        let fill = |text| words.fill(text, &playing.cast, playing.shift);
        let number = self.number;
        let thread = line.under.map(|back| playing.roots[playing.next - back]);
        // A scene that is told again is pinned already.
        let deeds = line.then.iter().filter(|deed| deed.what != What::Pin || self.rounds == 1);
        let then = deeds.map(|deed| Doing {
            actor: match deed.what {
                // That is for who runs the group.
                What::Pin => at.members[0].clone(),
                _ => playing.cast[deed.role].clone(),
            },
            about: number - deed.back,
            what: match &deed.what {
                What::Edit(text) => What::Edit(fill(text)),
                other => other.clone(),
            },
        });
        let message = Message {
            room,
            number,
            author: playing.cast[line.role].clone(),
            text: fill(&line.text),
            answers: line.answers.map(|back| number - back),
            thread,
            then: then.collect(),
        };
        playing.roots.push(thread.unwrap_or(number));
        self.number += 1;
        playing.next += 1;
        self.playing = (playing.next < playing.scene.lines.len()).then_some(playing);
        message
    }

    fn begin(&mut self, at: &Room, random: &mut StdRng) -> Playing {
        if self.deck.is_empty() {
            self.deck = self.all.clone();
            self.deck.shuffle(random);
            self.rounds += 1;
        }
        let scene = self.deck.pop().expect("every room has scenes for its people");
        let mut cast = at.members.clone();
        cast.shuffle(random);
        Playing { scene, cast, shift: random.random_range(0..1_000_000), next: 0, roots: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::people::people;
    use super::super::rooms::rooms;
    use super::*;

    #[test]
    fn fewer_messages_are_the_beginning_of_more() {
        let rooms = rooms(&people(4));
        assert_eq!(plan(&rooms, 300), plan(&rooms, 1000)[..300]);
    }

    #[test]
    fn everybody_talks_where_they_are_about_what_was_said() {
        let rooms = rooms(&people(12));
        let mut said = vec![0; rooms.len()];
        let mut below = HashSet::new();
        for message in plan(&rooms, 3000) {
            assert!(rooms[message.room].members.contains(&message.author));
            assert_eq!(message.number, said[message.room]);
            assert!(message.answers.is_none_or(|answered| answered < message.number));
            assert!(message.thread.is_none_or(|root| root < message.number && !below.contains(&(message.room, root))));
            below.extend(message.thread.map(|_| (message.room, message.number)));
            assert!(
                message.then.iter().all(|doing| {
                    doing.about <= message.number && rooms[message.room].members.contains(&doing.actor)
                })
            );
            said[message.room] += 1;
        }
        assert!(said.iter().all(|count| *count > 10), "{said:?}");
    }
}
