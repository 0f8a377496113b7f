//! How many bytes a packet becomes on the way to a client, for the count of pending bytes.
//!
//! Never more than are written: a surplus would add up and in the end close a client that reads well.

/// `["name",body]`
pub(crate) fn event_bytes(name: &str, body: &str) -> usize {
    name.len() + body.len() + 5
}

/// `[body]`
pub(crate) fn ack_bytes(body: &str) -> usize {
    body.len() + 2
}

/// With the two digits of the packet types and, over websocket, the head of the frame.
pub(crate) fn on_the_wire(payload: usize, websocket: bool) -> u64 {
    let text = payload + 2;
    let head = match (websocket, text) {
        (false, _) => 0,
        (true, 0..=125) => 2,
        (true, 126..=65_535) => 4,
        (true, _) => 10,
    };
    u64::try_from(text + head).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_sent() {
        let text = "42[\"message.posted\",{\"seq\":1}]";
        assert_eq!(event_bytes("message.posted", "{\"seq\":1}") + 2, text.len());
        assert_eq!(on_the_wire(event_bytes("message.posted", "{\"seq\":1}"), true), text.len() as u64 + 2);
        assert_eq!(on_the_wire(ack_bytes("{\"ok\":true}"), false), "43[{\"ok\":true}]".len() as u64);
        assert_eq!(on_the_wire(124, true), 130);
        assert_eq!(on_the_wire(65_534, true), 65_546);
    }
}
