import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { onAbort } from '../../../runtime/abort';
import { ReplicatorError } from '../../../runtime/errors';
import { Events } from '../../../runtime/observe/events';
import type { HealPlan } from '../../../runtime/pipeline/context';
import { HealQuestions } from '../../../runtime/verbs/ask-heal';
import { FakeTerminal } from './fake-terminal';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 23, 12);
const orders = '123456789012/eu-west-1/orders';
const customers = '123456789012/eu-west-1/customers';
const plan = (given: Partial<HealPlan> = {}): HealPlan => ({
  pipeline: orders,
  since: NOON,
  from: NOON - 300_000,
  to: NOON + 30 * HOUR,
  exports: 2,
  priceUsd: 1.5,
  ...given,
});

class TestGap extends ReplicatorError {
  readonly kind = 'gap';
}

/** A terminal whose user answers when the test says so. */
class SlowTerminal extends FakeTerminal {
  private pending: ((answer: boolean) => void) | undefined;

  override get canAsk(): boolean {
    return true;
  }

  override ask(question: string, signal?: AbortSignal): Promise<boolean> {
    this.questions.push(question);
    return new Promise((resolve, reject) => {
      this.pending = resolve;
      for (const each of [signal, this.interrupted]) onAbort(each, () => reject(each?.reason as Error));
    });
  }

  async reply(yes: boolean): Promise<void> {
    this.pending?.(yes);
    await turn();
  }
}

function scene() {
  const events = new Events();
  const terminal = new SlowTerminal();
  const answered: string[] = [];
  const strays: string[] = [];
  const screen = { holds: 0 };
  events.on('replicator.strayError', ({ message }) => void strays.push(message));
  const questions = new HealQuestions({
    events,
    terminal,
    hold: () => {
      assert.equal(screen.holds++, 0, 'one question at a time');
      return () => void screen.holds--;
    },
    answered: (pipeline) => void answered.push(pipeline),
  });
  /** The pipeline asks, and stops if there is no answer. */
  const asks = async (given: Partial<HealPlan> = {}) => {
    const answer = questions.answerTo(plan(given));
    const { pipeline } = plan(given);
    if (answer !== 'agreed')
      events.emit('pipeline.failed', { pipeline, error: new TestGap('a gap'), againMs: 300_000 });
    await turn();
    return answer;
  };
  return { events, terminal, answered, strays, screen, questions, asks };
}

describe('the question before a heal', () => {
  it('shows from when to when, how many exports, and the price', async () => {
    const { asks, terminal } = scene();
    assert.equal(await asks(), 'awaited');
    assert.deepEqual(terminal.questions, [
      'orders: heal the gap from 2 incremental exports of the changes from 2026-11-23 11:55:00 UTC to 2026-11-24 18:00:00 UTC, ' +
        'for about $1.50 by the estimate?',
    ]);
  });

  it('is asked once; a yes lets one heal begin', async () => {
    const { answered, asks, screen, terminal } = scene();
    await asks();
    assert.equal(await asks(), 'awaited');
    assert.equal(screen.holds, 1);
    await terminal.reply(true);
    assert.deepEqual([answered, screen.holds], [[orders], 0]);
    assert.equal(await asks({ priceUsd: 1.6 }), 'agreed');
    assert.equal(terminal.questions.length, 1);
    assert.equal(await asks(), 'awaited', 'another heal is another question');
    assert.equal(terminal.questions.length, 2);
  });

  it('is asked again if the answer came so late that more exports are needed', async () => {
    const { asks, terminal } = scene();
    await asks();
    await terminal.reply(true);
    assert.equal(await asks({ exports: 3 }), 'awaited');
    assert.match(terminal.questions[1] ?? '', /3 incremental exports/);
  });

  it('is not asked again after a no, except for a later gap', async () => {
    const { answered, asks, terminal } = scene();
    await asks();
    await terminal.reply(false);
    assert.deepEqual(answered, [orders]);
    for (let tries = 0; tries < 3; tries++) assert.equal(await asks({ exports: 3 }), 'refused');
    assert.equal(terminal.questions.length, 1);
    assert.equal(await asks({ since: NOON + HOUR }), 'awaited');
    assert.equal(terminal.questions.length, 2);
  });

  it('waits for its turn when several tables ask', async () => {
    const { answered, asks, terminal } = scene();
    await asks();
    await asks({ pipeline: customers });
    assert.equal(terminal.questions.length, 1);
    await terminal.reply(false);
    assert.deepEqual(
      terminal.questions.map((text) => text.split(':')[0]),
      ['orders', 'customers'],
    );
    await terminal.reply(true);
    assert.deepEqual(answered, [orders, customers]);
    assert.equal(await asks(), 'refused');
    assert.equal(await asks({ pipeline: customers }), 'agreed');
  });

  it('is withdrawn when a resync begins, also one that has not had its turn', async () => {
    const { answered, asks, events, screen, strays, terminal } = scene();
    await asks();
    await asks({ pipeline: customers });
    events.emit('pipeline.phase', { pipeline: customers, phase: 'start', generation: 2 });
    events.emit('pipeline.phase', { pipeline: orders, phase: 'start', generation: 2 });
    await turn();
    assert.deepEqual([terminal.questions.length, screen.holds, answered, strays], [1, 0, [], []]);
  });

  it('ends with Ctrl-C, and with the command', async () => {
    for (const end of ['interrupt', 'close'] as const) {
      const { answered, asks, questions, screen, strays, terminal } = scene();
      await asks();
      await asks({ pipeline: customers });
      if (end === 'interrupt') terminal.interrupt();
      else questions.close();
      await turn();
      assert.deepEqual([terminal.questions.length, screen.holds, answered, strays], [1, 0, [], []], end);
    }
  });
});
