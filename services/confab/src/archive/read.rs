//! The lines of an export, read one by one, and the sum that proves them.
//!
//! Every error names the line. A file that was changed or broken off is found at its end at the latest, so nothing of it may be kept
//! before that.

use std::io::{BufRead, Read as _};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use super::format::{Counts, Header, KIND, Line, TABLES, VERSION};

/// Far more than any row has.
const LONGEST: u64 = 16 << 20;

/// The file, as far as it was read.
pub(super) struct Lines<R> {
    from: R,
    number: u64,
    sum: Sha256,
    counts: Counts,
    table: usize,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, number: 0, sum: Sha256::new(), counts: [0; TABLES], table: 0 }
    }

    /// The bytes of the next line, with its end.
    fn bytes(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.number += 1;
        let number = self.number;
        let limited = (&mut self.from).take(LONGEST).read_until(b'\n', &mut line);
        limited.with_context(|| format!("cannot read line {number}"))?;
        match line.last() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            Some(_) if line.len() as u64 == LONGEST => bail!("line {number} is longer than any line of an export"),
            Some(_) => bail!("line {number} is torn: the file ends within it"),
        }
    }

    pub(super) fn header(&mut self) -> anyhow::Result<Header> {
        let Some(line) = self.bytes()? else { bail!("line 1: the file is empty") };
        self.sum.update(&line);
        let said: serde_json::Value = serde_json::from_slice(&line).context("line 1 is not the header of an export")?;
        if said["confab"] != KIND {
            bail!("line 1 is not the header of an export of Confab");
        }
        if said["version"] != VERSION {
            bail!(
                "line 1: the file has version {} of the format, this Confab reads version {VERSION}",
                said["version"]
            );
        }
        serde_json::from_value(said).context("line 1 is not the header of an export")
    }

    /// The next row; `None` after the last line has proven all before it.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Line>> {
        let line = self.bytes()?;
        let number = self.number;
        let Some(line) = line else {
            bail!("line {number} is missing: the file was broken off before its last line");
        };
        let row: Line = serde_json::from_slice(&line).map_err(|error| {
            // It may quote what it could not read, and that may be a text or a password's hash.
            let what = if error.is_data() { "is no row of an export" } else { "is not JSON" };
            anyhow::anyhow!("line {number} {what} (column {})", error.column())
        })?;
        if row.table() < self.table {
            bail!("line {number} stands behind rows of a later table");
        }
        self.table = row.table();
        let Line::End(end) = row else {
            self.counts[row.table()] += 1;
            self.sum.update(&line);
            return Ok(Some(row));
        };
        if end.counts() != self.counts {
            bail!("line {number} counts {:?} rows, but {:?} stand before it", end.counts(), self.counts);
        }
        if end.sha256 != super::hex(&self.sum.clone().finalize()) {
            bail!("line {number}: the sum over the lines before it is another one: the file was changed");
        }
        if self.bytes()?.is_some() {
            bail!("line {} stands behind the last line", self.number);
        }
        Ok(None)
    }

    /// Rows so far.
    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }

    /// Where it is, for errors of those who use the row.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::super::format::End;
    use super::*;

    const HEADER: &str = r#"{"confab":"export","version":1,"epoch":"8f2c1a90d4e7b365","position":0}"#;
    const MARK: &str = r#"{"read_marks":{"stream_id":"0198c0de-0000-7000-8000-00000000000a","user_id":"0198c0de-0000-7000-8000-00000000000b","seq":3}}"#;

    fn whole() -> String {
        let before = format!("{HEADER}\n{MARK}\n{MARK}\n");
        let end = End::new([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], super::super::hex(&Sha256::digest(&before)));
        format!("{before}{}\n", serde_json::to_string(&Line::End(end)).unwrap())
    }

    fn read(text: &str) -> Result<Counts, String> {
        let mut lines = Lines::new(text.as_bytes());
        lines.header().map_err(|error| format!("{error:#}"))?;
        while lines.next().map_err(|error| format!("{error:#}"))?.is_some() {}
        Ok(lines.counts())
    }

    #[test]
    fn a_whole_file_is_read() {
        assert_eq!(read(&whole()), Ok([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn an_end_of_before_there_were_more_tables_counts_none_of_them() {
        let whole = whole();
        let mut old = whole.clone();
        for table in [
            "preferences",
            "thread_follows",
            "invitations",
            "join_requests",
            "push_keys",
            "push_subscriptions",
            "files",
            "file_uses",
        ] {
            old = old.replace(&format!("\"{table}\":0,"), "");
        }
        assert_eq!(old.matches(":0,").count() + 8, whole.matches(":0,").count());
        assert_eq!(read(&old), Ok([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn each_way_to_be_wrong_names_its_line() {
        let whole = whole();
        let end = whole.lines().last().unwrap();
        let cases = [
            ("", "line 1: the file is empty"),
            ("hello\n", "line 1 is not the header"),
            ("{\"confab\":\"other\"}\n", "line 1 is not the header"),
            (&whole.replace("\"version\":1", "\"version\":2"), "line 1: the file has version 2"),
            (&format!("{HEADER}\n{MARK}\n"), "line 3 is missing"),
            (&whole[..whole.len() - 1], "line 4 is torn"),
            (&format!("{HEADER}\n{}", &MARK[..30]), "line 2 is torn"),
            (&whole.replacen("\"seq\":3", "\"seq\":4", 1), "line 4: the sum over"),
            (&whole.replace("\"read_marks\":2", "\"read_marks\":3"), "line 4 counts"),
            (&whole.replacen(&format!("{MARK}\n"), "", 1), "line 3 counts"),
            (&format!("{whole}{MARK}\n"), "line 5 stands behind the last line"),
            (&whole.replacen(MARK, "{\"read_marks\":", 1), "line 2 is not JSON"),
            (&whole.replacen(MARK, "{\"marks\":{}}", 1), "line 2 is no row"),
            (&whole.replacen("\"seq\":3", "\"seq\":3,\"more\":1", 1), "line 2 is no row"),
            (&whole.replacen(MARK, &format!("{MARK}\n{}", end.replace("end", "users")), 1), "line 3 is no row"),
        ];
        for (text, error) in cases {
            let said = read(text).unwrap_err();
            assert!(said.starts_with(error), "{said:?} instead of {error:?}");
        }
    }

    #[test]
    fn tables_come_in_order() {
        let user = r#"{"users":{"id":"0198c0de-0000-7000-8000-00000000000b","username":"ann","display_name":"Ann","display_key":"ann","created_at":1}}"#;
        let said = read(&whole().replacen(MARK, &format!("{MARK}\n{user}"), 1)).unwrap_err();
        assert!(said.starts_with("line 3 stands behind rows of a later table"), "{said}");
    }
}
