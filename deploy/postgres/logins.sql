-- Who may log in, and as which role; migrations/postgres/0004_roles.sql says what a role may do.
--
-- PostgreSQL runs this once, when it makes the database. Run it again after a password was changed:
--   docker-compose exec postgres psql -U postgres -d confab -f /docker-entrypoint-initdb.d/logins.sql
-- Passwords come from files in /run/secrets, or in the folder that CONFAB_SECRETS names.

\set ON_ERROR_STOP on
set client_min_messages = warning;
\set migrate_password `cat "${CONFAB_SECRETS:-/run/secrets}/postgres_migrate_password"`
\set api_password `cat "${CONFAB_SECRETS:-/run/secrets}/postgres_api_password"`
\set gateway_password `cat "${CONFAB_SECRETS:-/run/secrets}/postgres_gateway_password"`

select format('create role %I nologin', wanted)
from unnest(array['confab_api', 'confab_gateway', 'confab_migrate_login', 'confab_api_login', 'confab_gateway_login']) wanted
where not exists (select from pg_roles where rolname = wanted)
\gexec

-- The owner of the database and of all that is in it. Only `migrate`, `restored`, `import` and
-- `verify --repair-projections` log in as it; `verify` and `export` only read, and do so as confab_api_login.
alter role confab_migrate_login login password :'migrate_password';
alter role confab_api_login login password :'api_password';
alter role confab_gateway_login login password :'gateway_password';
grant confab_api to confab_api_login;
grant confab_gateway to confab_gateway_login;

-- Nobody else connects, and nobody makes temporary tables.
alter database :"DBNAME" owner to confab_migrate_login;
revoke all on database :"DBNAME" from public;
grant connect on database :"DBNAME" to confab_migrate_login, confab_api_login, confab_gateway_login;
