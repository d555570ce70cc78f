import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ActiveFault } from '../../simulator';
import { full } from '../tiers/tier';
import { Command, endAll, runToEnd } from './command';
import { assertEqual } from './contents';
import { settle } from './settle';
import { Source, type SourceTable } from './source';

describe('Stopping', () => {
  let folder: string;
  let to: string;
  let source: Source;
  let table: SourceTable;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-stop-'));
    to = join(folder, 'orders.duckdb');
    source = await Source.start({
      seed: 11,
      rate: 200,
      knobs: { partitions: 2, exportFiles: 12, exportDurationMs: [60_000, 120_000] },
    });
    table = source.table('orders', 4_000);
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = () => Command.start(source.words('run', to));

  async function assertStops(command: Command, signal: NodeJS.Signals, where: string): Promise<void> {
    command.send(signal);
    const { code } = await command.end();
    assert.equal(code, 0, `${signal} in phase ${where}\n${command.picture()}`);
    assert.equal(existsSync(`${to}.control.json`), false, `${where}: nobody can be asked any more`);
  }

  full.it(
    'ends with 0 in every phase after SIGTERM or Ctrl-C, and the next start continues from there',
    async () => {
      // Files arrive so slowly that a signal comes during the load.
      slow('GetObject', '/data/', 60);
      table.write(300);
      const stops = [
        ['start', 'SIGTERM', 'pipeline.phase'],
        ['export', 'SIGINT', 'pipeline.phase'],
        ['load', 'SIGTERM', 'load.fileCommitted'],
        ['load', 'SIGINT', 'load.fileCommitted'],
        ['stream', 'SIGTERM', 'stream.batch'],
        ['stream', 'SIGINT', 'stream.batch'],
      ] as const;
      for (const [phase, signal, midst] of stops) {
        const command = run();
        await command.phase(phase);
        await command.line(`that it is in the midst of phase ${phase}`, ({ event }) => event === midst);
        await assertStops(command, signal, phase);
      }
      assert.match((await runToEnd(['status', '--to', to])).stdout, /^No replicator is running\.$/m);
      await settle(run(), [table]);
      await assertEqual(to, table, 'after all stops');
    },
  );

  it('ends with 0 while AWS does not answer', async () => {
    const command = run();
    await command.phase('stream');
    const hanging = source.simulator.faults.add({ operation: '*', answer: { kind: 'hang' } });
    await untilCalled(hanging);
    await assertStops(command, 'SIGTERM', 'stream');
  });

  it('ends with 0 before the first response from AWS', async () => {
    const hanging = source.simulator.faults.add({ operation: '*', answer: { kind: 'hang' } });
    const command = run();
    await untilCalled(hanging);
    await assertStops(command, 'SIGTERM', 'none');
  });

  full.it('ends at once after a second Ctrl-C and loses nothing', async () => {
    table.write(300);
    let code: number | null = 0;
    // A stop may be done before the second Ctrl-C arrives. The process is suspended for a moment, so that this is rare.
    for (let tries = 0; tries < 50 && code === 0; tries++) {
      const command = run();
      await command.phase('stream');
      command.send('SIGINT');
      await command.line('that it stops', ({ text }) => text.includes('Stopping;'));
      command.send('SIGSTOP');
      command.send('SIGINT');
      command.send('SIGCONT');
      ({ code } = await command.end());
    }
    assert.equal(code, 4);
    await settle(run(), [table]);
    await assertEqual(to, table, 'after a second Ctrl-C');
  });

  async function untilCalled(fault: ActiveFault): Promise<void> {
    while (fault.calls === 0) await pause(20);
  }

  function slow(operation: string, containing: string, ms: number): void {
    source.simulator.faults.add({ service: 's3', operation, containing, answer: { kind: 'delay', ms } });
  }
});
