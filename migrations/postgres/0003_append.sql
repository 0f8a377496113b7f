-- Appending, and the epoch. Every append takes one lock for the whole log, numbers what holds, and lets go at its commit.
--
-- Each entry is a pair: a function that owns the right to insert, and a procedure that calls it and commits. The procedure commits,
-- not the client: else the lock is held until the client's Sync message arrives, and a paused client stops all writes.
-- A procedure that is SECURITY DEFINER or sets a parameter may not commit, hence the two.

-- This life of the store: numbers compare only within it. A restore by pg_dump changes the oid or the system identifier, one to a point
-- in time changes the timeline, files put back change nothing but what `confab restored` stores.
-- The timeline is read from the name of the WAL file being written: pg_control_checkpoint() may lag until the next checkpoint.
create function confab_epoch() returns bigint
    language sql stable security definer set search_path = public, pg_temp
as $$
    select ('x' || left(encode(sha256(convert_to(concat_ws('/',
               store.epoch,
               (select c.system_identifier from pg_control_system() c),
               left(pg_walfile_name(pg_current_wal_lsn()), 8),
               'public.events'::regclass::oid), 'UTF8')), 'hex'), 16))::bit(64)::bigint
    from store where store.id = 1
$$;

create view log_head as
select confab_epoch() as epoch, coalesce((select max(events.position) from events), 0) as position;

-- Takes the lock that gives out numbers. A statement of its own: what follows it sees every commit of those who had it before,
-- which a statement that waits inside itself does not (its snapshot is older than its wait).
create function confab_lock() returns void
    language plpgsql volatile set search_path = public, pg_temp
as $$
begin
    -- With one snapshot for the whole transaction the statements after the lock would see the state before it.
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'appending needs the isolation level "read committed"';
    end if;
    perform pg_advisory_xact_lock(4823571096);
end
$$;

-- Whether all expectations hold: the guard of a stream, or of one person in it; no guard expects that there is no row.
create function confab_holds(expect jsonb) returns boolean
    language sql stable set search_path = public, pg_temp set enable_seqscan = off
as $$
    select not exists (
        select from jsonb_to_recordset(expect) as x (stream uuid, "user" uuid, guard bigint)
        where x.guard is distinct from case when x."user" is null
            then (select s.guard_seq from streams s where s.id = x.stream)
            else (select m.guard_seq from members m where m.stream_id = x.stream and m.user_id = x."user")
        end)
$$;

-- Plain commands: one event each, no projection. Set-based, and in the order of the batch; touches `events` only.
-- Plans are made while the table is small and kept: without seqscans they are right when it is large, too.
create function confab_append_plain(batch jsonb) returns text
    language plpgsql volatile security definer set search_path = public, pg_temp set enable_seqscan = off
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
                    select from jsonb_to_recordset(c.expect) as x (stream uuid, "user" uuid, guard bigint)
                    where x.guard is distinct from case when x."user" is null
                        then (select s.guard_seq from streams s where s.id = x.stream)
                        else (select m.guard_seq from members m where m.stream_id = x.stream and m.user_id = x."user")
                    end) then 'conflict'
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

-- One command of any number of events, streams and rows, all or nothing. A row takes the seq of one of the command's events.
create function confab_append_rule(command jsonb) returns text
    language plpgsql volatile security definer set search_path = public, pg_temp set enable_seqscan = off
as $$
declare
    first_stream  uuid  := (command -> 'events' -> 0 ->> 'stream')::uuid;
    new_actor     uuid  := (command ->> 'actor')::uuid;
    new_client    uuid  := (command ->> 'client')::uuid;
    new_hash      bytea := decode(command ->> 'hash', 'hex');
    now_epoch     bigint;
    last_position bigint;
    now_at        bigint;
    earlier       record;
    placed        json;
    entry         jsonb;
