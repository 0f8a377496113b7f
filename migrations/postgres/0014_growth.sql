-- What grew with the size of an answer, or with a conversation, and need not.

-- As before, and the epoch is a subquery of its own: computed once for a statement, not again for each of its rows.
create or replace view log_head as
select (select confab_epoch()) as epoch, coalesce((select max(events.position) from events), 0) as position;

-- Mentions of one message, to take them back. The place comes first: else this index also offers all unread mentions of a conversation, whoever they
-- name, to the count of one person's, which the primary key answers alone.
drop index mentions_seq_idx;
create index mentions_seq_idx on mentions (seq, stream_id);
