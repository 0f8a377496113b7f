//! WebSocket frames (RFC 6455), as much of them as chat needs: whole, not compressed, text but for the end.
//!
//! Written by hand so that the load generator and the bare fan-out cost little themselves: what is measured is the other one.

/// Opcodes.
pub const TEXT: u8 = 1;
pub const CLOSE: u8 = 8;

/// One frame at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    pub opcode: u8,
    /// As it came: a client's is masked.
    pub payload: &'a [u8],
    /// Bytes of all of it.
    pub length: usize,
}

/// The first frame from a server; `None` while some of it is missing.
#[must_use]
pub fn from_server(bytes: &[u8]) -> Option<Frame<'_>> {
    let (&[first, second], rest) = bytes.split_first_chunk()?;
    let (size, head): (usize, usize) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        127 => (usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?, 10),
        short => (usize::from(short), 2),
    };
    let payload = bytes.get(head..head.checked_add(size)?)?;
    Some(Frame { opcode: first & 0x0f, payload, length: head + size })
}

/// Appends a text as a server sends it.
pub fn text_of_server(payload: &[u8], out: &mut Vec<u8>) {
    head(payload.len(), 0, out);
    out.extend_from_slice(payload);
}

/// Appends a text as a client sends it: masked, by a key of zeros, which changes nothing.
pub fn text_of_client(payload: &[u8], out: &mut Vec<u8>) {
    head(payload.len(), 0x80, out);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

fn head(size: usize, mask: u8, out: &mut Vec<u8>) {
    out.push(0x80 | TEXT);
    match (u8::try_from(size), u16::try_from(size)) {
        (Ok(short), _) if short < 126 => out.push(mask | short),
        (_, Ok(medium)) => {
            out.push(mask | 126);
            out.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            out.push(mask | 127);
            out.extend_from_slice(&(size as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length_are_read_as_written_and_not_before_they_are_whole() {
        for size in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            let payload = vec![b'x'; size];
            let mut written = Vec::new();
            text_of_server(&payload, &mut written);
            for end in [0, 1, 2, 3, written.len() - 1] {
                assert_eq!(from_server(&written[..end.min(written.len() - 1)]), None, "{size} {end}");
            }
            let length = written.len();
            written.extend_from_slice(b"next");
            assert_eq!(from_server(&written), Some(Frame { opcode: TEXT, payload: &payload, length }));
        }
    }

    #[test]
    fn a_client_masks_with_zeros() {
        let mut written = Vec::new();
        text_of_client(b"2probe", &mut written);
        assert_eq!(written, [0x81, 0x86, 0, 0, 0, 0, b'2', b'p', b'r', b'o', b'b', b'e']);
    }
}
