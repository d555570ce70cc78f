import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from '../../../runtime/verbs/exit-codes';
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

  it('a second Ctrl-C ends it at once, a second SIGTERM does not', () => {
    terminal.endWithin(60_000, EXIT.fine);
    fake.emit('SIGTERM', 'SIGTERM');
    fake.emit('SIGTERM', 'SIGTERM');
    assert.deepEqual(fake.exits, []);
    fake.emit('SIGINT', 'SIGINT');
    assert.deepEqual(fake.exits, [EXIT.cutShort]);
  });
});
