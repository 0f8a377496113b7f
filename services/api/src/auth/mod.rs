//! Who is asking: passwords, tokens, sessions, the cookie.

mod client_name;
mod common_passwords;
mod cookie;
mod passwords;
mod session_life;
mod sessions;
mod throttle;
mod token;

pub(crate) use client_name::client_name;
pub(crate) use cookie::{FreshCookie, cleared_cookie, renew_cookie, session_cookie, token_from_cookies};
pub(crate) use passwords::Passwords;
pub(crate) use session_life::SessionLife;
pub(crate) use sessions::{Current, Sessions};
pub(crate) use throttle::Throttle;
pub(crate) use token::Token;
