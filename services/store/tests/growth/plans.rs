//! Plans of Postgres as they were carried out: which tables were read from end to end, and how many rows and pages were looked at.

use serde_json::Value;

use crate::caught::Caught;

/// Tables of one row, or of one per kind of task.
const NEVER_LARGE: [&str; 6] = ["store", "indexed", "pushed", "push_key", "leases", "_sqlx_migrations"];

/// What a call cost, in numbers that a busy machine does not change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    /// Rows of tables and indexes that were looked at, with those that did not fit.
    pub(crate) rows: u64,
    /// Pages of 8 KiB, in memory or not; those of a statement within a function count once more with the statement that calls it.
    pub(crate) pages: u64,
    /// A sentence for each sequential scan of a table that grows.
    pub(crate) scans: Vec<String>,
    /// Where most rows were looked at, and how many they were.
    dearest: (u64, String),
}

impl Cost {
    pub(crate) fn of(caught: &Caught) -> Self {
        let mut cost = Self::default();
        for notice in &caught.plans {
            let (_, json) = notice.split_once("plan:").expect("a notice with a plan");
            let explained: Value = serde_json::from_str(json).expect("auto_explain writes JSON");
            let statement = explained["Query Text"].as_str().expect("a plan names its statement");
            let root = &explained["Plan"];
            cost.pages += number(root, "Shared Hit Blocks") + number(root, "Shared Read Blocks");
            cost.look(root, statement);
        }
        cost
    }

    pub(crate) fn dearest(&self) -> &str {
        &self.dearest.1
    }

    fn look(&mut self, node: &Value, statement: &str) {
        if let Some(place) = place(node) {
            let unfit = number(node, "Rows Removed by Filter") + number(node, "Rows Removed by Index Recheck");
            let rows = (number(node, "Actual Rows") + unfit) * number(node, "Actual Loops");
            self.rows += rows;
            if rows >= self.dearest.0 {
                self.dearest = (rows, format!("{rows} rows of {place} in: {statement}"));
            }
        }
        if node["Node Type"] == "Seq Scan"
            && let Some(table) = node["Relation Name"].as_str()
            && !NEVER_LARGE.contains(&table)
        {
            self.scans.push(format!("reads the whole table {table} in: {statement}"));
        }
        for child in node["Plans"].as_array().into_iter().flatten() {
            self.look(child, statement);
        }
    }
}

/// The table and the index that a node reads, if it reads any.
fn place(node: &Value) -> Option<String> {
    let text = |name| node[name].as_str();
    match (text("Relation Name"), text("Index Name")) {
        (None, None) => None,
        (Some(table), None) => Some(table.to_owned()),
        (table, Some(index)) => {
            let condition = text("Index Cond").unwrap_or("no condition");
            Some(format!("{} by {index} with {condition}", table.unwrap_or("a table")))
        }
    }
}

fn number(node: &Value, name: &str) -> u64 {
    node[name].as_u64().unwrap_or_default()
}
