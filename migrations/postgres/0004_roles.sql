-- Who may do what. The two roles have no login: the deployment creates logins and grants them a role.
-- Roles belong to the cluster, so another database of Confab may have made them already.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['confab_api', 'confab_gateway'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception
                -- Another database was migrated at the same moment.
                when duplicate_object or unique_violation then null;
                when insufficient_privilege then
                    raise exception using
                        errcode = 'insufficient_privilege',
                        message = format('the role %s does not exist and the migrating user may not create it: '
                            'run "create role %s nologin" as a superuser, then migrate again', wanted, wanted);
            end;
        end if;
    end loop;
end
$$;

revoke execute on function confab_epoch(), confab_lock(), confab_holds(jsonb), confab_project(jsonb, bigint, bigint),
    confab_append_plain(jsonb), confab_append_rule(jsonb) from public;
revoke execute on procedure append_plain(jsonb, text), append_rule(jsonb, text) from public;

grant usage on schema public to confab_api, confab_gateway;

-- A gateway reads what it delivers and whom it admits. It reads no account.
grant select on streams, members, events, store, sessions, log_head, _sqlx_migrations to confab_gateway;
grant execute on function confab_epoch() to confab_gateway;

-- The API reads everything and writes the plain tables; into the log it writes through the append functions only.
grant select on streams, members, events, store, sessions, log_head, _sqlx_migrations, users, credentials, read_marks to confab_api;
grant insert, update, delete on users, credentials, sessions, read_marks to confab_api;
-- Of streams only the internal one of a new account; conversations come from the log.
grant insert (id, kind, guard_seq, visibility, created_at) on streams to confab_api;
grant execute on function confab_epoch(), confab_append_plain(jsonb), confab_append_rule(jsonb) to confab_api;
grant execute on procedure append_plain(jsonb, text), append_rule(jsonb, text) to confab_api;
