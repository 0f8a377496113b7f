// One connection through a link: the near side, which came to us, and the far side, which we opened to the target.
// Each direction is copied chunk by chunk, so that it can be held, paced or lost. Ends and resets pass as they came.

import net from 'node:net';

const QUEUED = 256 * 1024;

export class Pair {
  #near;
  #far = null;
  #lost = null;
  #held = false;
  #flows = [];

  constructor(near, target, closed) {
    Object.assign(this, { target, closed, pace: null });
    this.#near = near;
  }

  /** Connects to the target and lets pass what comes. */
  open() {
    this.#far = net.connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    this.#flows = [this.#copy(this.#near, this.#far), this.#copy(this.#far, this.#near)];
    this.#near.resume();
  }

  hold() {
    this.#held = true;
    this.#near.pause();
    this.#far?.pause();
  }

  reset() {
    for (const socket of [this.#near, this.#far]) if (socket && !socket.destroyed) socket.resetAndDestroy();
    if (!this.#far) this.closed();
  }

  /** Closes one side. The other may speak on, to nobody. */
  lose(side) {
    const [closing, left] = side === 'near' ? [this.#near, this.#far] : [this.#far, this.#near];
    if (!closing || !left || closing.destroyed || left.destroyed) return;
    this.#lost = { healed: false };
    closing.resetAndDestroy();
  }

  heal() {
    this.pace = null;
    if (this.#lost) this.#lost.healed = true;
    if (!this.#held) return;
    this.#held = false;
    if (!this.#far) return void this.open();
    for (const flow of this.#flows) flow.resume();
  }

  tell() {
    if (this.#lost) this.reset();
  }

  #copy(from, to) {
    const flow = new Flow(from, () => !this.#held);
    from.on('data', (chunk) => {
      if (!this.#lost) flow.pass(this.pace, chunk.length, () => this.#write(flow, to, chunk));
      else if (this.#lost.healed) this.reset();
    });
    from.on('end', () => {
      if (this.#lost) from.destroy();
      else flow.pass(this.pace, 0, () => to.end());
    });
    from.on('error', () => {
      if (!this.#lost && !to.destroyed) to.resetAndDestroy();
    });
    from.on('close', () => {
      if (to.destroyed) this.closed();
    });
    return flow;
  }

  #write(flow, to, chunk) {
    if (to.destroyed || this.#lost || to.write(chunk)) return;
    flow.full = true;
    flow.pause();
    to.once('drain', () => {
      flow.full = false;
      flow.resume();
    });
  }
}

/** One direction: what was read and is not passed on yet, in its order. */
class Flow {
  #waiting = [];
  #bytes = 0;
  #last = 0;

  constructor(from, mayRun) {
    Object.assign(this, { from, mayRun, full: false });
  }

  pause() {
    this.from.pause();
  }

  resume() {
    if (this.mayRun() && !this.full && this.#bytes < QUEUED) this.from.resume();
  }

  /** Runs `act` when its bytes are through, never before what came earlier. */
  pass(pace, bytes, act) {
    const due = Math.max(this.#last, Date.now() + (pace?.latencyMs ?? 0)) + (pace ? (bytes / pace.bytesPerSecond) * 1000 : 0);
    this.#last = due;
    if (this.#waiting.length === 0 && due <= Date.now()) return void act();
    this.#waiting.push({ due, bytes, act });
    this.#bytes += bytes;
    if (this.#bytes >= QUEUED) this.pause();
    if (this.#waiting.length === 1) this.#wait();
    return undefined;
  }

  #wait() {
    setTimeout(() => {
      while (this.#waiting.length > 0 && this.#waiting[0].due <= Date.now()) {
        const { bytes, act } = this.#waiting.shift();
        this.#bytes -= bytes;
        act();
      }
      this.resume();
      if (this.#waiting.length > 0) this.#wait();
    }, Math.max(1, this.#waiting[0].due - Date.now()));
  }
}
