import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { AwsFault } from '../../runtime/aws/faults';
import type { FaultAnswer } from '../../simulator';
import { HOUR, MINUTE } from '../simulation/world';
import { full, quickIf } from '../tiers/tier';
import { closeWorlds, WireWorld } from './wire-world';

/** Operation → the action that a policy must allow for it. */
const ACTIONS = {
  DescribeTable: 'dynamodb:DescribeTable',
  DescribeContinuousBackups: 'dynamodb:DescribeContinuousBackups',
  HeadBucket: 's3:ListBucket',
  DescribeStream: 'dynamodb:DescribeStream',
  GetShardIterator: 'dynamodb:GetShardIterator',
  GetRecords: 'dynamodb:GetRecords',
  ExportTableToPointInTime: 'dynamodb:ExportTableToPointInTime',
  DescribeExport: 'dynamodb:DescribeExport',
  GetObject: 's3:GetObject',
} as const;
type Asked = keyof typeof ACTIONS;

function denied(operation: Asked): FaultAnswer {
  const isObject = ACTIONS[operation].startsWith('s3:');
  return {
    kind: 'error',
    type: isObject ? 'AccessDenied' : 'AccessDeniedException',
    status: isObject ? 403 : 400,
    message: isObject
      ? 'Access Denied'
      : `User: arn:aws:iam::123456789012:user/replicator is not authorized to perform: ${ACTIONS[operation]} because no identity-based policy allows it`,
  };
}

/** The last logged retry of an operation. */
function told(world: WireWorld, operation: string): string {
  const event = world.heardOf('aws.retry').findLast((each) => each.operation === operation);
  return `${event?.code}: ${event?.message}`;
}

