import assert from 'node:assert/strict';
import type { FaultAnswer } from '../../simulator';
import { MINUTE } from '../simulation/world';
import { full, quickIf } from '../tiers/tier';
import { closeWorlds, IMPATIENT, type WireOptions, WireWorld } from './wire-world';

const JSON_OPERATIONS = [
  'DescribeTable',
  'DescribeContinuousBackups',
  'DescribeStream',
  'GetShardIterator',
  'GetRecords',
  'ExportTableToPointInTime',
  'DescribeExport',
];
const OPERATIONS = [...JSON_OPERATIONS, 'HeadBucket', 'GetObject'];
/** Operations whose responses have a body. */
const TALKATIVE = [...JSON_OPERATIONS, 'GetObject'];

const html = (status: number): FaultAnswer => ({
  kind: 'body',
  status,
  contentType: 'text/html',
  body: '<html><body>A gateway speaks</body></html>',
});
const json = (body: string): FaultAnswer => ({
  kind: 'body',
  status: 200,
  contentType: 'application/x-amz-json-1.0',
  body,
});
const error = (type: string, status: number): FaultAnswer => ({ kind: 'error', type, status });

const FAULTS: readonly [
  title: string,
  answer: FaultAnswer,
  operations?: readonly string[],
  options?: WireOptions,
][] = [
  ['F4: LimitExceededException', error('LimitExceededException', 400), JSON_OPERATIONS],
  ['F5: ThrottlingException', error('ThrottlingException', 400), JSON_OPERATIONS],
  [
    'F5: ProvisionedThroughputExceededException',
    error('ProvisionedThroughputExceededException', 400),
    JSON_OPERATIONS,
  ],
  ['F5: RequestLimitExceeded', error('RequestLimitExceeded', 400), JSON_OPERATIONS],
  ['F5: 429 without a name', { kind: 'body', status: 429, contentType: 'text/plain', body: '' }],
  ['F6: InternalServerError', error('InternalServerError', 500)],
  [
    'F6: InternalFailure, named only in a header',
    { ...error('InternalFailure', 500), headerOnly: true } as FaultAnswer,
  ],
  ['F6: ServiceUnavailableException', error('ServiceUnavailableException', 503)],
  ['F7: a gateway’s HTML with 502', html(502)],
  ['F7: a gateway’s HTML with 504', html(504)],
  ['F8: 200 with HTML', html(200), JSON_OPERATIONS],
  ['F8: 200 with an empty object', json('{}'), JSON_OPERATIONS],
  ['F8: 200 with an empty body', json(''), JSON_OPERATIONS],
  ['F8: 200 with JSON cut off in the middle', { kind: 'truncate', toBytes: -20 }, JSON_OPERATIONS],
  ['F9: the connection reset instead of a response', { kind: 'reset' }],
  [
    'F9: the call executed, but the connection reset instead of a response',
    { kind: 'reset', performed: true },
  ],
  ['F9: a body cut in the middle', { kind: 'cut', afterBytes: 15 }, TALKATIVE],
  ['F11: a server that does not answer', { kind: 'hang' }, OPERATIONS, { timeouts: IMPATIENT }],
  [
    'F11: a server that executes the call and does not answer',
    { kind: 'hang', performed: true },
    OPERATIONS,
    { timeouts: IMPATIENT },
  ],
  [
    'F11: a server that stalls in the middle of a body',
    { kind: 'stall', afterBytes: 15 },
    TALKATIVE,
    { timeouts: IMPATIENT },
  ],
  ['F28: SlowDown', error('SlowDown', 503), ['HeadBucket', 'GetObject']],
  ['F28: InternalError', error('InternalError', 500), ['HeadBucket', 'GetObject']],
  ['F28: ServiceUnavailable', error('ServiceUnavailable', 503), ['HeadBucket', 'GetObject']],
];

describe('faults/transient: nothing is lost or applied twice', () => {
  afterEach(closeWorlds);

  for (const [title, answer, operations = OPERATIONS, options = {}] of FAULTS) {
    quickIf(/^F(4|9)/.test(title)).it(`${title}, twice for each operation`, async () => {
      const world = await WireWorld.open(options);
      const faults = operations.map((operation) => world.fault(operation, answer, { times: 2 }));
      if (answer.kind === 'error') await world.loadThrough();
      else await world.liveThrough();
      for (const { rule, hits } of faults) assert.equal(hits, 2, rule.operation);
    });
  }

  it('F4, F6, F7, F8, F9: every fifth call fails in one way or another', async () => {
    const world = await WireWorld.open();
    const answers: readonly FaultAnswer[] = [
      error('LimitExceededException', 400),
      error('InternalServerError', 500),
      html(502),
      json('{}'),
      { kind: 'cut', afterBytes: 30 },
    ];
    const faults = JSON_OPERATIONS.flatMap((operation) =>
      answers.map((answer) => world.fault(operation, answer, { rate: 0.04 })),
    );
    await world.liveThrough();
    assert(faults.reduce((sum, { hits }) => sum + hits, 0) > 20);
  });

  full.it('F6: a server that fails for ten minutes', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const faults = ['DescribeTable', 'DescribeStream', 'GetRecords'].map((operation) =>
      world.fault(operation, error('InternalServerError', 500)),
    );
    await world.busy(10 * MINUTE);
    for (const { hits } of faults) assert(hits > 5);
    const told = world.heardOf('aws.retry').at(-1);
    assert.match(told?.message ?? '', /failed at the server \(InternalServerError\); retrying/);
    world.simulator.faults.clear();
    await world.assertRecovers(process);
  });

  it('F4: the SDK is the first to retry a throttled call', async () => {
    const world = await WireWorld.open({ maxAttempts: 3 });
    world.fault('GetRecords', error('LimitExceededException', 400), { nth: 5 });
    await world.liveThrough();
    assert.deepEqual(world.heardOf('aws.retry'), []);
  });
});
