// What one socket hears of one conversation, written down with everything that it was answered: for tests in which the right to
// hear it ends and comes back. What must never happen is a complaint at once.
//
// `told` is shared by all ears at one gateway: when that gateway has shown that the right is gone, it may not be back there.

const ENDS = {
  'member.removed': (data, userId) => data.userId === userId,
  'member.left': (data, userId) => data.userId === userId,
  'member.banned': (data, userId) => data.userId === userId,
  'conversation.visibility_changed': (data) => data.visibility === 'private',
};

export class Ear {
  #joining = 0;

  constructor({ socket, conversationId, userId, told, place, complain }) {
    Object.assign(this, { socket, conversationId, userId, told, place });
    this.complain = (text) => complain(`${place}: ${text}`);
    /** The next seq that is owed, null while none is. */
    this.owed = null;
    this.highest = 0;
    /** `{seq}` of the end of each join that was answered with yes. */
    this.joins = [];
    this.refusals = 0;
    this.epoch = undefined;
    socket.onAny((type, event) => {
      // These two are of the person's own stream and only name the conversation.
      if (type === 'conversation.entered' || type === 'conversation.exited') return;
      // A signal has no position.
      if (event?.conversationId === conversationId && typeof event.position === 'number') this.#heard(event);
    });
  }

  /** One join, `question` as DESIGN.md has it, or undefined for a bare one; gives the answer. */
  join(question) {
    const refused = this.told.ended;
    this.owed = null;
    this.#joining += 1;
    return new Promise((resolve) => {
      const answered = (answer) => {
        this.#joining -= 1;
        if (answer.ok) this.#joined(question, answer, refused);
        else this.#refused(answer);
        resolve(answer);
      };
      if (question) this.socket.emit('joinConversation', this.conversationId, question, answered);
      else this.socket.emit('joinConversation', this.conversationId, answered);
    });
  }

  /** Joins until there is no more, or a no. */
  async follow(after) {
    let answer = await this.join({ after, ...(this.epoch ? { epoch: this.epoch } : {}) });
    while (answer.ok && answer.more) answer = await this.join({ after: answer.seq, epoch: answer.epoch });
    return answer;
  }

  #joined(question, answer, refused) {
    if (refused) this.complain(`a join was answered ok up to ${answer.seq} after this gateway had shown that the right is gone`);
    this.epoch = answer.epoch;
    this.joins.push(answer.seq);
    if (!question && answer.events.length > 0) this.complain('a bare join brought events');
    let at = question?.after ?? answer.seq;
    for (const { seq } of answer.events) {
      if (seq !== at + 1) this.complain(`a page after ${question?.after} has ${seq} behind ${at}`);
      at = seq;
      this.highest = Math.max(this.highest, seq);
    }
    if (at !== answer.seq) this.complain(`a page that ends at ${at} says seq ${answer.seq}`);
    // A join that went out meanwhile removes this one.
    if (!answer.more && this.#joining === 0) this.owed = answer.seq + 1;
  }

  #refused(answer) {
    this.refusals += 1;
    if (answer.code === 'not_found') this.told.ended = true;
    else if (answer.code !== 'unavailable') this.complain(`a join was answered ${JSON.stringify(answer)}`);
  }

  #heard({ seq, type, data }) {
    this.highest = Math.max(this.highest, seq);
    if (this.owed !== null) {
      if (seq !== this.owed) this.complain(`seq ${seq} came, ${this.owed} was owed`);
      this.owed = seq + 1;
    } else if (this.#joining === 0) {
      this.complain(`seq ${seq} came, and nothing was owed`);
    }
    if (ENDS[type]?.(data, this.userId)) {
      this.told.ended = true;
      this.owed = null;
    }
  }
}
