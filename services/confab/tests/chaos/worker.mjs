// A process of ours that is asked by lines on its stdin and answers by JSON lines on its stdout, in order.
// It ends by itself when its stdin closes, also when this process dies.

import { spawn } from 'node:child_process';
import readline from 'node:readline';

import { within } from '../harness/wait.mjs';

export class Worker {
  #waiting = [];
  #ended;

  constructor(name, program, args) {
    this.name = name;
    this.said = '';
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdin.on('error', () => {});
    this.process.stderr.setEncoding('utf8').on('data', (text) => { this.said += text; });
    this.#ended = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('close', (code) => {
        this.code = code;
        for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error(`${name} ended with ${code}: ${this.said}`));
        resolve(code);
      });
    });
    this.#ended.catch(() => {});
    readline.createInterface({ input: this.process.stdout }).on('line', (line) => {
      const value = JSON.parse(line);
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(value);
      else this.last = value;
    });
  }

  ask(line, ms) {
    const answer = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.process.stdin.write(`${line}\n`);
    return within(`${this.name} to answer ${line}`, answer, ms);
  }

  /** Closes its stdin and gives the last thing it said. */
  async end() {
    this.process.stdin.end();
    const code = await within(`the end of ${this.name}`, this.#ended);
    if (code !== 0) throw new Error(`${this.name} ended with ${code}:\n${this.said}`);
    return this.last;
  }

  kill() {
    this.process.kill('SIGKILL');
  }
}
