-- The index for searching and the mentions for counting, both filled from the log by position, behind it. Everything here can be made again
-- from the log: `confab reindex`.

-- A row for each message that was not taken back. Its text stays in the log, where it is read from: here stand the words only.
create table search_messages (
    -- Of the event that posted it, as are stream, actor and time: repeated here for the filters of a search.
    position  bigint   not null constraint search_messages_pkey primary key,
    stream_id uuid     not null,
    actor_id  uuid     not null,
    at        bigint   not null,
    has_file  boolean  not null,
    -- Made by the service, which folds and parts texts of all scripts alike in both databases: no dictionary, no places.
    terms     tsvector not null
);

create index search_messages_terms_idx on search_messages using gin (terms);
create index search_messages_stream_idx on search_messages (stream_id, position);
create index search_messages_actor_idx on search_messages (actor_id, position);

-- Who was named in which message, for the count of unread ones.
create table mentions (
    stream_id uuid   not null,
    -- The stream's own id stands for everyone in it.
    user_id   uuid   not null,
    seq       bigint not null,
    -- Who wrote it: nobody is told of his own.
    actor_id  uuid   not null,
    constraint mentions_pkey primary key (stream_id, user_id, seq) include (actor_id)
);

create index mentions_seq_idx on mentions (stream_id, seq);

-- One row: how far both tables have come. It moves in the transaction that writes them, so each event counts once whoever tries.
create table indexed (
    id       integer not null constraint indexed_pkey primary key constraint indexed_id_check check (id = 1),
    -- Of the log that was read. Another one: all is made again.
    epoch    bigint  not null,
    position bigint  not null
);

insert into indexed (id, epoch, position) values (1, 0, 0);

grant select, insert, update, delete, truncate on search_messages, mentions to confab_api;
grant select, update on indexed to confab_api;
