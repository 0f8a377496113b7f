-- What a person keeps for themselves in a conversation, the threads they follow, and when they were last here. No event: other
-- people have nothing of it.

create table preferences (
    user_id     uuid   not null,
    stream_id   uuid   not null,
    -- Null: not muted.
    muted_until bigint,
    -- Written but not sent; empty: none.
    draft       text   not null default '',
    -- Of the draft, by the clock of whoever wrote it, but never in the future: the later one stays.
    draft_at    bigint not null default 0,
    constraint preferences_pkey primary key (user_id, stream_id)
);

create table thread_follows (
    stream_id uuid   not null,
    -- `seq` of the message that the thread is about.
    root_seq  bigint not null,
    user_id   uuid   not null,
    constraint thread_follows_pkey primary key (stream_id, root_seq, user_id)
);

create index thread_follows_user_idx on thread_follows (user_id, stream_id);

-- Written at most once a minute per person. Null: never.
alter table users add column last_seen_at bigint;

grant select, insert, update, delete on preferences, thread_follows to confab_api;
-- A gateway tells when somebody was last here. It reads nothing else of an account.
grant select (id, last_seen_at) on users to confab_gateway;
