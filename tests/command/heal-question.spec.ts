import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { main } from '../../command/main';
import { Place, TABLE } from '../bad-input/place';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';

const HOUR = 3_600_000;
const HEALED = /healed the gap from/;

describe('run, after a gap, with onGap heal', () => {
  let place: Place;

  beforeEach(async () => {
    place = await Place.open();
    const { code } = await place.sayUntil(words(), ({ written }) => /: published 20 rows/.test(written));
    assert.equal(code, 0);
    place.simulator.clock.advance?.(HOUR);
    place.put(TABLE, 1_000, 'written in the gap');
    place.simulator.clock.advance?.(30 * HOUR);
  });
  afterEach(() => place.close());

  const words = (...more: string[]) =>
    place.words('run', '--log-format', 'human', '--on-gap', 'heal', ...more);

  /** Runs until its output matches, then stops it. */
  async function runOn(terminal: FakeTerminal, until: RegExp, given = words()): Promise<number> {
    const ended = main(given, terminal);
    let hasEnded = false;
    ended.then(
      () => (hasEnded = true),
      () => (hasEnded = true),
    );
    while (!hasEnded && !until.test(terminal.written)) await pause(20);
    terminal.interrupt();
    return ended;
  }

  it('asks on a terminal, after it has reported the gap; with a yes it heals', async () => {
    const reported: boolean[] = [];
    const terminal: FakeTerminal = new FakeTerminal({}, () => {
      reported.push(/may be lost: .*behind\. It can be healed, once you agree on/.test(terminal.written));
      return true;
    });
    assert.equal(await runOn(terminal, HEALED), 0);
    assert.deepEqual(reported, [true]);
    assert.doesNotMatch(terminal.written, /not healed/);
    assert.equal(terminal.written.split('once you agree').length, 2, 'it is reported once');
    assert.equal(terminal.questions.length, 1);
    assert.match(
      terminal.questions[0] ?? '',
      /^orders: heal the gap from 2 incremental exports of the changes from .* UTC to .* UTC, for .*\$.* by the estimate\?$/,
    );
    assert.equal(place.exports(), 3);
    assert.match(
      terminal.written,
      /orders: 2 incremental exports of the changes from .* requested, less than \$0\.01$/m,
    );
  });

  it('stays in the gap after a no, and reports the commands', async () => {
    const terminal = new FakeTerminal({}, false);
    assert.equal(await runOn(terminal, /you declined/), 0);
    assert.match(
      terminal.written,
      /you declined 2 incremental exports .*with --yes it heals without asking.*dynamodb-replicator resync --table orders --bucket/s,
    );
    assert.equal(terminal.questions.length, 1);
    assert.equal(place.exports(), 1);
  });

  it('writes nothing while the question is open, and ends it with the command', async () => {
    let before: string | undefined;
    const terminal: FakeTerminal = new FakeTerminal({}, async () => {
      before = terminal.written;
      await pause(500);
      const during = terminal.written;
      terminal.interrupt();
      assert.equal(during, before);
      return false;
    });
    assert.equal(await main(words(), terminal), 0);
    assert.ok(before !== undefined);
    assert.match(terminal.written, /Stopping/);
    assert.equal(place.exports(), 1);
  });

  it('does not ask with --yes', async () => {
    const terminal = new FakeTerminal({}, false);
    assert.equal(await runOn(terminal, HEALED, words('--yes')), 0);
    assert.deepEqual(terminal.questions, []);
  });

  it('does not ask without a terminal', async () => {
    const terminal = new FakeTerminal();
    assert.equal(await runOn(terminal, HEALED), 0);
    assert.deepEqual(terminal.questions, []);
  });
});
