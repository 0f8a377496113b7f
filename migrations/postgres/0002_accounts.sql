-- Plain tables around the log: how people sign in and how far they have read.

create table credentials (
    user_id       uuid not null constraint credentials_pkey primary key constraint credentials_user_fkey references users (id),
    -- PHC string of Argon2id, with its own parameters and salt.
    password_hash text not null
);

create table sessions (
    id         uuid   not null constraint sessions_pkey primary key,
    user_id    uuid   not null constraint sessions_user_fkey references users (id),
    -- SHA-256 of the token; the token itself is nowhere.
    token_hash bytea  not null constraint sessions_token_hash_key unique,
    expires_at bigint not null
);

create index sessions_user_idx on sessions (user_id);

-- How far somebody has read; only ever moves forward. No row: nothing read since joining.
create table read_marks (
    stream_id uuid   not null,
    user_id   uuid   not null,
    seq       bigint not null,
    constraint read_marks_pkey primary key (stream_id, user_id)
);
