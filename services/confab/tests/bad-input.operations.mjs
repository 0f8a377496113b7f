// Every operation of the API with a request that is good, and the kind of each of its fields and
// parameters. A test holds this to openapi.json: what is added there has to be added here.

export const PASSWORD = 'eight green foxes at noon';

const paged = { limit: ['limit', 200], cursor: ['cursor'] };

/** `line` and `body` are of a good request; `body` may take the world. */
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
  change_password: {
    body: () => ({ currentPassword: PASSWORD, newPassword: 'seven blue herons at dusk' }),
    fields: { currentPassword: 'currentPassword', newPassword: 'password' },
  },
  list_users: { query: { query: ['text'], ids: ['ids'], limit: ['limit', 100] } },
  create_conversation: {
    bodies: {
      direct: { body: ({ ben }) => ({ kind: 'direct', userId: ben.id }), fields: { kind: 'kind', userId: 'person' } },
      group: {
        body: ({ ben }) => ({ kind: 'group', name: 'a group', memberIds: [ben.id], clientId: '0198f2ab-0000-4000-8000-00000000000a' }),
        fields: { kind: 'kind', name: 'groupName', memberIds: 'people?', clientId: 'uuid?' },
      },
    },
  },
  list_conversations: { query: paged },
  list_public_groups: { query: { query: ['text'], ...paged } },
  get_conversation: { id: 'conversation' },
  join_conversation: { id: 'conversation' },
  list_members: { id: 'conversation', query: paged },
  leave_conversation: { id: 'conversation' },
  post_message: {
    id: 'conversation',
    body: () => ({ body: 'hello', replyTo: 3, clientId: '0198f2ab-0000-4000-8000-00000000000b' }),
    fields: { body: 'message', replyTo: 'message_seq?', clientId: 'uuid?' },
  },
  list_messages: { id: 'conversation', query: { before: ['seq'], after: ['seq'], limit: ['limit', 200] } },
  list_events: { id: 'conversation', query: { after: ['seq'], limit: ['limit', 200] } },
  mark_read: { id: 'conversation', body: () => ({ seq: 1 }), fields: { seq: 'seq' } },
};

/** The bodies that an operation takes, by name. */
export const bodiesOf = ({ bodies, body, fields }) => bodies ?? (body ? { '': { body, fields } } : {});
