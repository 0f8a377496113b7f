//! Who is asking: passwords, tokens, sessions, the cookie.

mod common_passwords;
mod cookie;
mod passwords;
mod sessions;
mod token;

pub(crate) use cookie::{cleared_cookie, session_cookie, token_from_cookies};
pub(crate) use passwords::Passwords;
pub(crate) use sessions::Sessions;
pub(crate) use token::Token;
