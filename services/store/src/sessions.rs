//! Sessions beside what a gateway reads of them: beginning, being used, and the list that their owner sees.
//!
//! They end by an event on the owner's stream, which takes the row with it, or by themselves when their time is over.

use confab_proto::{SessionId, Timestamp, UserId};

use crate::channel::{Sql, session};
use crate::dialect::{Arg, Columns, Dialect, Statement};
use crate::error::StoreError;
use crate::port::NewSession;
use crate::read::{SessionRow, TokenHash};

const NEW_SESSION: &str = "insert into sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, client)
    values ($1, $2, $3, $4, $4, $5, $6)";

/// A sign-in that began before a change of the password must not outlive it.
macro_rules! add_session {
    () => {
        "insert into sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, client)
         select $1, $2, $3, $4, $4, $5, $6 from credentials where user_id = $2 and password_hash = $7"
    };
}
pub(crate) use add_session;

/// Expired sessions are of no use to anybody; without this a person who often signs in would leave them without end.
const DROP_EXPIRED: &str = "delete from sessions where user_id = $1 and expires_at < $2";

const BY_TOKEN: &str =
    "select id, user_id, expires_at, created_at, last_seen_at, client from sessions where token_hash = $1";

const OF_USER: &str = "select id, user_id, expires_at, created_at, last_seen_at, client from sessions
    where user_id = $1 and expires_at > $2 order by created_at desc, id desc";

const EXTEND: &str = "update sessions
    set expires_at = case when expires_at < $2 then $2 else expires_at end,
        last_seen_at = case when last_seen_at < $3 then $3 else last_seen_at end
    where id = $1 and expires_at > $3";

fn values(new: &NewSession) -> Vec<Arg<'_>> {
    vec![
        Arg::Id(new.session.id.uuid()),
        Arg::Id(new.session.user.uuid()),
        Arg::Bytes(&new.token),
        Arg::Int(new.created_at.0),
        Arg::Int(new.session.expires_at.0),
        Arg::Text(&new.client),
    ]
}

/// Of an account that is made by the same write.
pub(crate) fn new_session(new: &NewSession) -> Statement<'_> {
    (NEW_SESSION, values(new))
}

fn session_row(row: &impl Columns) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        session: session(row)?,
        created_at: Timestamp(row.int("created_at")?),
        last_seen_at: Timestamp(row.int("last_seen_at")?),
        client: row.text("client")?,
    })
}

impl<D: Dialect> Sql<D> {
    pub(crate) async fn write_session(&self, new: &NewSession, password_hash: &str) -> Result<bool, StoreError> {
        let mut args = values(new);
        args.push(Arg::Text(password_hash));
        let expired = (DROP_EXPIRED, vec![Arg::Id(new.session.user.uuid()), Arg::Int(Timestamp::now().0)]);
        let touched = self.0.write(&[expired, (D::ADD_SESSION, args)]).await?;
        Ok(touched.last().is_some_and(|added| *added == 1))
    }

    pub(crate) async fn read_session_row(&self, token: &TokenHash) -> Result<Option<SessionRow>, StoreError> {
        self.0.rows(BY_TOKEN, &[Arg::Bytes(token)]).await?.first().map(session_row).transpose()
    }

    pub(crate) async fn read_sessions_of(&self, user: UserId) -> Result<Vec<SessionRow>, StoreError> {
        let args = [Arg::Id(user.uuid()), Arg::Int(Timestamp::now().0)];
        self.0.rows(OF_USER, &args).await?.iter().map(session_row).collect()
    }

    pub(crate) async fn write_extension(
        &self,
        session: SessionId,
        expires_at: Timestamp,
        last_seen_at: Timestamp,
    ) -> Result<(), StoreError> {
        let args = vec![Arg::Id(session.uuid()), Arg::Int(expires_at.0), Arg::Int(last_seen_at.0)];
        self.0.write(&[(EXTEND, args)]).await.map(drop)
    }
}
