-- What people say of themselves, and accounts that are gone.

alter table users
    -- Empty: nothing.
    add column status_text text not null default '',
    -- A file of theirs in the state 'picture'.
    add column avatar_id   uuid,
    -- The row stays, since messages name it; nothing in it tells who it was.
    add column deleted_at  bigint,
    -- What is still to be done of a deletion: 'keep' leaves the groups, 'delete' takes the messages back as well. Null: nothing.
    add column leaving     text constraint users_leaving_check check (leaving in ('keep', 'delete'));

create index users_leaving_idx on users (id) where leaving is not null;
