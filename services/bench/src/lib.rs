//! Clients of Confab in one process, many of them: what they see is written down and judged by others.
//!
//! A client is a pure state machine (`client`, `room`) over a small codec (`packet`, `envelope`); `drive` gives it a
//! transport and a clock, `crowd` runs all clients of a spec. It knows of Confab what any other program can see.
//!
//! `load` is cheaper, and measures what servers cost; `fanout` is the least that one can cost.

pub mod answer;
pub mod client;
pub mod crowd;
pub mod drive;
pub mod envelope;
pub mod fanout;
pub mod frame;
pub mod history;
pub mod hop;
pub mod lag;
pub mod load;
pub mod packet;
pub mod polling;
pub mod room;
pub mod spec;
pub mod transport;
pub mod websocket;
