//! The TCP stream of one connection, wrapped: it can be killed from outside, closes when its peer stops reading, and reads a
//! peer that floods only as fast as it may send.
//!
//! The write stall is always armed, for plain HTTP as for sockets: no honest peer takes not a single byte for ten seconds while
//! bytes wait for it, and an idle connection has nothing waiting. Each byte taken starts the time anew; who takes single bytes
//! is caught by the limit on pending bytes.

use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::handle::ConnHandle;
use super::open::OpenGuard;

/// Why a connection is closed whose peer takes no bytes.
pub const WRITE_STALL: &str = "write_stall";

pub(super) struct Conn {
    stream: TcpStream,
    handle: ConnHandle,
    write_stall: Duration,
    /// Runs while a write waits for the peer.
    stall: Option<Pin<Box<Sleep>>>,
    /// Runs while the peer has sent more than it may.
    pause: Option<Pin<Box<Sleep>>>,
    _open: OpenGuard,
}

impl Conn {
    pub(super) fn new(stream: TcpStream, handle: ConnHandle, write_stall: Duration, open: OpenGuard) -> Self {
        Self { stream, handle, write_stall, stall: None, pause: None, _open: open }
    }

    fn check_alive(&self) -> io::Result<()> {
        match self.handle.killed() {
            None => Ok(()),
            Some(reason) => Err(io::Error::new(ErrorKind::ConnectionAborted, reason)),
        }
    }

    fn poll_write_by(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.handle.wake_writer(context);
        self.check_alive()?;
        match write(Pin::new(&mut self.stream), context) {
            Poll::Ready(result) => {
                self.stall = None;
                if let Ok(bytes) = result {
                    self.handle.wrote(bytes);
                }
                Poll::Ready(result)
            }
            Poll::Pending => {
                let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(self.write_stall)));
                ready!(stall.as_mut().poll(context));
                self.handle.kill(WRITE_STALL);
                Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, WRITE_STALL)))
            }
        }
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        if self.handle.killed().is_some() && self.stall.is_some() {
            // The peer does not read: without this the kernel would hold what waits for minutes. A peer that reads is closed
            // in the ordinary way, so that the last words written before the kill still reach it.
            if let Err(error) = self.stream.set_zero_linger() {
                tracing::debug!(%error, "cannot reset a killed connection");
            }
        }
    }
}

impl AsyncRead for Conn {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.handle.wake_reader(context);
        this.check_alive()?;
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(context));
            this.pause = None;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        let pause = this.handle.read(buffer.filled().len() - before);
        this.pause = (!pause.is_zero()).then(|| Box::pin(sleep(pause)));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Conn {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll_write_by(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_write_by(context, |stream, context| stream.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.handle.wake_writer(context);
        this.check_alive()?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check_alive()?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}
