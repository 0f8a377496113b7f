-- What a group is about and who writes there, messages that change, and ways into a private group.

-- Empty: none.
alter table streams add column topic text not null default '';
alter table streams add column posting text not null default 'members'
    constraint streams_posting_check check (posting in ('members', 'admins'));
-- Between two messages of one member; 0: no slow mode.
alter table streams add column slow_mode_seconds integer not null default 0;
-- Of members without the banned ones: lists show it, and counting 10,000 rows for each would be dear.
alter table streams add column member_count integer not null default 0;

update streams set member_count = (select count(*) from members m where m.stream_id = streams.id and m.role <> 'banned');

-- Whether somebody else owns a group is asked before an owner leaves.
create index members_owner_idx on members (stream_id, user_id) where role = 'owner';

-- A thread may be long, and a page of history shows only how long: so its replies are apart from what else targets a message.
drop index events_target_idx;
create index events_target_idx on events (stream_id, target_seq, seq) where target_seq is not null and type <> 'message.replied';
create index events_thread_idx on events (stream_id, target_seq, seq) where type = 'message.replied';
create index events_pin_idx on events (stream_id, seq) where type in ('message.pinned', 'message.unpinned');

-- Links that let people in.
create table invitations (
    id         blob    not null constraint invitations_pkey primary key,
    -- At the end of a transaction: an import writes streams last, from the log.
    stream_id  blob    not null constraint invitations_stream_fkey references streams (id)
        deferrable initially deferred,
    -- SHA-256 of the token in the link; the token itself is nowhere.
    token_hash blob    not null constraint invitations_token_hash_key unique,
    created_by blob    not null,
    created_at integer not null,
    -- Null: never.
    expires_at integer,
    -- Null: any number.
    max_uses   integer,
    uses       integer not null default 0,
    revoked_at integer
) strict, without rowid;

create index invitations_stream_idx on invitations (stream_id, id);

-- Who asked to join a private group. No key to streams: whoever asks does not learn whether there is such a group.
create table join_requests (
    stream_id blob    not null,
    user_id   blob    not null constraint join_requests_user_fkey references users (id),
    at        integer not null,
    constraint join_requests_pkey primary key (stream_id, user_id)
) strict, without rowid;

create index join_requests_user_idx on join_requests (user_id, stream_id);
