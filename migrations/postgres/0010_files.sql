-- Files that people send. The bytes are in the object store, under the id; here is what they are and who may have them.

create table files (
    id            uuid    not null constraint files_pkey primary key,
    owner_id      uuid    not null constraint files_owner_fkey references users (id),
    -- As it was called where it came from; never a path.
    name          text    not null,
    size          bigint  not null,
    -- Read from the content, not what the sender said.
    media_type    text    not null,
    -- In pixels, as it is shown; null for what is no image of a known kind.
    width         bigint,
    height        bigint,
    has_thumbnail boolean not null,
    -- 'storing': on its way into the object store. 'unused': of no message yet. 'used': of at least one. 'picture': of its owner, and
    -- of no message ever. 'dropped': of nothing any more, or never; its objects are being deleted, then this row.
    state         text    not null constraint files_state_check check (state in ('storing', 'unused', 'used', 'picture', 'dropped')),
    created_at    bigint  not null
);

-- How much a person keeps.
create index files_owner_idx on files (owner_id) include (size);
-- What there is to clear.
create index files_clear_idx on files (state, created_at) where state <> 'used';

-- The messages that a file is attached to: it may be read by whoever may read one of them.
create table file_uses (
    file_id   uuid   not null constraint file_uses_file_fkey references files (id),
    stream_id uuid   not null,
    seq       bigint not null,
    constraint file_uses_pkey primary key (file_id, stream_id, seq)
);

create index file_uses_message_idx on file_uses (stream_id, seq);

-- Takes a file into use. It never waits for somebody who is clearing it at this moment: whoever has the lock of the log must not. The
-- append then fails as one that lost its lock, and is tried again.
create function confab_use_file(of_file uuid, in_stream uuid, event_seq bigint) returns void
    language plpgsql volatile set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
    update files f set state = 'used' where f.id = (
        select x.id from files x where x.id = of_file and x.state in ('unused', 'used') for update skip locked);
    if not found then
        raise exception using errcode = 'lock_not_available', message = 'the file is being cleared';
    end if;
    insert into file_uses (file_id, stream_id, seq) values (of_file, in_stream, event_seq);
end
$$;

-- Gives up what a message uses; what no other one does is to be cleared.
create function confab_drop_uses(in_stream uuid, of_seq bigint) returns void
    language plpgsql volatile set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
    update files f set state = 'dropped'
    where f.id in (select u.file_id from file_uses u where u.stream_id = in_stream and u.seq = of_seq)
        and not exists (select from file_uses u where u.file_id = f.id and (u.stream_id, u.seq) <> (in_stream, of_seq));
    delete from file_uses u where u.stream_id = in_stream and u.seq = of_seq;
end
$$;

-- What an expectation of this kind rests on; as before, and files.
create or replace function confab_guard(kind text, in_stream uuid, of_user uuid, of_target bigint, of_id uuid) returns bigint
    language sql stable
as $$
    select case coalesce(kind, case when of_user is null then 'settings' else 'member' end)
        when 'settings' then (select s.guard_seq from streams s where s.id = in_stream)
        when 'member' then (select m.guard_seq from members m where m.stream_id = in_stream and m.user_id = of_user)
        when 'other_owner' then (
            select 1::bigint from members m
            where m.stream_id = in_stream and m.role = 'owner' and m.user_id <> of_user limit 1)
        when 'message' then (
            select e.seq from events e
            where e.stream_id = in_stream and e.seq = of_target and e.type in ('message.posted', 'message.replied')
                and e.redacted_at is null)
        when 'changed' then (
            select max(e.seq) from events e
            where e.stream_id = in_stream and e.target_seq = of_target and e.type <> 'message.replied'
                and e.type in ('message.edited', 'message.deleted', 'message.pinned', 'message.unpinned'))
        when 'reacted' then (
            select max(e.seq) from events e
            where e.stream_id = in_stream and e.target_seq = of_target and e.type <> 'message.replied'
                and e.type in ('reaction.added', 'reaction.removed') and e.actor_id = of_user)
        when 'invitation' then (
            select 1::bigint from invitations i
            where i.id = of_id and i.stream_id = in_stream and i.revoked_at is null
                and (i.max_uses is null or i.uses < i.max_uses)
                and (i.expires_at is null or i.expires_at > extract(epoch from statement_timestamp()) * 1000000))
        -- In use, or nobody's but this person's.
        when 'file' then (
            select 1::bigint from files f
            where f.id = of_id and (f.state = 'used' or f.state = 'unused' and f.owner_id = of_user))
    end
$$;

-- One projection row; as before, and files.
create or replace function confab_project(entry jsonb, event_seq bigint, event_at bigint) returns void
    language plpgsql volatile set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
    case entry ->> 'row'
        when 'new_conversation' then
            insert into streams (id, kind, guard_seq, name, name_key, visibility, created_at)
            values ((entry ->> 'stream')::uuid, entry ->> 'kind', event_seq, entry ->> 'name', entry ->> 'name_key',
                    entry ->> 'visibility', event_at);
        when 'change_settings' then
            update streams s set guard_seq = event_seq, name = entry ->> 'name', name_key = entry ->> 'name_key',
                topic = entry ->> 'topic', visibility = entry ->> 'visibility', posting = entry ->> 'posting',
                slow_mode_seconds = (entry ->> 'slow_mode_seconds')::integer,
                archived_at = case when (entry ->> 'archived')::boolean then coalesce(s.archived_at, event_at) end
            where s.id = (entry ->> 'stream')::uuid;
        when 'add_member' then
            perform confab_put_member((entry ->> 'stream')::uuid, (entry ->> 'user')::uuid, entry ->> 'role', event_seq);
        when 'change_role' then
            update members m set role = entry ->> 'role', guard_seq = event_seq
            where m.stream_id = (entry ->> 'stream')::uuid and m.user_id = (entry ->> 'user')::uuid;
        when 'drop_member' then
            perform confab_put_member((entry ->> 'stream')::uuid, (entry ->> 'user')::uuid, null, event_seq);
        when 'end_session' then
            delete from sessions where id = (entry ->> 'session')::uuid;
        when 'blank' then
            update events e set data = '{}', request_hash = null, redacted_at = event_at
            where e.stream_id = (entry ->> 'stream')::uuid and e.redacted_at is null and e.seq in (
                select (entry ->> 'target')::bigint
                union all
                select x.seq from events x
                where x.stream_id = (entry ->> 'stream')::uuid and x.target_seq = (entry ->> 'target')::bigint
                    and x.type <> 'message.replied' and x.type = 'message.edited');
            perform confab_drop_uses((entry ->> 'stream')::uuid, (entry ->> 'target')::bigint);
        when 'use_invitation' then
            update invitations i set uses = i.uses + 1 where i.id = (entry ->> 'invitation')::uuid;
        when 'use_file' then
            perform confab_use_file((entry ->> 'file')::uuid, (entry ->> 'stream')::uuid, event_seq);
    end case;
end
$$;

revoke execute on function confab_use_file(uuid, uuid, bigint), confab_drop_uses(uuid, bigint) from public;

-- What a message uses is written by the append functions alone.
grant select, insert, update, delete on files to confab_api;
grant select on file_uses to confab_api;
