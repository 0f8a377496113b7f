//! The statements of the index that SQLite says in its own way. Words are a table of FTS5 without content and without places.

use crate::search::{IndexSql, SearchSql, found};

/// The messages of a JSON array of streams and seqs, by position.
macro_rules! positions {
    () => {
        "(select e.position from json_each($1) g
          cross join events e where e.stream_id = unhex(g.value ->> 'stream') and e.seq = g.value ->> 'seq')"
    };
}

pub(super) const INDEX: IndexSql = IndexSql {
    remove: &[
        concat!("delete from search_terms where rowid in ", positions!()),
        concat!("delete from search_messages where position in ", positions!()),
    ],
    change: &[
        concat!("delete from search_terms where rowid in ", positions!()),
        "insert into search_terms (rowid, terms) select x.position, g.value ->> 'terms' from json_each($1) g
         cross join events e cross join search_messages x
         where e.stream_id = unhex(g.value ->> 'stream') and e.seq = g.value ->> 'seq' and x.position = e.position",
    ],
    add: &[
        "insert into search_messages (position, stream_id, actor_id, at, has_file)
         select e.position, e.stream_id, e.actor_id, e.at, g.value ->> 'has_file'
         from json_each($1) g cross join events e where e.position = g.value ->> 'position'",
        "insert into search_terms (rowid, terms) select g.value ->> 'position', g.value ->> 'terms' from json_each($1) g",
    ],
    drop_mentions: "delete from mentions where (stream_id, seq) in
         (select unhex(g.value ->> 'stream'), g.value ->> 'seq' from json_each($1) g)",
    add_mentions: "insert into mentions (stream_id, user_id, seq, actor_id)
         select e.stream_id, unhex(g.value ->> 'person'), e.seq, e.actor_id from json_each($1) g
         cross join events e where e.stream_id = unhex(g.value ->> 'stream') and e.seq = g.value ->> 'seq'",
    clear: &[
        "insert into search_terms (search_terms) values ('delete-all')",
        "delete from search_messages",
        "delete from mentions",
    ],
};

pub(super) const SEARCH: SearchSql = SearchSql {
    // In the order of FTS5's own rowid, which it gives without sorting.
    by_words: found!(
        "search_terms cross join search_messages x",
        "search_terms match $2 and x.position = search_terms.rowid
         and search_terms.rowid > $3 and search_terms.rowid <= $4",
        "search_terms.rowid"
    ),
    all: found!("search_messages x", "$2 = ''", "x.position"),
    words: |term, begins| if begins { format!("\"{term}\"*") } else { format!("\"{term}\"") },
    and: " AND ",
};
