-- What grew with a conversation and need not.

-- Mentions of one message, to take them back. The place comes first: else this index also offers all unread mentions of a conversation, whoever they
-- name, to the count of one person's, which the primary key answers alone.
drop index mentions_seq_idx;
create index mentions_seq_idx on mentions (seq, stream_id);
