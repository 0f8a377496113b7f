-- Files that people send. The bytes are in the object store, under the id; here is what they are and who may have them.

create table files (
    id            blob    not null constraint files_pkey primary key,
    owner_id      blob    not null constraint files_owner_fkey references users (id),
    -- As it was called where it came from; never a path.
    name          text    not null,
    size          integer not null,
    -- Read from the content, not what the sender said.
    media_type    text    not null,
    -- In pixels, as it is shown; null for what is no image of a known kind.
    width         integer,
    height        integer,
    has_thumbnail integer not null,
    -- 'storing': on its way into the object store. 'unused': of no message yet. 'used': of at least one. 'picture': of its owner, and
    -- of no message ever. 'dropped': of nothing any more, or never; its objects are being deleted, then this row.
    state         text    not null constraint files_state_check check (state in ('storing', 'unused', 'used', 'picture', 'dropped')),
    created_at    integer not null
) strict;

-- How much a person keeps.
create index files_owner_idx on files (owner_id, size);
-- What there is to clear.
create index files_clear_idx on files (state, created_at) where state <> 'used';

-- The messages that a file is attached to: it may be read by whoever may read one of them.
create table file_uses (
    file_id   blob    not null constraint file_uses_file_fkey references files (id),
    stream_id blob    not null,
    seq       integer not null,
    constraint file_uses_pkey primary key (file_id, stream_id, seq)
) strict, without rowid;

create index file_uses_message_idx on file_uses (stream_id, seq);
