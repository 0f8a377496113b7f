-- What people see of their sessions, and how often things were tried.

-- The defaults are for replicas of the version before this one, which still sign people in during an upgrade.
alter table sessions
    -- A session is prolonged while it is used, but only so far from here.
    add column created_at   bigint not null default floor(extract(epoch from clock_timestamp()) * 1000000)::bigint,
    -- Of a request, written once in a while.
    add column last_seen_at bigint not null default floor(extract(epoch from clock_timestamp()) * 1000000)::bigint,
    -- What signed in, such as 'Firefox on Linux'; empty if it did not say. No address: nobody needs to know where people were.
    add column client       text   not null default '';

-- A gateway finds a session by its token; what the session is used with is none of its business.
revoke select on sessions from confab_gateway;
grant select (id, user_id, token_hash, expires_at) on sessions to confab_gateway;

-- Token buckets that all replicas share. A bucket is one moment: when it will be full again; a full one is the same as none.
-- Unlogged: after a crash everybody may try afresh, and nothing else rests on it.
create unlogged table rate_buckets (
    -- SHA-256 of what is counted, such as an account's name and an address.
    key     bytea  not null constraint rate_buckets_pkey primary key,
    full_at bigint not null
);

create index rate_buckets_full_at_idx on rate_buckets (full_at);

grant select, insert, update, delete on rate_buckets to confab_api;
