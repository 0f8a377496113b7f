//! What asks, whoever uses it: its address, for limits, and its name, for the list of sessions.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use confab_runtime::client_address::ClientAddress;

use crate::auth::client_name;
use crate::error::ApiError;
use crate::state::AppState;

pub(crate) struct Client {
    pub(crate) address: ClientAddress,
    /// Empty if it does not say.
    pub(crate) name: String,
}

impl FromRequestParts<AppState> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let address = parts.extensions.get::<ClientAddress>().copied();
        // A limit that nobody falls under would be none.
        let address = address.ok_or_else(|| anyhow::anyhow!("the server gave a request no client address"))?;
        Ok(Self { address, name: client_name(&parts.headers) })
    }
}
