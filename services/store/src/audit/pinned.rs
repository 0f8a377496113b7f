//! What a dialect offers for work on the whole store: one connection in one transaction.

use async_trait::async_trait;

use super::table::Table;
use crate::dialect::{Arg, Columns};
use crate::error::StoreError;

/// A connection in a transaction; dropped, it rolls back.
#[async_trait]
pub(crate) trait Pinned: Send + Sized + 'static {
    type Row: Columns;

    /// Keeps others from writing into the tables, if the transaction does not do that by itself.
    const CLAIM: Option<&'static str>;

    /// Inserts the rows of the JSON array `$1`, one object a row with the columns' names as keys.
    fn insert(table: &Table, or_replace: bool) -> String;

    async fn rows(&mut self, sql: String, args: &[Arg<'_>]) -> Result<Vec<Self::Row>, StoreError>;

    /// How many rows it touched.
    async fn execute(&mut self, sql: String, args: &[Arg<'_>]) -> Result<u64, StoreError>;

    async fn commit(self) -> Result<(), StoreError>;

    /// Rolls back.
    async fn close(self) -> Result<(), StoreError>;
}
