-- What people say of themselves, and accounts that are gone.

-- Empty: nothing.
alter table users add column status_text text not null default '';
-- A file of theirs in the state 'picture'.
alter table users add column avatar_id blob;
-- The row stays, since messages name it; nothing in it tells who it was.
alter table users add column deleted_at integer;
-- What is still to be done of a deletion: 'keep' leaves the groups, 'delete' takes the messages back as well. Null: nothing.
alter table users add column leaving text constraint users_leaving_check check (leaving in ('keep', 'delete'));

create index users_leaving_idx on users (id) where leaving is not null;
