import assert from 'node:assert/strict';
import { AwsFault } from '../../runtime/aws/faults';
import { SdkServices } from '../../runtime/aws/sdk';
import type { Clock } from '../../runtime/clock';
import { EXPORT_BLUR_MS } from '../../runtime/pipeline/watermark';
import type { FaultAnswer } from '../../simulator';
import { HOUR, MINUTE, SECOND } from '../simulation/world';
import { quickIf } from '../tiers/tier';
import { closeWorlds, WireWorld } from './wire-world';
import { keptEnvironment } from '../environment';

describe('faults/connection', () => {
  afterEach(closeWorlds);

  it('F10: AWS does not answer at the start: retries, logs the address, and continues once it answers', async () => {
    const world = await WireWorld.open();
    await world.hangUp();
    const process = world.start();
    await world.clock.advance(5 * MINUTE);
    const told = world.heardOf('aws.retry');
    assert(told.length > 5 && told.length < 60, `told ${told.length} times`);
    assert.equal(told.at(-1)?.code, 'ECONNREFUSED');
    assert(told.at(-1)?.message.includes(`Cannot reach ${world.endpoint}`));
    assert.match(
      told.at(-1)?.message ?? '',
      /Check the network.*that the server at this endpoint is running/,
    );
    await world.listen();
    await world.busy(MINUTE);
    await world.assertRecovers(process);
  });

  for (const [when, published] of [
    ['while it follows', true],
    ['while it loads', false],
  ] as const) {
    quickIf(published).it(`F10: the network is down for an hour ${when}: loses nothing`, async () => {
      const world = await WireWorld.open();
      const process = published ? await world.startPublished() : await world.startLoading();
      for (let round = 0; round < 2; round++) {
        await world.hangUp();
        await world.busy(30 * MINUTE);
        await world.listen();
        await world.busy(10 * SECOND);
      }
      await world.assertRecovers(process);
      assert.equal(world.exportArns().length, 1);
      assert.equal(world.checkpoint?.generation, 1);
    });
  }

  for (const operation of ['GetRecords', 'DescribeStream', 'DescribeTable']) {
    it(`F12: stopped while ${operation} hangs: ends at once without an error, and continues at the next start`, async () => {
      const world = await WireWorld.open();
      const process = await world.startPublished();
      const fault = world.fault(operation, { kind: 'hang' });
      // Virtual time stops during a call that hangs, so the stop must come from real time.
      const stopped = new Promise<void>((resolve) => {
        world.onCall = () => {
          if (fault.hits === 0) return;
          world.onCall = () => undefined;
          void process.stop().then(() => resolve());
        };
      });
      const advancing = world.clock.advance(MINUTE);
      const look = setInterval(() => world.onCall({ method: 'close', args: [] }), 5);
      await stopped;
      clearInterval(look);
      await advancing;
      assert.deepEqual((await process.outcome).failed, []);
      assert.equal(world.heardOf('pipeline.stopped').length, 1);
      world.simulator.faults.clear();
      await world.busy(MINUTE);
      await world.assertRecovers(world.start());
    });
  }

  it('F12: stopped in the middle of a file’s body: keeps nothing of the file and loads it once later', async () => {
    const world = await WireWorld.open();
    const process = world.start();
    const fault = world.fault('GetObject', { kind: 'stall', afterBytes: 50 }, { containing: '/data/' });
    const look = setInterval(() => fault.hits > 0 && void process.stop(), 5);
    await world.until(() => !process.isAlive);
    clearInterval(look);
    assert.deepEqual((await process.outcome).failed, []);
    assert.deepEqual(world.pipeline?.ledger.shadow, []);
    world.simulator.faults.clear();
    await world.loadThrough();
  });

  for (const [what, region] of [
    ['no region', undefined],
    ['an empty region', ''],
  ] as const) {
    it(`F16: ${what}: reported before any call, with the command that fixes it`, async () => {
      const restoreEnvironment = keptEnvironment();
      delete process.env['AWS_REGION'];
      delete process.env['AWS_DEFAULT_REGION'];
      delete process.env['AWS_PROFILE'];
      if (region !== undefined) process.env['AWS_REGION'] = region;
      process.env['AWS_CONFIG_FILE'] = process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
      try {
        const world = await WireWorld.open();
        await assert.rejects(SdkServices.open({ endpoint: world.endpoint }, world.clock), (error) => {
          assert(error instanceof AwsFault);
          assert.equal(error.kind, 'fatal');
          assert.match(
            error.message,
            /No AWS region is set\. Give --region .*aws configure set region eu-west-1/,
          );
          return true;
        });
      } finally {
        restoreEnvironment();
      }
    });
  }

  for (const [type, operation, said] of [
    [
      'ValidationException',
      'ExportTableToPointInTime',
      /was refused as invalid \(ValidationException\): wrong.*Check the settings/,
    ],
    ['ValidationException', 'GetShardIterator', /GetShardIterator on arn:aws:dynamodb:.*refused as invalid/],
    ['SerializationException', 'DescribeTable', /DescribeTable on table orders was refused as invalid/],
    [
      'UnknownOperationException',
      'ExportTableToPointInTime',
      /does not support ExportTableToPointInTime\. An endpoint must offer/,
    ],
    ['ANameNobodyKnows', 'GetRecords', /was refused \(ANameNobodyKnows\)\. AWS says: wrong\./],
  ] as const) {
    it(`F16: ${type} of ${operation}: stops at once and explains why`, async () => {
      const world = await WireWorld.open();
      const fault = world.fault(operation, { kind: 'error', type, message: 'wrong' });
      const failure = await world.errorOf(world.start(), 20 * MINUTE);
      assert(failure instanceof AwsFault);
      assert.equal(failure.kind, 'fatal');
      assert.match(failure.message, said);
      assert(fault.hits <= 2, 'not asked again and again');
      world.simulator.faults.clear();
      await world.loadThrough();
    });
  }
});

