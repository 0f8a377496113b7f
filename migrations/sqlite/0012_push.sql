-- Web Push: where browsers are told of messages while Confab is closed in them.

-- One browser. It goes with its session: whoever is signed out is told nothing any more.
create table push_subscriptions (
    session_id blob    not null constraint push_subscriptions_pkey primary key
        constraint push_subscriptions_session_fkey references sessions (id) on delete cascade,
    user_id    blob    not null,
    -- Given by the browser, at its push service. Whoever knows it and both keys can be told things there, so it is not shown to anybody.
    endpoint   text    not null constraint push_subscriptions_endpoint_key unique,
    -- Base64url without padding: the browser's public key and the secret of RFC 8291.
    p256dh     text    not null,
    auth       text    not null,
    created_at integer not null
) strict, without rowid;

create index push_subscriptions_user_idx on push_subscriptions (user_id);

-- One row, made when the key is first needed: with another key all subscriptions would be void.
create table push_key (
    id    integer not null constraint push_key_pkey primary key constraint push_key_id_check check (id = 1),
    -- PKCS#8 in base64url, of the pair that signs what this service sends (RFC 8292).
    pkcs8 text    not null
) strict;

-- One row: how far the log was looked through. It moves before anything is sent, so nobody is told of a message twice.
create table pushed (
    id       integer not null constraint pushed_pkey primary key constraint pushed_id_check check (id = 1),
    -- Of the log that was read. Another one: it goes on at its head.
    epoch    integer not null,
    position integer not null
) strict;

insert into pushed (id, epoch, position) values (1, 0, 0);
