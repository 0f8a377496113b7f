-- The index for searching and the mentions for counting, both filled from the log by position, behind it. Everything here can be made again
-- from the log: `confab reindex`.

-- A row for each message that was not taken back. Its text stays in the log, where it is read from: here stand the words only.
create table search_messages (
    -- Of the event that posted it, as are stream, actor and time: repeated here for the filters of a search.
    position  integer not null constraint search_messages_pkey primary key,
    stream_id blob    not null,
    actor_id  blob    not null,
    at        integer not null,
    has_file  integer not null
) strict;

create index search_messages_stream_idx on search_messages (stream_id, position);

-- Its words, rowid = position. Made by the service, which folds and parts texts of all scripts alike in both databases: the tokenizer has
-- only to split at spaces. No text and no places are kept.
create virtual table search_terms using fts5 (terms, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');

-- Who was named in which message, for the count of unread ones.
create table mentions (
    stream_id blob    not null,
    -- The stream's own id stands for everyone in it.
    user_id   blob    not null,
    seq       integer not null,
    -- Who wrote it: nobody is told of his own.
    actor_id  blob    not null,
    constraint mentions_pkey primary key (stream_id, user_id, seq)
) strict, without rowid;

create index mentions_seq_idx on mentions (stream_id, seq);

-- One row: how far both tables have come. It moves in the transaction that writes them, so each event counts once whoever tries.
create table indexed (
    id       integer not null constraint indexed_pkey primary key constraint indexed_id_check check (id = 1),
    -- Of the log that was read. Another one: all is made again.
    epoch    integer not null,
    position integer not null
) strict;

insert into indexed (id, epoch, position) values (1, 0, 0);
