//! A socket that remembers what it was told, in order.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use confab_gateway::socket::{Dead, Socket, SocketId};
use confab_proto::{ConversationId, Epoch, ErrorCode, SessionId, UserId};
use serde_json::Value;
use serde_json::value::RawValue;

/// What a client saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Name and `seq`.
    Event(String, u64),
    Joined {
        seq: u64,
        more: bool,
        events: Vec<u64>,
    },
    Refused(ErrorCode),
    Left,
    Ready,
    Reset(Epoch),
    Closed(ErrorCode),
    RoomEntered,
    RoomLeft,
}

pub(crate) struct TestSocket {
    id: u64,
    user: UserId,
    session: SessionId,
    told: Mutex<Vec<Told>>,
    /// Name and argument; apart from what is promised.
    pub(crate) signals: Mutex<Vec<(&'static str, Value)>>,
    pub(crate) pending: AtomicUsize,
    pub(crate) dead: AtomicBool,
    /// The next packet hits a bug.
    pub(crate) broken: AtomicBool,
}

impl TestSocket {
    pub(crate) fn new(id: u64, user: UserId, session: SessionId) -> Arc<Self> {
        let (told, pending) = (Mutex::default(), AtomicUsize::new(0));
        let (dead, broken) = (AtomicBool::new(false), AtomicBool::new(false));
        let signals = Mutex::default();
        Arc::new(Self { id, user, session, told, signals, pending, dead, broken })
    }

    pub(crate) fn tell(&self, told: Told) {
        self.told.lock().unwrap().push(told);
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    /// The `seq` of the events so far.
    pub(crate) fn events(&self) -> Vec<u64> {
        let seq = |told: Told| match told {
            Told::Event(_, seq) => Some(seq),
            _ => None,
        };
        self.told().into_iter().filter_map(seq).collect()
    }
}

/// The `seq` of an envelope.
pub(crate) fn seq_of(body: &RawValue) -> u64 {
    let envelope: Value = serde_json::from_str(body.get()).unwrap();
    envelope["seq"].as_u64().unwrap()
}

impl Socket for TestSocket {
    fn id(&self) -> SocketId {
        SocketId(self.id)
    }

    fn user(&self) -> UserId {
        self.user
    }

    fn session(&self) -> SessionId {
        self.session
    }

    fn send(&self, name: &'static str, body: &RawValue) -> Result<(), Dead> {
        assert!(!self.broken.swap(false, Ordering::SeqCst), "a bug");
        if self.dead.load(Ordering::SeqCst) {
            return Err(Dead);
        }
        self.tell(Told::Event(name.to_owned(), seq_of(body)));
        Ok(())
    }

    fn signal(&self, name: &'static str, body: &RawValue) -> bool {
        if self.dead.load(Ordering::SeqCst) || self.pending.load(Ordering::SeqCst) > 0 {
            return false;
        }
        self.signals.lock().unwrap().push((name, serde_json::from_str(body.get()).unwrap()));
        true
    }

    fn pending_bytes(&self) -> usize {
        self.pending.load(Ordering::SeqCst)
    }

    fn close(&self, code: ErrorCode) {
        self.tell(Told::Closed(code));
    }

    fn reset(&self, epoch: Epoch) {
        self.tell(Told::Reset(epoch));
    }

    fn enter_room(&self, _conversation: ConversationId) {
        self.tell(Told::RoomEntered);
    }

    fn leave_room(&self, _conversation: ConversationId) {
        self.tell(Told::RoomLeft);
    }
}
