import assert from 'node:assert/strict';
import { AwsFault } from '../../runtime/aws/faults';
import { ExportFailed, ExportTokenTaken, ManifestRefused } from '../../runtime/export/errors';
import { PointInTimeRecoveryDisabled } from '../../runtime/pipeline/source';
import { TableGone } from '../../runtime/pipeline/source-watch';
import type { FaultAnswer } from '../../simulator';
import { HOUR, MINUTE, SECOND } from '../simulation/world';
import { full, quickIf } from '../tiers/tier';
import { closeWorlds, WireWorld } from './wire-world';

const error = (type: string, message?: string): FaultAnswer =>
  message === undefined ? { kind: 'error', type } : { kind: 'error', type, message };

function setRecovery(world: WireWorld, enabled: boolean): void {
  world.simulator.call('dynamodb', 'UpdateContinuousBackups', {
    TableName: world.tableName,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled },
  });
}

/** The export requests that the runtime made. */
function requests(world: WireWorld): { clientToken: string; exportTime: number }[] {
  return world.calls
    .filter(({ method }) => method === 'requestExport')
    .map(({ args }) => args[0] as { clientToken: string; exportTime: number });
}

describe('faults/export: the request', () => {
  afterEach(closeWorlds);

  it('F18: point-in-time recovery is off: stops before it writes anything, with the command that fixes it', async () => {
    const world = await WireWorld.open();
    setRecovery(world, false);
    const failure = await world.errorOf(world.start(), MINUTE);
    assert(failure instanceof PointInTimeRecoveryDisabled);
    assert.equal(failure.kind, 'fatal');
    assert.match(
      failure.message,
      /aws dynamodb update-continuous-backups --table-name orders --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true/,
    );
    assert.equal(world.pipeline, undefined);
    setRecovery(world, true);
    await world.clock.advance(MINUTE);
    await world.loadThrough();
  });

  it('F18: point-in-time recovery is turned off between check and request: stops with the command that fixes it', async () => {
    const world = await WireWorld.open();
    const process = world.start();
    world.onCall = ({ method }) => {
      if (method === 'requestExport') setRecovery(world, false);
    };
    const failure = await world.errorOf(process);
    assert(failure instanceof AwsFault);
    assert.equal(failure.code, 'PointInTimeRecoveryUnavailableException');
    assert.match(
      failure.message,
      /table orders is off.*aws dynamodb update-continuous-backups --table-name orders/,
    );
    assert.deepEqual(world.exportArns(), []);

    world.onCall = () => undefined;
    setRecovery(world, true);
    await world.clock.advance(MINUTE);
    await world.loadThrough();
  });

  it('F19: point-in-time recovery is being enabled: asks again', async () => {
    const world = await WireWorld.open();
    const faults = ['DescribeContinuousBackups', 'ExportTableToPointInTime'].map((operation) =>
      world.fault(operation, error('ContinuousBackupsUnavailableException', 'Backups are being enabled'), {
        times: 6,
      }),
    );
    await world.loadThrough();
    for (const { hits } of faults) assert.equal(hits, 6);
    assert.match(
      world.heardOf('aws.retry')[0]?.message ?? '',
      /Point-in-time recovery of table orders is being set up; retrying/,
    );
  });

  it('F20: a rejected time: chooses another, with a new token', async () => {
    const world = await WireWorld.open();
    world.fault('ExportTableToPointInTime', error('InvalidExportTimeException'), { times: 2 });
    await world.loadThrough();
    assert.equal(new Set(requests(world).map(({ clientToken }) => clientToken)).size, 3);
  });

  it('F20: a time that is rejected again and again: stops and says what to check', async () => {
    const world = await WireWorld.open();
    const fault = world.fault('ExportTableToPointInTime', error('InvalidExportTimeException', 'Too early.'));
    const failure = await world.errorOf(world.start());
    assert.equal(failure.kind, 'fatal');
    assert.match(
      failure.message,
      /Too early\..*aws dynamodb describe-continuous-backups --table-name orders --region eu-west-1/,
    );
    assert.equal(fault.hits, 3);
  });

  it('F21: the token was used with another prefix: finds the export that it started and loads it', async () => {
    const world = await WireWorld.open();
    world.fault('ExportTableToPointInTime', { kind: 'reset', performed: true }, { nth: 1 });
    world.fault('ExportTableToPointInTime', error('ExportConflictException'), { from: 2 });
    await world.loadThrough();
    assert.equal(requests(world).length, 2);
  });

  for (const [which, offMs] of [
    ['earlier', -HOUR],
    ['later', SECOND],
  ] as const) {
    quickIf(which === 'earlier').it(
      `A3: the export’s time is ${which} than the requested one: rejects the export by name and loads nothing`,
      async () => {
        const world = await WireWorld.open({ knobs: { manifestTimeOffMs: offMs } });
        const failure = await world.errorOf(world.start());
        assert(failure instanceof ManifestRefused, String(failure));
        assert.match(failure.file, /manifest-summary\.json$/);
        assert.match(failure.message, /is from .*, not from the requested time /);
        assert.deepEqual([...world.visible()], []);
      },
    );
  }

  for (const [why, operation, answer] of [
    ['it cannot be found', 'ExportTableToPointInTime', error('ExportConflictException')],
    ['exports may not be listed', 'ListExports', error('AccessDeniedException', 'not authorized')],
  ] as const) {
    it(`F21: the token was used with another prefix and ${why}: stops and says what to do`, async () => {
      const world = await WireWorld.open();
      world.fault('ExportTableToPointInTime', error('ExportConflictException'));
      world.fault(operation, answer);
      const failure = await world.errorOf(world.start());
      assert(failure instanceof ExportTokenTaken);
      assert.equal(failure.kind, 'fatal');
      assert.match(
        failure.message,
        /wait 8 hours.*aws dynamodb list-exports --table-arn arn:aws:dynamodb:eu-west-1:/,
      );
      assert.deepEqual(world.exportArns(), []);
    });
  }

  it('F22: too many exports: waits for minutes and logs why, until one is accepted', async () => {
    const world = await WireWorld.open();
    const fault = world.fault(
      'ExportTableToPointInTime',
      error('LimitExceededException', 'Too many exports are in progress'),
      { times: 12 },
    );
    await world.loadThrough();
    assert.equal(fault.hits, 12);
    assert.match(
      world.heardOf('aws.retry').at(-1)?.message ?? '',
      /retrying until one ends.*aws dynamodb list-exports --region eu-west-1/,
    );
    assert.equal(new Set(requests(world).map(({ clientToken }) => clientToken)).size, 1, 'one token');
  });

  for (const type of ['TableNotFoundException', 'ResourceNotFoundException']) {
    it(`F23: ${type} for the export: stops and names the table`, async () => {
      const world = await WireWorld.open();
      world.fault('ExportTableToPointInTime', error(type, 'Table not found'));
      const failure = await world.errorOf(world.start());
      assert.equal(failure.kind, 'fatal');
      assert.match(failure.message, /no table orders .*aws dynamodb list-tables --region eu-west-1/);
    });
  }

  it('F23: there is no such table: stops at once with the command that lists the tables', async () => {
    const world = await WireWorld.open();
    world.fault('DescribeTable', error('ResourceNotFoundException', 'Requested resource not found'));
    const failure = await world.errorOf(world.start(), MINUTE);
    assert(failure instanceof TableGone);
    assert.match(
      failure.message,
      /no table orders in eu-west-1.*aws dynamodb list-tables --region eu-west-1/s,
    );
    assert.equal(world.pipeline, undefined);
  });

  for (const answer of [
    { kind: 'reset', performed: true },
    { kind: 'hang', performed: true },
    { kind: 'error', type: 'InternalServerError', status: 500, performed: true },
    { kind: 'body', status: 502, contentType: 'text/html', body: '<html>', performed: true },
    { kind: 'cut', afterBytes: 40 },
    { kind: 'truncate', toBytes: 40 },
  ] as const) {
    quickIf(answer.kind === 'reset').it(
      `F26: the export was started but the response lost (${answer.kind}): the same token finds the same export`,
      async () => {
        // Requests are counted, so an answered one must not time out, even on a slow machine.
        const world = await WireWorld.open({ timeouts: { requestMs: 1_000 } });
        world.fault('ExportTableToPointInTime', answer, { times: 3 });
        await world.loadThrough();
        const asked = requests(world);
        assert.equal(asked.length, 4);
        for (const request of asked) assert.deepEqual(request, asked[0]);
      },
    );
  }

  full.it('F8: an emulator that returns no ExportTime gets at most five export requests', async () => {
    const world = await WireWorld.open();
    const lacking = { kind: 'replace', text: '"ExportTime"', by: '"ExportMoment"' } as const;
    const { rule } = world.fault('ExportTableToPointInTime', lacking);
    const failure = await world.errorOf(world.start());
    assert.match(
      failure.message,
      /ExportTableToPointInTime .* 5 times in a row: The response has no ExportTime\./,
    );
    assert.equal(failure.kind, 'fatal');
    assert.equal(requests(world).length, 5, rule.operation);
  });

  full.it('F8: a stream whose label is not a time stops the table before anything is written', async () => {
    const world = await WireWorld.open();
    const { Table } = world.simulator.call('dynamodb', 'DescribeTable', { TableName: 'orders' }) as {
      Table: { LatestStreamLabel: string };
    };
    world.fault('DescribeTable', { kind: 'replace', text: `"${Table.LatestStreamLabel}"`, by: '"main"' });
    const failure = await world.errorOf(world.start());
    assert.match(failure.message, /5 times in a row: The stream's label "main" is not a time\./);
    assert.equal(world.checkpoint, undefined);
  });

  it('F26: killed between request and response: the next process finds the same export', async () => {
    const world = await WireWorld.open();
    const first = world.start();
    world.fault('ExportTableToPointInTime', { kind: 'reset', performed: true });
    await world.untilAlive(first, () => world.exportArns().length === 1, 'an export was started');
    first.kill();
    world.simulator.faults.clear();
    await world.busy(HOUR);
    assert.equal(world.checkpoint?.export?.arn, undefined);
    await world.loadThrough();
  });
});

describe('faults/export: waiting for it', () => {
  afterEach(closeWorlds);

  it('F24: AWS no longer knows the export: requests a new one', async () => {
    const world = await WireWorld.open();
    const process = world.start();
    world.fault('DescribeExport', error('ExportNotFoundException'), { nth: 2 });
    await world.untilAlive(process, () => world.exportArns().length === 2, 'another export was requested');
    await world.busy(MINUTE);
    await world.assertRecovers(process);
    assert.equal(new Set(requests(world).map(({ clientToken }) => clientToken)).size, 2);
  });

  full.it('F24: stopped during the export and started again after 91 days: loads again', async () => {
    const world = await WireWorld.open();
    const first = await world.startLoading();
    await world.settled(first.stop());
    await world.clock.advance(91 * 24 * HOUR);
    await world.busy(MINUTE);
    await world.assertRecovers(world.start());
  });

  for (const [code, remedy] of [
    [
      'S3NoSuchBucket',
      /There is no bucket exports\. Create it \(aws s3 mb s3:\/\/exports --region eu-west-1 --endpoint-url http/,
    ],
    [
      'S3AccessDenied',
      /needs s3:PutObject .* on arn:aws:s3:::exports\/replicator\/\*.*aws s3api get-bucket-policy --bucket exports/,
    ],
    ['KMSAccessDenied', /kms:GenerateDataKey.*aws s3api get-bucket-encryption --bucket exports/],
    ['KMSKeyDisabled', /cannot use the KMS key/],
    ['UNKNOWN', /Start again: a new export is requested/],
    ['SomethingNobodyHasSeenYet', /SomethingNobodyHasSeenYet \(The export failed/],
  ] as const) {
    quickIf(code === 'S3AccessDenied').it(
      `F25: the export fails with ${code}: stops and says what to do; started again, it requests another`,
      async () => {
        const world = await WireWorld.open();
        world.simulator.failNextExport(code);
        const failure = await world.errorOf(world.start());
        assert(failure instanceof ExportFailed);
        assert.equal(failure.kind, 'fatal');
        assert.equal(failure.failureCode, code);
        assert(failure.message.includes(world.exportArns()[0] ?? '-'));
        assert.match(failure.message, remedy);
        assert.deepEqual([...world.visible()], []);

        const process = world.start();
        await world.busy(MINUTE);
        await world.assertRecovers(process);
        assert.equal(world.exportArns().length, 2);
      },
    );
  }

  it('F25: the bucket is deleted before the export is written: the same, with the service’s own error', async () => {
    const world = await WireWorld.open();
    const process = world.start();
    await world.untilAlive(process, () => world.exportArns().length === 1, 'an export was started');
    world.simulator.store.deleteBucket(world.bucket);
    const failure = await world.errorOf(process);
    assert(failure instanceof ExportFailed);
    assert.equal(failure.failureCode, 'S3NoSuchBucket');
    world.simulator.store.createBucket(world.bucket);
    const next = world.start();
    await world.busy(MINUTE);
    await world.assertRecovers(next);
  });

  full.it('F26: killed while it waits for a long export: resumes it without a new request', async () => {
    const world = await WireWorld.open({ knobs: { exportDurationMs: [HOUR, HOUR] } });
    const first = await world.startLoading();
    await world.busy(10 * MINUTE);
    first.kill();
    await world.busy(40 * MINUTE);
    const second = world.start();
    await world.busy(15 * MINUTE);
    await world.assertRecovers(second);
    assert.equal(requests(world).length, 1);
    assert.equal(world.exportArns().length, 1);
    assert(world.heardOf('export.progress').some(({ elapsedMs }) => elapsedMs > 40 * MINUTE - SECOND));
  });
});
