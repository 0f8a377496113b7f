-- What a group is about and who writes there, messages that change, and ways into a private group.

alter table streams
    -- Empty: none.
    add column topic             text    not null default '',
    add column posting           text    not null default 'members'
        constraint streams_posting_check check (posting in ('members', 'admins')),
    -- Between two messages of one member; 0: no slow mode.
    add column slow_mode_seconds integer not null default 0,
    -- Of members without the banned ones: lists show it, and counting 10,000 rows for each would be dear.
    add column member_count      bigint  not null default 0;

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
    id         uuid    not null constraint invitations_pkey primary key,
    -- At the end of a transaction: an import writes streams last, from the log.
    stream_id  uuid    not null constraint invitations_stream_fkey references streams (id)
        deferrable initially deferred,
    -- SHA-256 of the token in the link; the token itself is nowhere.
    token_hash bytea   not null constraint invitations_token_hash_key unique,
    created_by uuid    not null,
    created_at bigint  not null,
    -- Null: never.
    expires_at bigint,
    -- Null: any number.
    max_uses   bigint,
    uses       bigint  not null default 0,
    revoked_at bigint
);

create index invitations_stream_idx on invitations (stream_id, id);

-- Who asked to join a private group. No key to streams: whoever asks does not learn whether there is such a group.
create table join_requests (
    stream_id uuid   not null,
    user_id   uuid   not null constraint join_requests_user_fkey references users (id),
    at        bigint not null,
    constraint join_requests_pkey primary key (stream_id, user_id)
);

create index join_requests_user_idx on join_requests (user_id, stream_id);

-- What an expectation of this kind rests on, as it is now. It holds if this is its guard; null is a guard, too.
-- Without settings of its own, so that it becomes part of the statement that calls it.
create function confab_guard(kind text, in_stream uuid, of_user uuid, of_target bigint, of_id uuid) returns bigint
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
    end
$$;

-- Whether all expectations hold.
create or replace function confab_holds(expect jsonb) returns boolean
    language sql stable set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
as $$
    select not exists (
        select from jsonb_to_recordset(expect) as x (kind text, stream uuid, "user" uuid, target bigint, id uuid, guard bigint)
        where x.guard is distinct from confab_guard(x.kind, x.stream, x."user", x.target, x.id))
$$;

-- Plain commands: one event each, no projection. Set-based, and in the order of the batch; touches `events` only.
-- Plans are made while the table is small and kept: without seqscans they are right when it is large, too.
create or replace function confab_append_plain(batch jsonb) returns text
    language plpgsql volatile security definer set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
    now_epoch     bigint;
    last_position bigint;
    now_at        bigint;
    outcomes      text;
begin
    perform confab_lock();
    select h.epoch, h.position into now_epoch, last_position from log_head h;
    now_at := greatest(floor(extract(epoch from clock_timestamp()) * 1000000)::bigint,
                       (select e.at from events e where e.position = last_position));
    with command as (
        select * from rows from (jsonb_to_recordset(batch) as (
            epoch bigint, stream uuid, actor uuid, client uuid, hash text, type text, version smallint, target bigint,
            data text, expect jsonb)) with ordinality
            as c (epoch, stream, actor, client, hash, type, version, target, data, expect, n)
    ),
    judged as materialized (
        select c.*, e.position as old_position, e.seq as old_seq, e.message_no as old_message_no, e.at as old_at,
            case
                when e.position is not null and (e.request_hash is null or e.request_hash = decode(c.hash, 'hex')) then 'duplicate'
                when e.position is not null then 'reused'
                when c.epoch <> now_epoch or exists (
                    select from jsonb_to_recordset(c.expect) as x (kind text, stream uuid, "user" uuid, target bigint, id uuid, guard bigint)
                    where x.guard is distinct from confab_guard(x.kind, x.stream, x."user", x.target, x.id)) then 'conflict'
                else 'appended'
            end as outcome
        from command c
        -- The limit keeps these as look-ups by index, however many commands there are.
        left join lateral (
            select x.position, x.seq, x.message_no, x.at, x.request_hash from events x
            where x.stream_id = c.stream and x.actor_id = c.actor and x.client_id = c.client limit 1) e on true
    ),
    head as materialized (
        select d.stream, coalesce(h.seq, 0) as seq, coalesce(h.message_no, 0) as message_no
        from (select distinct j.stream from judged j where j.outcome = 'appended') d
        left join lateral (
            select x.seq, x.message_no from events x where x.stream_id = d.stream order by x.seq desc limit 1) h on true
    ),
    numbered as materialized (
        select j.*,
            last_position + row_number() over (order by j.n) as position,
            h.seq + row_number() over (partition by j.stream order by j.n) as seq,
            h.message_no + count(*) filter (where j.type = 'message.posted')
                over (partition by j.stream order by j.n rows unbounded preceding) as message_no
        from judged j join head h on h.stream = j.stream
        where j.outcome = 'appended'
    ),
    inserted as (
        insert into events (position, stream_id, seq, message_no, type, version, actor_id, client_id, target_seq, at, data, request_hash)
        select n.position, n.stream, n.seq, n.message_no, n.type, n.version, n.actor, n.client, n.target, now_at, n.data,
            decode(n.hash, 'hex')
        from numbered n order by n.position
    )
    select json_agg(json_build_object('outcome', j.outcome, 'placed', case
            when j.outcome = 'appended' then json_build_array(json_build_object(
                'seq', n.seq, 'position', n.position, 'message_no', n.message_no, 'at', now_at))
            when j.outcome = 'duplicate' then json_build_array(json_build_object(
                'seq', j.old_seq, 'position', j.old_position, 'message_no', j.old_message_no, 'at', j.old_at))
            else '[]'::json
        end) order by j.n)::text
    into outcomes
    from judged j left join numbered n on n.n = j.n;
    return outcomes;
end
$$;

-- A member's row, and how many there are.
create function confab_put_member(in_stream uuid, of_user uuid, new_role text, event_seq bigint) returns void
    language plpgsql volatile set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
    old_role text;
begin
    select m.role into old_role from members m where m.stream_id = in_stream and m.user_id = of_user;
    if new_role is null then
        delete from members m where m.stream_id = in_stream and m.user_id = of_user;
    else
        insert into members (stream_id, user_id, role, since_seq, guard_seq)
        values (in_stream, of_user, new_role, event_seq, event_seq)
        on conflict on constraint members_pkey do update
        set role = excluded.role, since_seq = excluded.since_seq, guard_seq = excluded.guard_seq;
        delete from join_requests r where r.stream_id = in_stream and r.user_id = of_user;
    end if;
    update streams s set member_count = s.member_count + d.change
    from (select (coalesce(new_role, 'banned') <> 'banned')::int - (coalesce(old_role, 'banned') <> 'banned')::int as change) d
    where s.id = in_stream and d.change <> 0;
end
$$;

-- One projection row.
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
        when 'use_invitation' then
            update invitations i set uses = i.uses + 1 where i.id = (entry ->> 'invitation')::uuid;
    end case;
end
$$;

revoke execute on function confab_guard(text, uuid, uuid, bigint, uuid), confab_put_member(uuid, uuid, text, bigint) from public;

grant select, insert, update, delete on invitations, join_requests to confab_api;