describe('faults/connection: clocks', () => {
  afterEach(closeWorlds);

  const skewed: FaultAnswer = {
    kind: 'error',
    type: 'InvalidSignatureException',
    message:
      'Signature expired: 20260105T113000Z is now earlier than 20260105T115500Z (20260105T120000Z - 5 min.)',
  };

  it('F15: AWS rejects this machine’s time: logs the command that fixes it, and continues once it is set', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const faults = ['GetRecords', 'DescribeStream', 'DescribeTable'].map((operation) =>
      world.fault(operation, skewed),
    );
    await world.busy(10 * MINUTE);
    for (const { hits } of faults)
      assert(hits > 5, 'asked again soon: the SDK corrects its time by the answer');
    assert.match(
      world.heardOf('aws.retry').at(-1)?.message ?? '',
      /rejects the request's time \(InvalidSignatureException: .*This machine's clock is wrong; set it: timedatectl set-ntp true/,
    );
    world.simulator.faults.clear();
    await world.assertRecovers(process);
  });

  it('F15: AWS rejects this machine’s time at first: the SDK corrects it', async () => {
    const world = await WireWorld.open({ maxAttempts: 2 });
    const faults = ['DescribeTable', 'DescribeStream'].map((operation) =>
      world.fault(operation, skewed, { times: 1 }),
    );
    await world.loadThrough();
    for (const { hits } of faults) assert.equal(hits, 1);
  });

  /** The clock of a machine that runs too fast or too slowly, or stops during sleep. */
  function wrong(world: WireWorld, rate: number, stopsAt = Infinity, forMs = 0): Clock {
    return {
      elapsedMs: () => {
        const elapsed = world.clock.elapsedMs();
        return rate * (elapsed <= stopsAt ? elapsed : Math.max(stopsAt, elapsed - forMs));
      },
      sleep: (ms, signal) => world.clock.sleep(ms / rate, signal),
    };
  }

  const clocks: readonly [string, (world: WireWorld) => Clock][] = [
    ['runs 5 % fast', (world) => wrong(world, 1.05)],
    ['runs 5 % slow', (world) => wrong(world, 0.95)],
    ['stops for ten minutes', (world) => wrong(world, 1, world.clock.elapsedMs() + 3 * MINUTE, 10 * MINUTE)],
  ];
  for (const [what, make] of clocks) {
    quickIf(what === clocks[0]?.[0]).it(
      `F40: our clock ${what}: the rules use the service’s clock, and nothing is lost`,
      async () => {
        const world = await WireWorld.open();
        const publishedAt: number[] = [];
        const process = world.start({ clock: make(world) });
        process.events.on('pipeline.published', () => publishedAt.push(world.clock.now()));
        await world.untilAlive(
          process,
          () => world.checkpoint?.export?.arn !== undefined,
          'an export was requested',
        );
        const { exportTime } = world.checkpoint!.export!;
        assert(exportTime <= world.clock.now(), 'the export is not of the future');
        await world.busy(MINUTE);
        await world.untilAlive(process, () => world.phase === 'stream', 'it was published');
        assert(publishedAt[0]! >= exportTime + EXPORT_BLUR_MS, 'published too early by the service’s time');
        await world.busy(5 * MINUTE);
        const { watermark } = world.checkpoint!.graph;
        assert(watermark <= world.clock.now(), 'a watermark of the future');
        const report = await world.settled(process.replicator.verify(world.tableName));
        assert.equal(report.differences, 0);
        await world.assertRecovers(process);
        assert.equal(world.checkpoint?.generation, 1);
      },
    );
  }

  it('F40: ignores the clock in a gateway’s responses', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const gateway = { date: new Date(world.clock.now() + 48 * HOUR).toUTCString(), 'x-amzn-requestid': '' };
    world.fault(
      'GetRecords',
      { kind: 'error', type: 'ServiceUnavailableException', status: 503, headers: gateway },
      { rate: 0.5 },
    );
    await world.busy(5 * MINUTE);
    assert(world.checkpoint!.graph.watermark <= world.clock.now());
    await world.assertRecovers(process);
    assert.equal(world.checkpoint?.generation, 1);
  });
});
