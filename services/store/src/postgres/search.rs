//! The statements of the index that Postgres says in its own way. Words are a `tsvector` without places.

use crate::search::{IndexSql, SearchSql, found};

pub(super) const INDEX: IndexSql = IndexSql {
    remove: &["delete from search_messages x
         using json_to_recordset($1::json) as g (stream uuid, seq bigint), events e
         where e.stream_id = g.stream and e.seq = g.seq and x.position = e.position"],
    change: &["update search_messages x set terms = array_to_tsvector(string_to_array(g.terms, ' '))
         from json_to_recordset($1::json) as g (stream uuid, seq bigint, terms text), events e
         where e.stream_id = g.stream and e.seq = g.seq and x.position = e.position"],
    add: &["insert into search_messages (position, stream_id, actor_id, at, has_file, terms)
         select e.position, e.stream_id, e.actor_id, e.at, g.has_file, array_to_tsvector(string_to_array(g.terms, ' '))
         from json_to_recordset($1::json) as g (position bigint, has_file boolean, terms text)
         join events e on e.position = g.position"],
    drop_mentions: "delete from mentions x using json_to_recordset($1::json) as g (stream uuid, seq bigint)
         where x.stream_id = g.stream and x.seq = g.seq",
    add_mentions: "insert into mentions (stream_id, user_id, seq, actor_id)
         select e.stream_id, g.person, e.seq, e.actor_id
         from json_to_recordset($1::json) as g (stream uuid, seq bigint, person uuid)
         join events e on e.stream_id = g.stream and e.seq = g.seq",
    clear: &["truncate search_messages, mentions"],
};

pub(super) const SEARCH: SearchSql = SearchSql {
    by_words: found!("search_messages x", "x.terms @@ $2::tsquery", "x.position"),
    // The parameter has to stand somewhere.
    all: found!("search_messages x", "$2 = ''", "x.position"),
    words: |term, begins| if begins { format!("'{term}':*") } else { format!("'{term}'") },
    and: " & ",
};
