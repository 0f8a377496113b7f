//! Engine.IO over long polling: packets come as answers of GETs, one at a time, and go by POSTs, one at a time.
//!
//! Both requests live in fields while they run, so `receive` may be dropped and called again.

use std::collections::VecDeque;
use std::future::pending;
use std::pin::Pin;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::packet::SEPARATOR;
use crate::transport::Lost;

type Answer = Pin<Box<dyn Future<Output = Result<String, Lost>> + Send>>;

pub struct Polling {
    /// Of this socket only: its connections end with it.
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
    max_payload: usize,
    came: VecDeque<String>,
    going: VecDeque<String>,
    poll: Option<Answer>,
    post: Option<Answer>,
}

impl Polling {
    /// `url`: `http://host:port`. The first packet is the handshake; `opened` takes what it says.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let url = format!("{url}/socket.io/?EIO=4&transport=polling");
        let empty = VecDeque::new;
        Self { client, url, max_payload: usize::MAX, came: empty(), going: empty(), poll: None, post: None }
    }

    /// From now on the requests are of this session.
    pub fn opened(&mut self, sid: &str, max_payload: usize) {
        self.url = format!("{}&sid={sid}", self.url);
        self.max_payload = max_payload;
    }

    /// Goes out while `receive` runs.
    pub fn send(&mut self, packet: String) {
        self.going.push_back(packet);
    }

    /// The next packet.
    ///
    /// # Errors
    /// [`Lost`]
    pub async fn receive(&mut self) -> Result<String, Lost> {
        loop {
            if let Some(packet) = self.came.pop_front() {
                return Ok(packet);
            }
            self.begin();
            tokio::select! {
                answer = running(&mut self.poll) => {
                    self.poll = None;
                    self.came.extend(answer?.split(SEPARATOR).map(str::to_owned));
                }
                answer = running(&mut self.post) => {
                    self.post = None;
                    answer?;
                }
            }
        }
    }

    /// Until everything that was to be sent is.
    ///
    /// # Errors
    /// [`Lost`]
    pub async fn flush(&mut self) -> Result<(), Lost> {
        while self.post.is_some() || !self.going.is_empty() {
            self.begin();
            let answer = running(&mut self.post).await;
            self.post = None;
            answer?;
        }
        Ok(())
    }

    fn begin(&mut self) {
        if self.poll.is_none() {
            self.poll = Some(self.request(Method::GET, String::new()));
        }
        if self.post.is_none() && !self.going.is_empty() {
            let body = self.body();
            self.post = Some(self.request(Method::POST, body));
        }
    }

    /// As many packets as the server takes at once, but at least one.
    fn body(&mut self) -> String {
        let mut body = self.going.pop_front().unwrap_or_default();
        while let Some(next) = self.going.pop_front_if(|next| body.len() + 1 + next.len() <= self.max_payload) {
            body.push(SEPARATOR);
            body.push_str(&next);
        }
        body
    }

    fn request(&self, method: Method, body: String) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(&self.url)
            .header(http::header::CONTENT_TYPE, "text/plain;charset=UTF-8")
            .body(Full::from(body));
        let client = self.client.clone();
        Box::pin(async move {
            let answer = client.request(request.map_err(|_| Lost::Refused)?).await.map_err(|_| Lost::Broken)?;
            let ok = answer.status().is_success();
            let body = answer.into_body().collect().await.map_err(|_| Lost::Broken)?.to_bytes();
            if ok { String::from_utf8(body.into()).map_err(|_| Lost::Refused) } else { Err(Lost::Refused) }
        })
    }
}

/// A request that is under way, else never.
async fn running(answer: &mut Option<Answer>) -> Result<String, Lost> {
    match answer {
        Some(answer) => answer.await,
        None => pending().await,
    }
}
