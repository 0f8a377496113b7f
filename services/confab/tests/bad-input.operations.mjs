// Every operation of the API with a request that is good, and the kind of each of its fields and
// parameters. A test holds this to openapi.json: what is added there has to be added here.

export const PASSWORD = 'eight green foxes at noon';
/** The only one that the servers of the test know. */
export const PUSH_HOST = 'push.invalid';

const paged = { limit: ['limit', 200], cursor: ['cursor'] };
const MESSAGE = { id: 'conversation', path: { seq: 'head' } };
/** The browser of the example of RFC 8291; nobody is there. */
const SUBSCRIPTION = {
  endpoint: `https://${PUSH_HOST}/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV`,
  keys: { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' },
};
const REACTION = { id: 'conversation', path: { seq: 'head', emoji: 'emoji' } };

/**
 * `line` and `body` are of a good request; `body` may take the world. `path`: what stands in the path beside `id`, by name, and as
 * what it is known in the world. A kind that ends in `?` may be left out, one in `!` only beside certain others.
 * `empty`: a request without a body, or with an empty object, is a good one as well. `blind`: it is
 * answered the same whether there is such a conversation or not, and so has no refusal for that.
 */
export const OPERATIONS = {
  sign_up: {
    body: () => ({ username: 'carl', password: PASSWORD, displayName: 'Carl' }),
    fields: { username: 'username', password: 'password', displayName: 'displayName?' },
  },
  sign_in: { body: () => ({ username: 'ann', password: PASSWORD }), fields: { username: 'anyUsername', password: 'anyPassword' } },
  sign_out: {},
  list_sessions: {},
  end_session: { id: 'session' },
  end_sessions: { query: { except: ['current'] } },
  get_info: {},
  get_me: {},
  change_profile: {
    body: () => ({ displayName: 'Ann B.', statusText: 'here', avatar: null }),
    fields: { displayName: 'displayName?', statusText: 'statusText?', avatar: 'picture?' },
  },
  delete_account: {
    body: () => ({ password: PASSWORD, messages: 'keep' }),
    fields: { password: 'currentPassword', messages: 'messagesLeft' },
  },
  change_password: {
    body: () => ({ currentPassword: PASSWORD, newPassword: 'seven blue herons at dusk' }),
    fields: { currentPassword: 'currentPassword', newPassword: 'password' },
  },
  list_users: { query: { query: ['text'], ids: ['ids'], limit: ['limit', 100] } },
  create_conversation: {
    bodies: {
      direct: { body: ({ ben }) => ({ kind: 'direct', userId: ben.id }), fields: { kind: 'kind', userId: 'person' } },
      group: {
        body: ({ ben }) => ({ kind: 'group', name: 'a group', memberIds: [ben.id], visibility: 'private', topic: 'us', clientId: '0198f2ab-0000-4000-8000-00000000000a' }),
        fields: { kind: 'kind', name: 'groupName', memberIds: 'people?', visibility: 'word?', topic: 'groupTopic?', clientId: 'uuid?' },
      },
    },
  },
  list_conversations: { query: paged },
  list_public_groups: { query: { query: ['text'], ...paged } },
  get_conversation: { id: 'conversation' },
  change_conversation: {
    id: 'conversation',
    body: () => ({ name: 'a name', topic: 'a topic', visibility: 'private', archived: true, posting: 'admins', slowModeSeconds: 30, clientId: '0198f2ab-0000-4000-8000-00000000000d' }),
    fields: { name: 'groupName?', topic: 'groupTopic?', visibility: 'word?', archived: 'flag?', posting: 'word?', slowModeSeconds: 'slowMode?', clientId: 'uuid?' },
  },
  join_conversation: { id: 'conversation', empty: true, body: ({ eve }) => ({ userId: eve?.id, role: 'reader' }), fields: { userId: 'person?', role: 'role?' } },
  remove_member: { id: 'conversation', path: { userId: 'member' } },
  change_role: { id: 'conversation', path: { userId: 'member' }, body: () => ({ role: 'reader' }), fields: { role: 'role' } },
  list_bans: { id: 'conversation', query: paged },
  ban: { id: 'conversation', path: { userId: 'member' } },
  unban: { id: 'conversation', path: { userId: 'member' } },
  list_requests: { id: 'conversation', query: paged },
  ask_to_join: { id: 'conversation', blind: true },
  withdraw_request: { id: 'conversation', blind: true },
  judge_request: { id: 'conversation', path: { userId: 'member' }, body: () => ({ approve: false }), fields: { approve: 'flag' } },
  list_own_requests: {},
  create_invitation: {
    id: 'conversation', empty: true, body: () => ({ expiresAt: '2999-01-01T00:00:00Z', maxUses: 3 }), fields: { expiresAt: 'future?', maxUses: 'uses?' },
  },
  list_invitations: { id: 'conversation' },
  revoke_invitation: { id: 'conversation', path: { invitationId: 'invitation' } },
  look_at_invitation: { body: () => ({ token: 'A'.repeat(43) }), fields: { token: 'guess' } },
  accept_invitation: { body: () => ({ token: 'A'.repeat(43) }), fields: { token: 'guess' } },
  list_members: { id: 'conversation', query: { query: ['text'], role: ['role'], ...paged } },
  leave_conversation: { id: 'conversation' },
  post_message: {
    id: 'conversation',
    bodies: {
      text: {
        body: ({ head }) => ({ body: 'hello', replyTo: head, threadSeq: head, clientId: '0198f2ab-0000-4000-8000-00000000000b' }),
        fields: { body: 'message!', replyTo: 'message_seq?', threadSeq: 'message_seq?', clientId: 'uuid?' },
      },
      files: { body: ({ file }) => ({ body: 'look', attachments: [file] }), fields: { body: 'caption?', attachments: 'files?' } },
      forwarded: { body: ({ group, head }) => ({ forward: { conversationId: group, seq: head } }), fields: { forward: 'address?' } },
    },
  },
  get_message: MESSAGE,
  edit_message: {
    ...MESSAGE, body: () => ({ body: 'hello again, and better', clientId: '0198f2ab-0000-4000-8000-00000000000e' }), fields: { body: 'message', clientId: 'uuid?' },
  },
  delete_message: MESSAGE,
  list_edits: MESSAGE,
  pin_message: MESSAGE,
  unpin_message: MESSAGE,
  list_pins: { id: 'conversation' },
  add_reaction: REACTION,
  remove_reaction: REACTION,
  list_readers: MESSAGE,
  get_thread_follow: MESSAGE,
  follow_thread: MESSAGE,
  unfollow_thread: MESSAGE,
  get_push_key: {},
  subscribe: { body: () => SUBSCRIPTION, fields: { endpoint: 'pushEndpoint', keys: 'pushKeys' } },
  unsubscribe: { body: () => ({ endpoint: SUBSCRIPTION.endpoint }), fields: { endpoint: 'anyEndpoint' } },
  list_replies: { ...MESSAGE, query: { before: ['seq'], after: ['seq'], limit: ['limit', 200] } },
  list_messages: { id: 'conversation', query: { before: ['seq'], after: ['seq'], around: ['seq'], limit: ['limit', 200] } },
  list_events: { id: 'conversation', query: { after: ['seq'], limit: ['limit', 200] } },
  search_messages: { query: { q: ['search'], limit: ['limit', 50], cursor: ['cursor'] } },
  get_avatar: { id: 'member', query: { file: ['uuid'] } },
  upload_file: { query: { name: ['fileName'] } },
  get_file: { id: 'file' },
  get_thumbnail: { id: 'file' },
  delete_file: { id: 'file' },
  list_reads: { id: 'conversation' },
  list_preferences: {},
  get_preferences: { id: 'conversation' },
  change_preferences: {
    id: 'conversation',
    body: () => ({ draft: 'half a', mutedUntil: '2100-01-01T00:00:00Z', draftAt: '2020-01-01T00:00:00Z' }),
    fields: { draft: 'draft?', mutedUntil: 'moment?', draftAt: 'moment?' },
  },
  mark_read: { id: 'conversation', body: () => ({ seq: 1 }), fields: { seq: 'seq' } },
};

/** The bodies that an operation takes, by name. */
export const bodiesOf = ({ bodies, body, fields }) => bodies ?? (body ? { '': { body, fields } } : {});