describe('faults/access', () => {
  afterEach(closeWorlds);

  for (const [operation, action] of Object.entries(ACTIONS) as [Asked, string][]) {
    quickIf(operation === 'ExportTableToPointInTime').it(
      `F13: ${action} was never allowed: stops at once and names the action`,
      async () => {
        const world = await WireWorld.open();
        const fault = world.fault(operation, denied(operation));
        const error = await world.errorOf(world.start(), 20 * MINUTE);
        assert(error instanceof AwsFault);
        assert.equal(error.operation, operation);
        assert.equal(error.pace, 'slow');
        assert.match(error.message, new RegExp(`needs ${action}`));
        assert.match(error.message, new RegExp(`"Effect":"Allow","Action":"${action}","Resource":`));
        assert.match(error.message, /aws sts get-caller-identity/);
        assert.equal(fault.hits, 1, 'asked once');
        assert.equal(world.phase === 'stream', false);
        assert.deepEqual([...world.visible()], []);

        world.simulator.faults.clear();
        await world.loadThrough();
      },
    );
  }

  for (const operation of ['DescribeTable', 'DescribeStream', 'GetShardIterator', 'GetRecords'] as const) {
    quickIf(operation === 'GetRecords').it(
      `F13: ${ACTIONS[operation]} is revoked during a run: waits, keeps the checkpoint and continues once it is allowed`,
      async () => {
        const world = await WireWorld.open();
        const process = await world.startPublished();
        const { generation } = world.checkpoint!;
        const fault = world.fault(operation, denied(operation));
        const shards = new Map(world.pipeline?.shards);
        world.rollover();
        await world.busy(HOUR);
        assert(process.isAlive);
        assert(fault.hits > 5 && fault.hits < 60, `asked ${fault.hits} times in an hour`);
        assert.match(
          told(world, operation),
          new RegExp(`^AccessDeniedException: .*needs ${ACTIONS[operation]}`),
        );
        if (operation === 'GetRecords') {
          const position = (line: string | undefined) =>
            (JSON.parse(line ?? '{}') as { position?: string }).position;
          for (const [id, line] of shards)
            assert.equal(position(world.pipeline?.shards.get(id)), position(line));
        }
        fault.remove();
        await world.assertRecovers(process);
        assert.equal(world.checkpoint?.generation, generation, 'nothing was loaded anew');
      },
    );
  }

  for (const operation of ['DescribeExport', 'GetObject'] as const) {
    quickIf(operation === 'GetObject').it(
      `F13: ${ACTIONS[operation]} is revoked during a load: waits and continues once it is allowed`,
      async () => {
        const world = await WireWorld.open();
        const process = world.start();
        const fault = world.fault(operation, denied(operation), { from: 2 });
        await world.untilAlive(process, () => fault.hits > 0, 'the fault was met');
        await world.busy(20 * MINUTE);
        assert(fault.hits > 2 && fault.hits < 20, `asked ${fault.hits} times in 20 minutes`);
        assert.match(told(world, operation), new RegExp(`needs ${ACTIONS[operation]}`));
        assert.equal(world.phase, 'load');
        fault.remove();
        await world.assertRecovers(process);
        assert.equal(world.exportArns().length, 1);
      },
    );
  }

  it('F13, P3: dynamodb:ExportTableToPointInTime is revoked before a resync: the table follows on, and is reloaded once it is allowed', async () => {
    const operation = 'ExportTableToPointInTime';
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const fault = world.fault(operation, denied(operation));
    const resynced = process.replicator.resync(world.tableName);
    await world.untilAlive(process, () => fault.hits > 0, 'the fault was met');
    await world.busy(HOUR);
    await world.untilAlive(
      process,
      () => isDeepStrictEqual(world.destination(), world.source()),
      'it follows',
    );
    assert.equal(world.phase, 'load');
    assert.match(told(world, operation), new RegExp(`needs ${ACTIONS[operation]}`));
    fault.remove();
    await world.settled(resynced);
    await world.assertRecovers(process);
    assert.equal(world.checkpoint?.generation, 2);
  });

  full.it(
    'F13, P3: dynamodb:DescribeContinuousBackups is revoked: a resync of a table that follows does not need it',
    async () => {
      const operation = 'DescribeContinuousBackups';
      const world = await WireWorld.open();
      const process = await world.startPublished();
      world.fault(operation, denied(operation));
      await world.settled(process.replicator.resync(world.tableName));
      await world.assertRecovers(process);
      assert.equal(world.checkpoint?.generation, 2);
    },
  );

  for (const [type, message] of [
    ['ExpiredTokenException', 'The security token included in the request is expired'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
    [
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
    ],
    ['MissingAuthenticationTokenException', 'Request is missing Authentication Token'],
    ['IncompleteSignatureException', 'Authorization header requires existence of Credential'],
  ] as const) {
    const answer: FaultAnswer = { kind: 'error', type, message };

    it(`F14: ${type} at the start: stops at once with the commands that fix it`, async () => {
      const world = await WireWorld.open();
      const fault = world.fault('DescribeTable', answer);
      const error = await world.errorOf(world.start(), MINUTE);
      assert(error instanceof AwsFault);
      assert.equal(error.code, type);
      assert(error.message.includes(message));
      assert.match(
        error.message,
        /Renew them with "aws sso login" or "aws configure".* aws sts get-caller-identity/,
      );
      assert.equal(fault.hits, 1);
      assert.equal(world.pipeline, undefined, 'nothing was written');
    });

    quickIf(type === 'ExpiredTokenException').it(
      `F14: ${type} during a run: waits and continues once the credentials are renewed`,
      async () => {
        const world = await WireWorld.open();
        const process = await world.startPublished();
        for (const operation of ['DescribeTable', 'DescribeStream', 'GetRecords'])
          world.fault(operation, answer);
        const { commit } = world.checkpoint!;
        await world.busy(HOUR);
        assert(world.checkpoint!.commit - commit <= 2, 'the checkpoint keeps its place');
        assert.match(told(world, 'GetRecords'), new RegExp(`^${type}: AWS rejects the credentials`));
        world.simulator.faults.clear();
        await world.assertRecovers(process);
      },
    );
  }

  full.it(
    'F14: credentials that are renewed after a day: reports a gap and applies nothing wrong',
    async () => {
      const world = await WireWorld.open();
      const process = await world.startPublished();
      const expired: FaultAnswer = { kind: 'error', type: 'ExpiredTokenException', message: 'expired' };
      for (const operation of ['DescribeTable', 'DescribeStream', 'GetRecords'])
        world.fault(operation, expired);
      const before = world.destination();
      await world.busy(25 * HOUR);
      world.simulator.faults.clear();
      const error = await world.errorOf(process);
      assert.equal(error.kind, 'gap');
      assert.match(
        error.message,
        /may be lost: the stream keeps changes for 24 hours, and the replicator is .* behind.*: dynamodb-replicator resync --table/,
      );
      assert.deepEqual(world.destination(), before);

      await world.assertRecovers(await world.startPublished({ resync: true }));
    },
  );

  for (const [operation, type] of [
    ['GetRecords', 'KMSAccessDeniedException'],
    ['DescribeTable', 'InaccessibleEncryptionDateTimeException'],
    ['DescribeExport', 'KMSInvalidStateException'],
    ['GetObject', 'KMS.DisabledException'],
  ] as const) {
    quickIf(operation === 'GetObject').it(
      `F17: ${type} of ${operation}: waits until the key is usable again`,
      async () => {
        const world = await WireWorld.open();
        const process = world.start();
        const fault = world.fault(
          operation,
          { kind: 'error', type, message: 'arn:aws:kms:key is disabled.' },
          { from: 2 },
        );
        await world.untilAlive(process, () => fault.hits > 0, 'the fault was met');
        await world.busy(20 * MINUTE);
        assert.match(
          told(world, operation),
          /The KMS key behind .* cannot be used .*aws kms enable-key --key-id KEY/,
        );
        fault.remove();
        await world.assertRecovers(process);
      },
    );
  }

  it('F17: a key that was never usable: stops at once with what to do', async () => {
    const world = await WireWorld.open();
    const fault = world.fault('GetObject', {
      kind: 'error',
      type: 'KMS.DisabledException',
      message: 'arn:aws:kms:key is disabled.',
    });
    const error = await world.errorOf(world.start(), 20 * MINUTE);
    assert.equal(fault.hits, 1);
    assert.match(error.message, /s3:\/\/exports\/.*aws kms enable-key --key-id KEY --region eu-west-1/);
  });
});
