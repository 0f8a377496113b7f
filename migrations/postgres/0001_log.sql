-- The log and its two inline projections. Numbers are given out under one advisory lock, at commit: see 0003_append.sql.

-- A stream is a log of its own order: a conversation, or the internal log of one user (kind 'user').
create table streams (
    id          uuid   not null constraint streams_pkey primary key,
    kind        text   not null constraint streams_kind_check check (kind in ('direct', 'group', 'user')),
    -- seq of the last event that moved settings, visibility, archive or ownership: what a decision about the stream rests on.
    guard_seq   bigint not null,
    name        text,
    -- name in lower case, folded by the service: SQL's lower() differs between databases and locales.
    name_key    text collate "C",
    visibility  text   not null constraint streams_visibility_check check (visibility in ('public', 'private')),
    archived_at bigint,
    created_at  bigint not null
);

create index streams_public_idx on streams (name_key, id) where kind = 'group' and visibility = 'public';

create table users (
    id           uuid   not null constraint users_pkey primary key,
    -- Lower case already.
    username     text   not null collate "C" constraint users_username_key unique,
    display_name text   not null,
    -- display_name in lower case, folded by the service.
    display_key  text   not null collate "C",
    created_at   bigint not null
);

create index users_display_key_idx on users (display_key);

create table members (
    stream_id uuid   not null constraint members_stream_fkey references streams (id),
    user_id   uuid   not null constraint members_user_fkey references users (id),
    -- A banned person keeps a row, so that a rejoin is refused.
    role      text   not null constraint members_role_check check (role in ('owner', 'admin', 'member', 'reader', 'banned')),
    -- seq of the event that let the person in: messages before it are not unread.
    since_seq bigint not null,
    -- seq of the last event about the person.
    guard_seq bigint not null,
    constraint members_pkey primary key (stream_id, user_id)
);

create index members_user_idx on members (user_id, stream_id);

-- No foreign key to streams: the hot path touches this table only.
create table events (
    -- Place in the whole log, gapless; given out at commit. A sequence would leave gaps and show late commits late.
    position     bigint   not null constraint events_position_check check (position > 0),
    stream_id    uuid     not null,
    -- Place in the stream, gapless.
    seq          bigint   not null constraint events_seq_check check (seq > 0),
    -- Messages of the stream up to and including this event; 0 before the first. The difference of two is a count.
    message_no   bigint   not null constraint events_message_no_check check (message_no >= 0),
    type         text     not null,
    -- Of data.
    version      smallint not null,
    actor_id     uuid     not null,
    -- On the first event of a command only; null on the rest.
    client_id    uuid,
    -- The event that this one edits, deletes, pins or reacts to.
    target_seq   bigint,
    at           bigint   not null,
    -- JSON, as it was written: text, since jsonb would write it anew.
    data         text     not null,
    -- Of the request, next to client_id: repeats compare it. Null once redacted, and null equals everything.
    request_hash bytea,
    redacted_at  bigint,
    -- The sweep asks which streams moved past a position, and is answered from this index alone.
    constraint events_pkey primary key (position) include (stream_id, seq),
    constraint events_stream_seq_key unique (stream_id, seq),
    constraint events_client_id_key unique (stream_id, actor_id, client_id)
);

create unique index events_message_no_key on events (stream_id, message_no) where type = 'message.posted';
create index events_target_idx on events (stream_id, target_seq) where target_seq is not null;

-- One row.
create table store (
    id    integer not null constraint store_pkey primary key constraint store_id_check check (id = 1),
    -- The stored part of the epoch; a restore of files renews it. The rest is computed by confab_epoch().
    epoch bigint  not null
);

insert into store (id, epoch) values (1, ('x' || left(replace(gen_random_uuid()::text, '-', ''), 16))::bit(64)::bigint);
