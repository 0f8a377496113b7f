// A command on a terminal of its own (a pseudo terminal, from Python): what it shows there, and answers
// to what it asks. Colours, bars and prompts are for terminals only.

import { CONFAB, environment } from './confab.mjs';
import { run } from './child.mjs';

// Waits for each prompt before it types the answer; ends with the command's exit code.
const PROGRAM = `
import json, os, pty, sys, termios, time
answers = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:
        break
    if not some:
        break
    sys.stdout.buffer.write(some)
    shown += some
    while answers and answers[0][0].encode() in shown:
        prompt, answer, *hidden = answers.pop(0)
        shown = shown.split(prompt.encode(), 1)[1]
        # A person is not so quick as to type between the prompt and the end of the echo.
        while hidden and termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.005)
        os.write(terminal, answer.encode() + b"\\n")
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/**
 * Runs `confab ARGS` on a terminal. `answers`: `[prompt, what is typed after it]`, with `'hidden'` as a third
 * where the terminal is to show none of it. Gives `{code, screen}`: stdout and stderr, as they were shown.
 */
export async function onTerminal(args, settings, { answers = [], env = {}, ...options } = {}) {
  const terminal = { TERM: 'xterm-256color', ...environment(settings), ...env };
  const child = await run('python3', ['-c', PROGRAM, JSON.stringify(answers), CONFAB, ...args], { env: terminal, ...options });
  return { code: child.code, screen: child.stdout.replaceAll('\r\n', '\n') };
}
