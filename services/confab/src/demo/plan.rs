//! Who says what, where, in which order. Pure: the same number of people gives the same talk, and fewer messages are the
//! beginning of more, so that a run that was broken off can go on.

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};

use super::corpus::{Scene, Words, scenes};
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
    playing: Option<Playing>,
    number: usize,
}

struct Playing {
    scene: Scene,
    cast: Vec<Person>,
    shift: usize,
    next: usize,
}

impl Stage {
    fn new(room: &Room) -> Self {
        let all = scenes(room.talk).into_iter().filter(|scene| scene.roles() <= room.members.len()).collect();
        Self { all, deck: Vec::new(), playing: None, number: 0 }
    }

    fn next(&mut self, room: usize, at: &Room, words: &Words, random: &mut StdRng) -> Message {
        let mut playing = self.playing.take().unwrap_or_else(|| self.begin(at, random));
        let line = &playing.scene.lines[playing.next];
        let names: Vec<_> = playing.cast.iter().map(Person::first_name).collect();
        let message = Message {
            room,
            number: self.number,
            author: playing.cast[line.role].clone(),
            text: words.fill(&line.text, &names, playing.shift),
            answers: line.answers.map(|back| self.number - back),
        };
        self.number += 1;
        playing.next += 1;
        self.playing = (playing.next < playing.scene.lines.len()).then_some(playing);
        message
    }

    fn begin(&mut self, at: &Room, random: &mut StdRng) -> Playing {
        if self.deck.is_empty() {
            self.deck = self.all.clone();
            self.deck.shuffle(random);
        }
        let scene = self.deck.pop().expect("every room has scenes for its people");
        let mut cast = at.members.clone();
        cast.shuffle(random);
        Playing { scene, cast, shift: random.random_range(0..1_000_000), next: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::people::people;
    use super::super::rooms::rooms;
    use super::*;

    #[test]
    fn fewer_messages_are_the_beginning_of_more() {
        let rooms = rooms(&people(4));
        assert_eq!(plan(&rooms, 300), plan(&rooms, 1000)[..300]);
    }

    #[test]
    fn everybody_talks_where_they_are_and_answers_what_was_said() {
        let rooms = rooms(&people(12));
        let mut said = vec![0; rooms.len()];
        for message in plan(&rooms, 3000) {
            assert!(rooms[message.room].members.contains(&message.author));
            assert_eq!(message.number, said[message.room]);
            assert!(message.answers.is_none_or(|answered| answered < message.number));
            said[message.room] += 1;
        }
        assert!(said.iter().all(|count| *count > 10), "{said:?}");
    }
}
