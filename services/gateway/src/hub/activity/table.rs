//! Which conversations the connected users are members of, and what has to be told of them. Pure: the time is passed in.
//!
//! Conversations and users have small numbers, so that a membership costs eight bytes: 10,000 users in 50 conversations each are
//! 4 MB, not 40.
//!
//! Invariants: nothing is told to a user whose own stream has moved further than it was applied here, since what moved may be
//! that they left: the sweep that names a message after their leaving names their stream with it, or did before.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use confab_proto::{ConversationId, MessageNo, Seq, UserId};
use tokio::time::Instant;

/// Between two times that the same conversation is told of.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// Things of a kind by small numbers that are used again.
#[derive(Debug)]
struct Slab<K, T> {
    numbers: HashMap<K, u32>,
    slots: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<K, T> Default for Slab<K, T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), slots: Vec::new(), free: Vec::new() }
    }
}

impl<K: std::hash::Hash + Eq + Copy, T> Slab<K, T> {
    fn number(&self, key: &K) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    fn enter(&mut self, key: K, make: impl FnOnce() -> T) -> u32 {
        if let Some(number) = self.number(&key) {
            return number;
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("fewer than four thousand million at one gateway")
        });
        self.slots[number as usize] = Some(make());
        self.numbers.insert(key, number);
        number
    }

    fn get(&mut self, number: u32) -> Option<&mut T> {
        self.slots.get_mut(number as usize)?.as_mut()
    }

    fn remove(&mut self, key: &K) -> Option<T> {
        let number = self.numbers.remove(key)?;
        self.free.push(number);
        self.slots[number as usize].take()
    }
}

#[derive(Debug)]
struct Room {
    id: ConversationId,
    /// Users that are connected here.
    members: Vec<u32>,
    seq: Seq,
    message_no: MessageNo,
    /// Not told again before.
    next_at: Option<Instant>,
}

#[derive(Debug)]
struct Member {
    id: UserId,
    sockets: usize,
    rooms: Rooms,
    /// How far the own stream was applied, and how far it is known to go.
    applied: Seq,
    known: Seq,
}

#[derive(Debug)]
enum Rooms {
    /// They are being read; what the own stream said meanwhile.
    Unread(Vec<(ConversationId, bool)>),
    Known(Vec<u32>),
}

/// What is to be told, and to whom.
#[derive(Debug, PartialEq, Eq)]
pub struct News {
    pub conversation: ConversationId,
    pub seq: Seq,
    pub message_no: MessageNo,
    pub users: Vec<UserId>,
}

/// The table.
#[derive(Debug, Default)]
pub struct Table {
    rooms: Slab<ConversationId, Room>,
    users: Slab<UserId, Member>,
    /// Rooms with something to tell.
    moved: Vec<u32>,
    /// What was held back from users, until their own stream is applied.
    held: BTreeMap<UserId, Vec<ConversationId>>,
    /// Of the store: what was read in an earlier one counts for nothing.
    life: u64,
}

impl Table {
    /// A socket of this user is here.
    pub fn enter(&mut self, user: UserId) {
        let unread =
            || Member { id: user, sockets: 0, rooms: Rooms::Unread(Vec::new()), applied: Seq::ZERO, known: Seq::ZERO };
        let number = self.users.enter(user, unread);
        let member = self.users.get(number).expect("just entered");
        member.sockets += 1;
    }

    /// `Some`: read their conversations and give them to [`Table::learn`], with this number of the store's life.
    #[must_use]
    pub fn unread(&mut self, user: UserId) -> Option<u64> {
        let number = self.users.number(&user)?;
        let member = self.users.get(number)?;
        matches!(member.rooms, Rooms::Unread(_)).then_some(self.life)
    }

    /// One of their sockets is gone.
    pub fn leave(&mut self, user: UserId) {
        let Some(number) = self.users.number(&user) else { return };
        let Some(member) = self.users.get(number) else { return };
        member.sockets -= 1;
        if member.sockets > 0 {
            return;
        }
        self.held.remove(&user);
        if let Some(Member { rooms: Rooms::Known(rooms), .. }) = self.users.remove(&user) {
            for room in rooms {
                self.drop_member(room, number);
            }
        }
    }

    /// Their conversations, read after their own stream was live. Only the first answer counts: from then on the own stream keeps
    /// the list.
    pub fn learn(&mut self, user: UserId, life: u64, conversations: Vec<ConversationId>) {
        if life != self.life {
            return;
        }
        let Some(number) = self.users.number(&user) else { return };
        let Some(member) = self.users.get(number) else { return };
        let Rooms::Unread(later) = &mut member.rooms else { return };
        let later = std::mem::take(later);
        member.rooms = Rooms::Known(Vec::new());
        for conversation in conversations {
            self.change(user, conversation, true);
        }
        for (conversation, is_in) in later {
            self.change(user, conversation, is_in);
        }
    }

