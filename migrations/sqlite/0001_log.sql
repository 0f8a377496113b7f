-- The log and its two inline projections. SQLite has one writer, so numbers are given out inside its one write transaction.

-- A stream is a log of its own order: a conversation, or the internal log of one user (kind 'user').
create table streams (
    id          blob    not null constraint streams_pkey primary key,
    kind        text    not null constraint streams_kind_check check (kind in ('direct', 'group', 'user')),
    -- seq of the last event that moved settings, visibility, archive or ownership: what a decision about the stream rests on.
    guard_seq   integer not null,
    name        text,
    -- name in lower case, folded by the service: SQL's lower() differs between databases and locales.
    name_key    text,
    visibility  text    not null constraint streams_visibility_check check (visibility in ('public', 'private')),
    archived_at integer,
    created_at  integer not null
) strict, without rowid;

create index streams_public_idx on streams (name_key, id) where kind = 'group' and visibility = 'public';

create table users (
    id           blob    not null constraint users_pkey primary key,
    -- Lower case already.
    username     text    not null constraint users_username_key unique,
    display_name text    not null,
    -- display_name in lower case, folded by the service.
    display_key  text    not null,
    created_at   integer not null
) strict, without rowid;

create table members (
    stream_id blob    not null constraint members_stream_fkey references streams (id),
    user_id   blob    not null constraint members_user_fkey references users (id),
    -- A banned person keeps a row, so that a rejoin is refused.
    role      text    not null constraint members_role_check check (role in ('owner', 'admin', 'member', 'reader', 'banned')),
    -- seq of the event that let the person in: messages before it are not unread.
    since_seq integer not null,
    -- seq of the last event about the person.
    guard_seq integer not null,
    constraint members_pkey primary key (stream_id, user_id)
) strict, without rowid;

create index members_user_idx on members (user_id, stream_id);

-- No foreign key to streams: the hot path touches this table only.
create table events (
    -- Place in the whole log, gapless; given out at commit.
    position     integer not null constraint events_pkey primary key constraint events_position_check check (position > 0),
    stream_id    blob    not null,
    -- Place in the stream, gapless.
    seq          integer not null constraint events_seq_check check (seq > 0),
    -- Messages of the stream up to and including this event; 0 before the first. The difference of two is a count.
    message_no   integer not null constraint events_message_no_check check (message_no >= 0),
    type         text    not null,
    -- Of data.
    version      integer not null,
    actor_id     blob    not null,
    -- On the first event of a command only; null on the rest.
    client_id    blob,
    -- The event that this one edits, deletes, pins or reacts to.
    target_seq   integer,
    at           integer not null,
    -- JSON, as it was written.
    data         text    not null,
    -- Of the request, next to client_id: repeats compare it. Null once redacted, and null equals everything.
    request_hash blob,
    redacted_at  integer,
    constraint events_stream_seq_key unique (stream_id, seq),
    constraint events_client_id_key unique (stream_id, actor_id, client_id)
) strict;

create unique index events_message_no_key on events (stream_id, message_no) where type = 'message.posted';
create index events_target_idx on events (stream_id, target_seq) where target_seq is not null;

-- One row.
create table store (
    id    integer not null constraint store_pkey primary key constraint store_id_check check (id = 1),
    -- This life of the store. Renewed at open when the position file beside the database is ahead of the log.
    epoch integer not null
) strict;

insert into store (id, epoch) values (1, random());

create view log_head as
select store.epoch as epoch, coalesce((select max(events.position) from events), 0) as position from store
where store.id = 1;
