// A program the tests started: its output, its signals, its end. Every child is killed when the test
// process ends, however that happens.

import { spawn } from 'node:child_process';

import { within } from './wait.mjs';

const KEPT_OUTPUT = 512 * 1024;
const living = new Set();
process.on('exit', () => living.forEach((child) => child.kill('SIGKILL')));

export class Child {
  /** `input`: what it reads on stdin; without it stdin is empty. */
  constructor(program, args, { env, cwd, input } = {}) {
    this.name = [program.split('/').pop(), ...args].join(' ');
    this.stdout = '';
    this.stderr = '';
    this.running = true;
    this.code = null;
    this.signal = null;
    this.process = spawn(program, args, { env, cwd, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    // Who does not read it has said why by its exit code.
    this.process.stdin?.on('error', () => {}).end(input);
    living.add(this.process);
    for (const stream of ['stdout', 'stderr']) {
      this.process[stream].setEncoding('utf8').on('data', (text) => {
        this[stream] = (this[stream] + text).slice(-KEPT_OUTPUT);
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.process.once('error', (cause) => {
        this.stderr += `cannot run ${program}: ${cause.code}`;
        reject(new Error(`cannot run ${program}`, { cause }));
      });
      // "close" comes after all output was read, "exit" may come before.
      this.process.once('exit', () => { this.running = false; });
      this.process.once('close', (code, signal) => {
        Object.assign(this, { running: false, code, signal });
        living.delete(this.process);
        resolve({ code, signal });
      });
    });
    this.ended.catch(() => { this.running = false; });
  }

  get pid() {
    return this.process.pid;
  }

  send(signal) {
    if (!this.process.kill(signal)) throw new Error(`${this.name} is gone, no ${signal}`);
  }

  /** Ends the program by `signal` and waits until it is gone. A stopped process is woken up first. */
  async end(signal) {
    if (this.pid === undefined) return { code: null, signal: null };
    if (this.running) {
      this.process.kill(signal);
      this.process.kill('SIGCONT');
    }
    await within(`the end of ${this.name} after ${signal}`, this.ended);
    return { code: this.code, signal: this.signal };
  }
}

/** Runs a program to its end. */
export async function run(program, args, options = {}) {
  const child = new Child(program, args, options);
  await within(`the end of ${child.name}`, child.ended, options.within);
  return child;
}

/** Like `run`, and an exit code other than 0 is an error that shows what the program said. */
export async function mustRun(program, args, options) {
  const child = await run(program, args, options);
  if (child.code !== 0) throw new Error(`${child.name} ended with ${child.code}:\n${child.stderr}`);
  return child;
}
