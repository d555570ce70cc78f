import assert from 'node:assert/strict';
import { LocalClock } from '../../../runtime/clock';
import { findRunning, serveControl } from '../../../runtime/control/control';
import {
  AnswerCutShort,
  AnswerUnreadable,
  type ControlHandler,
  type ControlHandlers,
  RemoteError,
  type RunningReplicator,
} from '../../../runtime/control/protocol';
import { DestinationUnavailable } from '../../../runtime/destinations/errors';
import { CutShort } from '../../../runtime/pipeline/requests';
import { VirtualClock } from '../../simulation/virtual-clock';
import { MailboxRows, MemoryMailbox } from './memory-mailbox';
import { NO_REQUESTS } from './no-requests';

/** Makes the pauses between checks short. */
const clock = new LocalClock(1_000);

const untilStopped: ControlHandler = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('control through a destination’s mailbox', () => {
  let rows: MailboxRows;
  let reported: string[];
  beforeEach(() => {
    rows = new MailboxRows();
    reported = [];
  });
  const report = ({ message }: Error) => void reported.push(message);

  const place = () => ({ kind: 'mailbox' as const, mailbox: new MemoryMailbox(rows) });
  const serve = (tables: readonly string[], handlers: Partial<ControlHandlers>) => {
    const none: ControlHandler = async () => undefined;
    const all = { status: none, estimate: none, verify: none, resync: none, ...handlers };
    return serveControl(place(), tables, all, { hold: async () => undefined, report, clock });
  };
  const only = async (): Promise<RunningReplicator> => {
    const [found] = await findRunning(place(), clock);
    assert.ok(found);
    return found;
  };

  it('finds the running replicators and their tables', async () => {
    assert.deepEqual(await findRunning(place(), clock), []);
    const servers = [await serve(['orders'], {}), await serve(['customers', 'parts'], {})];
    const found = await findRunning(place(), clock);
    assert.deepEqual(
      found.map(({ tables }) => tables),
      [['orders'], ['customers', 'parts']],
    );
    assert.match(found[0]?.name ?? '', /^process \d+ on \S+$/);
    for (const server of servers) await server.close();
    assert.deepEqual(await findRunning(place(), clock), []);
  });

  it('delivers progress in order and then the result, and leaves nothing behind', async () => {
    const server = await serve(['orders'], {
      verify: async ({ table, sample, report }) => {
        for (let step = 1; step <= 20; step++) report(`step ${step}`);
        return { table, sample, differences: 0 };
      },
    });
    const seen: string[] = [];
    const result = await (
      await only()
    ).ask('verify', 'orders', (progress) => seen.push(progress), undefined, 0.5);
    assert.deepEqual(result, { table: 'orders', sample: 0.5, differences: 0 });
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, i) => `step ${i + 1}`),
    );
    assert.equal(rows.requests.size, 0);
    await server.close();
  });

  it('answers a second request while the first one still runs', async () => {
    let release: (() => void) | undefined;
    const server = await serve(['orders'], {
      resync: () => new Promise((resolve) => (release = () => resolve('done'))),
      status: async () => 'here',
    });
    const resync = (await only()).ask('resync', undefined, () => undefined);
    assert.equal(await (await only()).ask('status', undefined, () => undefined), 'here');
    while (release === undefined) await clock.sleep(100);
    release();
    assert.equal(await resync, 'done');
    await server.close();
  });

  it('reports errors with their name and kind', async () => {
    const server = await serve(['orders'], {
      verify: async () => {
        throw new CutShort('verify');
      },
    });
    await assert.rejects(
      (await only()).ask('verify', undefined, () => undefined),
      (error) => {
        assert.ok(error instanceof RemoteError);
        assert.deepEqual([error.remoteName, error.kind], ['CutShort', 'retry']);
        return true;
      },
    );
    await server.close();
  });

  it('retries an answer that could not be written', async () => {
    let isAsked = false;
    const server = await serve(['orders'], {
      status: async () => {
        isAsked = true;
        rows.failure = new (class extends DestinationUnavailable {})('unreachable');
        return 'here';
      },
    });
    const mailbox = new MemoryMailbox(rows);
    const request = await mailbox.post([...rows.presences.keys()][0]!, '{"verb":"status"}');
    while (!isAsked || rows.failed < 3) await clock.sleep(100);
    rows.failure = undefined;
    while ((await mailbox.read(request, 0))?.length === 0) await clock.sleep(100);
    assert.deepEqual(await mailbox.read(request, 0), ['{"result":"here"}']);
    await server.close();
  });

  it('reports a replicator that has ended without an answer', async () => {
    const server = await serve(['orders'], { verify: untilStopped });
    const asked = (await only()).ask('verify', undefined, () => undefined);
    rows.presences.clear();
    await assert.rejects(asked, AnswerCutShort);
    assert.equal(rows.requests.size, 0, 'the request is removed');
    await server.close();
  });

  it('waits for a replicator that has lost its connection to announce itself again', async () => {
    const time = new VirtualClock();
    const verify = async () => {
      await time.sleep(20_000);
      return 'done';
    };
    const handlers = { status: verify, estimate: verify, verify, resync: verify };
    const options = { hold: async () => undefined, report, clock: time };
    const server = await serveControl(place(), ['orders'], handlers, options);
    const [found] = await findRunning(place(), time);
    const asked = found!.ask('verify', undefined, () => undefined);
    await time.advance(2_000);
    const shown = [...rows.presences];
    rows.presences.clear();
    await time.advance(4_000);
    for (const [id, presence] of shown) rows.presences.set(id, presence);
    assert.equal(await time.run(asked), 'done');
    await time.run(server.close());
  });

  it('stops waiting when its signal aborts', async () => {
    const server = await serve(['orders'], { verify: untilStopped });
    const controller = new AbortController();
    const reason = new Error('enough');
    const asked = (await only()).ask('verify', undefined, () => undefined, controller.signal);
    controller.abort(reason);
    await assert.rejects(asked, (error) => error === reason);
    await server.close();
  });

  it('answers an unreadable request with an error, and continues', async () => {
    const server = await serve(['orders'], { status: async () => 'here' });
    const [presence] = rows.presences.keys();
    for (const [body, says] of NO_REQUESTS) {
      const mailbox = new MemoryMailbox(rows);
      const request = await mailbox.post(presence as string, body);
      let lines: readonly string[] = [];
      while (lines.length === 0) {
        await clock.sleep(100);
        lines = (await mailbox.read(request, 0)) ?? [];
      }
      assert.equal(lines.length, 1, body);
      const { error } = JSON.parse(lines[0] as string) as { error: { name: string; message: string } };
      assert.equal(error.name, 'RequestUnreadable');
      assert.match(error.message, says);
      await mailbox.discard(request);
    }
    assert.equal(await (await only()).ask('status', undefined, () => undefined), 'here');
    await server.close();
  });

  it('reports an answer that it cannot read', async () => {
    const server = await serve(['orders'], { status: untilStopped });
    for (const line of ['no JSON', 'null', '{"later":1}']) {
      const asked = (await only()).ask('status', undefined, () => undefined);
      while (rows.requests.size === 0) await clock.sleep(100);
      for (const { lines } of rows.requests.values()) lines.push(line);
      await assert.rejects(asked, AnswerUnreadable);
    }
    await server.close();
  });

  it('continues after the destination was unreachable', async () => {
    const server = await serve(['orders'], { status: async () => 'here' });
    rows.failure = new (class extends DestinationUnavailable {})('unreachable');
    while (rows.failed < 3) await clock.sleep(100);
    rows.failure = undefined;
    assert.equal(await (await only()).ask('status', undefined, () => undefined), 'here');
    await server.close();
  });

  it('continues after an unexpected error, reports it, and checks less and less often', async () => {
    const time = new VirtualClock();
    const here = async () => 'here';
    const handlers = { status: here, estimate: here, verify: here, resync: here };
    const options = { hold: async () => undefined, report, clock: time };
    const server = await serveControl(place(), ['orders'], handlers, options);
    const [found] = await findRunning(place(), time);
    rows.failure = new TypeError('unexpected');
    await time.advance(10 * 60_000);
    assert.ok(rows.failed > 10 && rows.failed < 20, String(rows.failed));
    assert.deepEqual(new Set(reported), new Set(['unexpected']));
    assert.equal(reported.length, rows.failed);
    rows.failure = undefined;
    await time.advance(60_000);
    assert.equal(await time.run(found!.ask('status', undefined, () => undefined)), 'here');
    await time.run(server.close());
  });
});
