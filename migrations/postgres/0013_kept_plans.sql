-- Plans that are kept. A function in SQL that does not become part of its caller's statement is parsed and planned again in every
-- statement that calls it (Postgres 15 to 17), which made up most of an append. PL/pgSQL keeps its plans as long as the connection.

-- This life of the store; as before.
create or replace function confab_epoch() returns bigint
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    return (
        select ('x' || left(encode(sha256(convert_to(concat_ws('/',
                   store.epoch,
                   (select c.system_identifier from pg_control_system() c),
                   left(pg_walfile_name(pg_current_wal_lsn()), 8),
                   'public.events'::regclass::oid), 'UTF8')), 'hex'), 16))::bit(64)::bigint
        from store where store.id = 1);
end
$$;

-- As before, but each statement that reads it asks for the epoch once: in the list of columns it was asked for with every row.
create or replace view log_head as
select (select confab_epoch()) as epoch, coalesce((select max(events.position) from events), 0) as position;

-- What an expectation of this kind rests on, as it is now; as before. It holds if this is its guard; null is a guard, too.
create or replace function confab_guard(kind text, in_stream uuid, of_user uuid, of_target bigint, of_id uuid) returns bigint
    language plpgsql stable
as $$
begin
    case coalesce(kind, case when of_user is null then 'settings' else 'member' end)
        when 'settings' then return (
            select s.guard_seq from streams s where s.id = in_stream);
        when 'member' then return (
            select m.guard_seq from members m where m.stream_id = in_stream and m.user_id = of_user);
        when 'other_owner' then return (
            select 1::bigint from members m
                where m.stream_id = in_stream and m.role = 'owner' and m.user_id <> of_user limit 1);
        when 'message' then return (
            select e.seq from events e
                where e.stream_id = in_stream and e.seq = of_target and e.type in ('message.posted', 'message.replied')
                    and e.redacted_at is null);
        when 'changed' then return (
            select max(e.seq) from events e
                where e.stream_id = in_stream and e.target_seq = of_target and e.type <> 'message.replied'
                    and e.type in ('message.edited', 'message.deleted', 'message.pinned', 'message.unpinned'));
        when 'reacted' then return (
            select max(e.seq) from events e
                where e.stream_id = in_stream and e.target_seq = of_target and e.type <> 'message.replied'
                    and e.type in ('reaction.added', 'reaction.removed') and e.actor_id = of_user);
        when 'invitation' then return (
            select 1::bigint from invitations i
                where i.id = of_id and i.stream_id = in_stream and i.revoked_at is null
                    and (i.max_uses is null or i.uses < i.max_uses)
                    and (i.expires_at is null or i.expires_at > extract(epoch from statement_timestamp()) * 1000000));
        -- In use, or nobody's but this person's.
        when 'file' then return (
            select 1::bigint from files f
                where f.id = of_id and (f.state = 'used' or f.state = 'unused' and f.owner_id = of_user));
        else return null;
    end case;
end
$$;

-- Whether all expectations hold.
create or replace function confab_holds(expect jsonb) returns boolean
    language plpgsql stable set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
    set plan_cache_mode = force_generic_plan
as $$
begin
    return not exists (
        select from jsonb_to_recordset(expect) as x (kind text, stream uuid, "user" uuid, target bigint, id uuid, guard bigint)
        where x.guard is distinct from confab_guard(x.kind, x.stream, x."user", x.target, x.id));
end
$$;

-- Plain commands: one event each, no projection. Set-based, and in the order of the batch; touches `events` only. As before, and what
-- every message expects is looked up in place.
-- Plans are made while the table is small and kept: without seqscans they are right when it is large, too.
create or replace function confab_append_plain(batch jsonb) returns text
    language plpgsql volatile security definer set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off
    set plan_cache_mode = force_generic_plan
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
                    where x.guard is distinct from case coalesce(x.kind, case when x."user" is null then 'settings' else 'member' end)
                        when 'settings' then (select s.guard_seq from streams s where s.id = x.stream)
                        when 'member' then (
                            select m.guard_seq from members m where m.stream_id = x.stream and m.user_id = x."user")
                        else confab_guard(x.kind, x.stream, x."user", x.target, x.id)
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
