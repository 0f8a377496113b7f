-- Plain tables around the log: how people sign in and how far they have read.

create table credentials (
    user_id       blob not null constraint credentials_pkey primary key constraint credentials_user_fkey references users (id),
    -- PHC string of Argon2id, with its own parameters and salt.
    password_hash text not null
) strict, without rowid;

create table sessions (
    id         blob    not null constraint sessions_pkey primary key,
    user_id    blob    not null constraint sessions_user_fkey references users (id),
    -- SHA-256 of the token; the token itself is nowhere.
    token_hash blob    not null constraint sessions_token_hash_key unique,
    expires_at integer not null
) strict, without rowid;

create index sessions_user_idx on sessions (user_id);

-- How far somebody has read; only ever moves forward. No row: nothing read since joining.
create table read_marks (
    stream_id blob    not null,
    user_id   blob    not null,
    seq       integer not null,
    constraint read_marks_pkey primary key (stream_id, user_id)
) strict, without rowid;