    /// The own stream says that they are in a conversation from here on, or are not.
    pub fn change(&mut self, user: UserId, conversation: ConversationId, is_in: bool) {
        let Some(number) = self.users.number(&user) else { return };
        let Some(member) = self.users.get(number) else { return };
        let rooms = match &mut member.rooms {
            Rooms::Unread(later) => return later.push((conversation, is_in)),
            Rooms::Known(rooms) => rooms,
        };
        if is_in {
            let new = || Room {
                id: conversation,
                members: Vec::new(),
                seq: Seq::ZERO,
                message_no: MessageNo(0),
                next_at: None,
            };
            let room = self.rooms.enter(conversation, new);
            if !rooms.contains(&room) {
                rooms.push(room);
                self.rooms.get(room).expect("just entered").members.push(number);
            }
        } else if let Some(room) = self.rooms.number(&conversation)
            && let Some(at) = rooms.iter().position(|known| *known == room)
        {
            rooms.swap_remove(at);
            self.drop_member(room, number);
        }
    }

    fn drop_member(&mut self, room: u32, user: u32) {
        let Some(found) = self.rooms.get(room) else { return };
        if let Some(at) = found.members.iter().position(|member| *member == user) {
            found.members.swap_remove(at);
        }
        if found.members.is_empty() {
            let id = found.id;
            self.rooms.remove(&id);
            self.moved.retain(|moved| *moved != room);
        }
    }

    /// The own stream was applied up to here.
    pub fn is_at(&mut self, user: UserId, seq: Seq) {
        let Some(number) = self.users.number(&user) else { return };
        let Some(member) = self.users.get(number) else { return };
        member.applied = member.applied.max(seq);
    }

    /// The sweep saw a user's own stream at this head.
    pub fn is_known_at(&mut self, user: UserId, seq: Seq) {
        let Some(number) = self.users.number(&user) else { return };
        let Some(member) = self.users.get(number) else { return };
        member.known = member.known.max(seq);
    }

    /// The sweep saw new messages.
    pub fn moved(&mut self, conversation: ConversationId, seq: Seq, message_no: MessageNo) {
        let Some(number) = self.rooms.number(&conversation) else { return };
        let Some(room) = self.rooms.get(number) else { return };
        if message_no <= room.message_no {
            return;
        }
        (room.seq, room.message_no) = (seq, message_no);
        if !self.moved.contains(&number) {
            self.moved.push(number);
        }
    }

    /// Something that is to be told now. Call it until there is nothing.
    pub fn take_due(&mut self, now: Instant) -> Option<News> {
        let Self { rooms, moved, .. } = self;
        let due = |number: &u32| rooms.get(*number).is_none_or(|room| room.next_at.is_none_or(|at| at <= now));
        let at = moved.iter().position(due)?;
        let number = self.moved.swap_remove(at);
        let room = self.rooms.get(number)?;
        room.next_at = Some(now + PAUSE);
        let (conversation, seq, message_no) = (room.id, room.seq, room.message_no);
        let mut users = Vec::with_capacity(room.members.len());
        for member in &room.members {
            let Some(Some(member)) = self.users.slots.get(*member as usize) else { continue };
            if member.known > member.applied {
                let held = self.held.entry(member.id).or_default();
                if !held.contains(&conversation) {
                    held.push(conversation);
                }
            } else {
                users.push(member.id);
            }
        }
        Some(News { conversation, seq, message_no, users })
    }

    /// What was held back from users who are up to date now, and are still members.
    pub fn take_released(&mut self) -> Vec<News> {
        let Self { rooms, users, held, .. } = self;
        let mut released = Vec::new();
        held.retain(|user, conversations| {
            let Some(number) = users.number(user) else { return false };
            let Some(member) = users.get(number) else { return false };
            if member.known > member.applied {
                return true;
            }
            for conversation in conversations {
                let Some(room) = rooms.number(conversation).and_then(|room| rooms.get(room)) else { continue };
                if room.members.contains(&number) {
                    let (conversation, seq, message_no) = (room.id, room.seq, room.message_no);
                    released.push(News { conversation, seq, message_no, users: vec![*user] });
                }
            }
            false
        });
        released
    }

    /// It has to be told once more: a socket was behind.
    pub fn hold(&mut self, user: UserId, conversation: ConversationId) {
        if self.users.number(&user).is_some() {
            let held = self.held.entry(user).or_default();
            if !held.contains(&conversation) {
                held.push(conversation);
            }
        }
    }

    /// Whether anything waits for its time.
    #[must_use]
    pub fn waits(&self) -> bool {
        !self.moved.is_empty() || !self.held.is_empty()
    }

    /// The store began another life: all is to be read again.
    pub fn forget(&mut self) {
        self.life += 1;
        self.rooms = Slab::default();
        self.moved.clear();
        self.held.clear();
        for member in self.users.slots.iter_mut().flatten() {
            member.rooms = Rooms::Unread(Vec::new());
            (member.applied, member.known) = (Seq::ZERO, Seq::ZERO);
        }
    }
}