begin
    perform confab_lock();
    select e.seq, e.position, e.message_no, e.at, e.request_hash into earlier from events e
    where e.stream_id = first_stream and e.actor_id = new_actor and e.client_id = new_client;
    if found then
        if earlier.request_hash <> new_hash then
            return json_build_object('outcome', 'reused', 'placed', '[]'::json)::text;
        end if;
        return json_build_object('outcome', 'duplicate', 'placed', json_build_array(json_build_object(
            'seq', earlier.seq, 'position', earlier.position, 'message_no', earlier.message_no, 'at', earlier.at)))::text;
    end if;
    select h.epoch, h.position into now_epoch, last_position from log_head h;
    if (command ->> 'epoch')::bigint <> now_epoch or not confab_holds(command -> 'expect') then
        return json_build_object('outcome', 'conflict', 'placed', '[]'::json)::text;
    end if;
    now_at := greatest(floor(extract(epoch from clock_timestamp()) * 1000000)::bigint,
                       (select e.at from events e where e.position = last_position));
    with event as (
        select * from rows from (jsonb_to_recordset(command -> 'events') as (
            stream uuid, type text, version smallint, target bigint, data text)) with ordinality
            as c (stream, type, version, target, data, n)
    ),
    head as materialized (
        select d.stream, coalesce(h.seq, 0) as seq, coalesce(h.message_no, 0) as message_no
        from (select distinct e.stream from event e) d
        left join lateral (
            select x.seq, x.message_no from events x where x.stream_id = d.stream order by x.seq desc limit 1) h on true
    ),
    inserted as (
        insert into events (position, stream_id, seq, message_no, type, version, actor_id, client_id, target_seq, at, data, request_hash)
        select last_position + e.n, e.stream,
            h.seq + row_number() over (partition by e.stream order by e.n),
            h.message_no + count(*) filter (where e.type = 'message.posted')
                over (partition by e.stream order by e.n rows unbounded preceding),
            e.type, e.version, new_actor, case when e.n = 1 then new_client end, e.target, now_at, e.data,
            case when e.n = 1 then new_hash end
        from event e join head h on h.stream = e.stream
        order by e.n
        returning position, seq, message_no
    )
    select json_agg(json_build_object(
        'seq', i.seq, 'position', i.position, 'message_no', i.message_no, 'at', now_at) order by i.position)
    into placed from inserted i;

    for entry in select value from jsonb_array_elements(command -> 'rows') loop
        perform confab_project(entry, (placed -> (entry ->> 'event')::integer ->> 'seq')::bigint, now_at);
    end loop;
    return json_build_object('outcome', 'appended', 'placed', placed)::text;
end
$$;

-- One projection row.
create function confab_project(entry jsonb, event_seq bigint, event_at bigint) returns void
    language plpgsql volatile set search_path = public, pg_temp set enable_seqscan = off
as $$
begin
    case entry ->> 'row'
        when 'new_conversation' then
            insert into streams (id, kind, guard_seq, name, name_key, visibility, created_at)
            values ((entry ->> 'stream')::uuid, entry ->> 'kind', event_seq, entry ->> 'name', entry ->> 'name_key',
                    entry ->> 'visibility', event_at);
        when 'add_member' then
            insert into members (stream_id, user_id, role, since_seq, guard_seq)
            values ((entry ->> 'stream')::uuid, (entry ->> 'user')::uuid, entry ->> 'role', event_seq, event_seq)
            on conflict on constraint members_pkey do update
            set role = excluded.role, since_seq = excluded.since_seq, guard_seq = excluded.guard_seq;
        when 'drop_member' then
            delete from members where stream_id = (entry ->> 'stream')::uuid and user_id = (entry ->> 'user')::uuid;
        when 'end_session' then
            delete from sessions where id = (entry ->> 'session')::uuid;
    end case;
end
$$;

create procedure append_plain(batch jsonb, inout outcomes text)
    language plpgsql
as $$
begin
    outcomes := public.confab_append_plain(batch);
    commit;
end
$$;

create procedure append_rule(command jsonb, inout outcome text)
    language plpgsql
as $$
begin
    outcome := public.confab_append_rule(command);
    commit;
end
$$;
