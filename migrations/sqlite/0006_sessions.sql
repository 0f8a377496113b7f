-- What people see of their sessions, and how often things were tried.

-- A session is prolonged while it is used, but only so far from its beginning.
alter table sessions add column created_at integer not null default 0;
-- Of a request, written once in a while.
alter table sessions add column last_seen_at integer not null default 0;
-- What signed in, such as 'Firefox on Linux'; empty if it did not say. No address: nobody needs to know where people were.
alter table sessions add column client text not null default '';

update sessions set created_at = unixepoch() * 1000000, last_seen_at = unixepoch() * 1000000;

-- Token buckets. A bucket is one moment: when it will be full again; a full one is the same as none.
create table rate_buckets (
    -- SHA-256 of what is counted, such as an account's name and an address.
    key     blob    not null constraint rate_buckets_pkey primary key,
    full_at integer not null
) strict, without rowid;

create index rate_buckets_full_at_idx on rate_buckets (full_at);
