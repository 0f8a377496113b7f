-- Who does what only one process should do at a time, such as writing to CONFAB_LOG. A lease saves work and proves nothing: a holder that
-- was paused may believe in one that has expired, so whatever it does has to be safe for another reason.

create table leases (
    name       text    not null constraint leases_pkey primary key,
    -- Of one run of one process.
    holder     blob    not null,
    -- By the clock of the database, so that the clocks of the processes do not matter.
    expires_at integer not null
) strict, without rowid;
