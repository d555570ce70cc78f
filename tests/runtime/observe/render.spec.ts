import assert from 'node:assert/strict';
import { render } from '../../../runtime/observe/render';
import { type PipelineStatus, unknownStatus } from '../../../runtime/observe/status';

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;

const status = (given: Partial<PipelineStatus>): PipelineStatus => ({
  ...unknownStatus('123456789012/eu-west-1/orders', 0),
  ...given,
});

const load = {
  role: 'shadow' as const,
  files: 3,
  filesTotal: 8,
  items: 30_000,
  itemsTotal: 120_000,
  bytes: 45_000_000,
  elapsedMs: 10_000,
};

const cases: [what: string, status: Partial<PipelineStatus>, line: string][] = [
  ['before anything', {}, 'orders  starting'],
  [
    'a stated wait',
    { phase: 'start', waiting: { reason: 'the shards have to settle', until: NOW + 45_000 } },
    'orders  waiting: the shards have to settle  45 s left',
  ],
  [
    'an export under way',
    { phase: 'export', exporting: { exportArn: 'arn', elapsedMs: 250_000 } },
    'orders  exporting  for 4 min 10 s',
  ],
  [
    'a load',
    { phase: 'load', load },
    'orders  loading  ██████░░░░░░░░░░░░░░░░░░  25 %  30,000 of 120,000 rows  4.5 MB/s  30 s left',
  ],
  [
    'the load of an empty table',
    { phase: 'load', load: { ...load, items: 0, itemsTotal: 0, bytes: 0, elapsedMs: 0 } },
    'orders  loading  ████████████████████████ 100 %  0 of 0 rows',
  ],
  [
    'a heal that reads keys again, with all lines loaded',
    { phase: 'load', healing: { from: 0, to: 1 }, load: { ...load, items: 120_000 }, keysReread: 31 },
    'orders  healing: reading keys again  31 keys so far',
  ],
  ['publishing', { phase: 'publish' }, 'orders  publishing'],
  [
    'a resync of a table that follows its stream',
    { phase: 'export', follows: true, exporting: { exportArn: 'arn', elapsedMs: 250_000 } },
    'orders  following, and a resync: exporting  for 4 min 10 s',
  ],
  [
    'following',
    { phase: 'stream', rowsPublished: 120_000, changes: 1_204, lagMs: 2_100, watermark: NOW - 60_000 },
    'orders  following  120,000 rows loaded  1,204 changes  lag 2 s',
  ],
  [
    'following far behind',
    { phase: 'stream', changes: 0, lagMs: 20 * HOUR, watermark: NOW - 20 * HOUR },
    'orders  following  0 changes  lag 20 h  4.0 h until stream data is lost',
  ],
  [
    'following too far behind',
    { phase: 'stream', changes: 0, watermark: NOW - 28 * HOUR },
    'orders  following  0 changes  stream data may be lost',
  ],
  [
    'dead letters',
    { phase: 'stream', changes: 1, deadLetters: 2 },
    'orders  following  1 change  2 dead letters',
  ],
  [
    'a verify',
    { phase: 'stream', verifying: 'comparing' },
    'orders  following  0 changes  (verify: comparing)',
  ],
  [
    'a failure, its first line',
    { error: { name: 'Gap', kind: 'gap', message: 'A gap.\nRun resync.', againMs: undefined } },
    'orders  stopped: A gap.',
  ],
  [
    'a failure that is retried',
    { error: { name: 'Gap', kind: 'gap', message: 'A gap.\nRun resync.', againMs: 300_000 } },
    'orders  waiting: A gap.',
  ],
  [
    'an unreachable destination',
    { phase: 'stream', destinationUnreachable: 'the disk is full' },
    'orders  waiting for the destination: the disk is full',
  ],
  ['a normal stop', { stopped: true }, 'orders  stopped'],
];

describe('progress line', () => {
  for (const [what, given, line] of cases) {
    it(`shows ${what}`, () => {
      assert.deepEqual(render({ pipelines: [status(given)], now: NOW }, 200), [line]);
    });
  }

  it('shows no rate and no time left of a clock that runs fast', () => {
    const lines = [
      status({ phase: 'load', load }),
      status({ phase: 'start', waiting: { reason: 'waiting to list', until: NOW + 45_000 } }),
    ];
    assert.deepEqual(render({ pipelines: lines, now: NOW, isFast: true }, 200), [
      'orders  loading  ██████░░░░░░░░░░░░░░░░░░  25 %  30,000 of 120,000 rows',
      'orders  waiting to list',
    ]);
  });

  it('is never wider than the terminal', () => {
    for (let width = 1; width <= 120; width++) {
      for (const [what, given] of cases) {
        for (const line of render({ pipelines: [status(given)], now: undefined }, width)) {
          assert.ok(line.length <= width, `${what} at ${width}`);
        }
      }
    }
  });

  it('aligns the names of several tables', () => {
    const long = { ...status({ phase: 'publish' }), pipeline: '1/eu-west-1/a-longer-name' };
    assert.deepEqual(render({ pipelines: [status({}), long], now: NOW }, 200), [
      'orders         starting',
      'a-longer-name  publishing',
    ]);
  });
});
