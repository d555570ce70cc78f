import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT, Interrupted } from '../../../runtime/verbs/exit-codes';
import { ProcessTerminal } from '../../../runtime/verbs/terminal';

/** The parts of a process that a terminal uses. */
class FakeProcess extends EventEmitter {
  complained = '';
  readonly stdout = new EventEmitter();
  readonly stderr = { write: (text: string) => (this.complained += text) };
  readonly env = {};
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
    this.emit('exited');
  }
}

describe('the process’s terminal', () => {
  let fake: FakeProcess;
  let terminal: ProcessTerminal;
  beforeEach(() => {
    fake = new FakeProcess();
    terminal = new ProcessTerminal(fake as unknown as NodeJS.Process);
  });
  afterEach(() => terminal.close());

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} ends a command that hangs, within its limit`, async () => {
      terminal.endWithin(20, EXIT.fine);
      fake.emit(signal, signal);
      assert.ok(terminal.interrupted.aborted);
      assert.deepEqual(fake.exits, []);
      // The deadline alone would not keep the process alive.
      const alive = setInterval(() => undefined, 1_000);
      await once(fake, 'exited');
      clearInterval(alive);
      assert.deepEqual(fake.exits, [EXIT.fine]);
      assert.match(fake.complained, /^Stopping took too long;.*read again at the next start\.\n$/);
    });
  }

  it('a limit that is set after the signal counts from the signal', async () => {
    fake.emit('SIGTERM', 'SIGTERM');
    await pause(50);
    const tooLate = pause(25);
    terminal.endWithin(50, EXIT.cutShort);
    await Promise.race([once(fake, 'exited'), tooLate]);
    assert.deepEqual(fake.exits, [EXIT.cutShort]);
    assert.equal(fake.complained, 'Stopping took too long; the command was cut short.\n');
  });

  it('leaves alone a command that ends in time', async () => {
    terminal.endWithin(10, EXIT.fine);
    fake.emit('SIGTERM', 'SIGTERM');
    terminal.close();
    await pause(30);
    assert.deepEqual(fake.exits, []);
  });

  describe('a question', () => {
    /** The process on a terminal. */
    function onTerminal() {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      const stderr = Object.assign(new PassThrough(), { isTTY: true });
      return { stdin, process: Object.assign(fake, { stdin, stderr }) };
    }

    for (const [typed, expected] of [
      ['y\n', true],
      ['Yes\n', true],
      ['n\n', false],
      ['\n', false],
    ] as const)
      it(`is answered by ${JSON.stringify(typed)}: ${expected}`, async () => {
        const { stdin } = onTerminal();
        assert.equal(terminal.canAsk, true);
        const asked = terminal.ask('Well?');
        stdin.write(typed);
        assert.equal(await asked, expected);
      });

    it('is answered with no by the end of the input', async () => {
      const { stdin } = onTerminal();
      const asked = terminal.ask('Well?');
      stdin.end();
      assert.equal(await asked, false);
    });

    it('ends with its signal, and the next one can be answered', async () => {
      const { stdin } = onTerminal();
      const controller = new AbortController();
      const reason = new Error('nobody needs an answer any more');
      const asked = terminal.ask('Well?', controller.signal);
      controller.abort(reason);
      await assert.rejects(asked, reason);
      const next = terminal.ask('And now?');
      stdin.write('y\n');
      assert.equal(await next, true);
    });

    it('ends with the command', async () => {
      onTerminal();
      const asked = terminal.ask('Well?');
      fake.emit('SIGTERM', 'SIGTERM');
      await assert.rejects(asked, Interrupted);
    });

    it('is not asked without a terminal', async () => {
      const { process } = onTerminal();
      Object.assign(process.stdin, { isTTY: undefined });
      assert.equal(terminal.canAsk, false);
      assert.equal(await terminal.ask('Well?'), undefined);
    });
  });

  it('a second Ctrl-C ends it at once, a second SIGTERM does not', () => {
    terminal.endWithin(60_000, EXIT.fine);
    fake.emit('SIGTERM', 'SIGTERM');
    fake.emit('SIGTERM', 'SIGTERM');
    assert.deepEqual(fake.exits, []);
    fake.emit('SIGINT', 'SIGINT');
    assert.deepEqual(fake.exits, [EXIT.cutShort]);
  });
});
