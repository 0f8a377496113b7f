-- The tables of the Node contestant.
create table conversation (id uuid primary key, name text);
create table participant (
  conversation_id uuid not null references conversation, user_id uuid not null, primary key (conversation_id, user_id)
);
create table message (
  id bigint generated always as identity primary key,
  conversation_id uuid not null references conversation,
  sender_id uuid not null,
  client_id uuid not null,
  body text not null,
  created_at timestamptz not null default now()
);
create index message_of_conversation on message (conversation_id, id);
