import assert from 'node:assert/strict';
import { cleanUp } from '../../acceptance/cleanup';
import { quickIf } from '../tiers/tier';
import { command, leftIn, suffixIn } from './command';
import { Laboratory } from './laboratory';
import { crossing, exporting, writing } from './sample-checks';

describe('acceptance: the cleanup', () => {
  const KILLED = 'the process was killed';
  const CHECKS = [writing, exporting, crossing];

  /** A run whose process is killed after this many requests. @returns whether it was */
  async function killedAfter(
    last: number,
    laboratory: Laboratory,
  ): Promise<{ said: string; wasKilled: boolean }> {
    let requests = 0;
    laboratory.before = () => {
      if (++requests > last) throw new Error(KILLED);
    };
    const { said } = await command(laboratory, ['--yes'], { checks: CHECKS });
    laboratory.before = () => undefined;
    return { said, wasKilled: requests > last };
  }

  const PARTS = 5;
  for (let part = 0; part < PARTS; part++)
    quickIf(part === 0).it(
      `after a crash --cleanup leaves nothing, and a second one is harmless: after request ${part + 1} and each ${PARTS}th further`,
      async () => {
        let last = part + 1;
        for (; ; last += PARTS) {
          const laboratory = new Laboratory({ seed: last });
          const { said, wasKilled } = await killedAfter(last, laboratory);
          if (!wasKilled) break;
          const suffix = suffixIn(said);
          const first = await command(laboratory, ['--cleanup', suffix], { checks: [] });
          assert.equal(first.code, 0, `killed after request ${last}: ${first.said}`);
          assert.deepEqual(leftIn(laboratory), [], `killed after request ${last}`);
          const second = await command(laboratory, ['--cleanup', suffix], { checks: [] });
          assert.equal(second.code, 0);
          assert.match(second.said, /There was nothing to delete/);
        }
        assert.ok(last > 30, `a run has only ${last} requests`);
      },
    );

  it('deletes nothing else', async () => {
    const laboratory = new Laboratory();
    const { simulator } = laboratory;
    const others = ['replicator-acceptance-aaaaaaaa-x', 'replicator-acceptance-aaaaaaab', 'orders'];
    for (const TableName of others)
      simulator.call('dynamodb', 'CreateTable', {
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      });
    for (const name of others.slice(1)) simulator.s3.createBucket(name);
    const before = leftIn(laboratory);
    const { said } = await command(laboratory, ['--cleanup', 'aaaaaaac'], { checks: [] });
    assert.match(said, /nothing to delete/);
    assert.deepEqual(leftIn(laboratory), before);
    await command(laboratory, ['--cleanup', 'replicator-acceptance-aaaaaaaa'], { checks: [] });
    assert.deepEqual(
      leftIn(laboratory),
      before.filter((name) => name !== others[0]),
    );
  });

  it('finds the second bucket in whatever region it is', async () => {
    for (const region of ['us-east-1', 'ap-south-1', 'eu-west-1']) {
      const laboratory = new Laboratory();
      const bucket = 'replicator-acceptance-aaaaaaaa-away';
      laboratory.simulator.s3.createBucket(bucket, undefined, region);
      laboratory.simulator.s3.putObject(bucket, 'object', Buffer.from(''));
      laboratory.simulator.s3.createMultipartUpload(bucket, 'unfinished');
      const { code, said } = await command(laboratory, ['--cleanup', 'aaaaaaaa'], { checks: [] });
      assert.equal(code, 0, said);
      assert.match(said, /Deleted bucket replicator-acceptance-aaaaaaaa-away with 1 objects/);
      assert.deepEqual(leftIn(laboratory), []);
    }
  });

  it('lists more objects than one page has', async () => {
    const laboratory = new Laboratory();
    const bucket = 'replicator-acceptance-aaaaaaaa';
    laboratory.simulator.s3.createBucket(bucket);
    for (let i = 0; i < 2_345; i++) laboratory.simulator.s3.putObject(bucket, `object ${i}`, Buffer.from(''));
    const { said } = await command(laboratory, ['--cleanup', 'aaaaaaaa'], { checks: [] });
    assert.match(said, /with 2345 objects/);
    assert.deepEqual(leftIn(laboratory), []);
  });

  it('ends more uploads than one page has', async () => {
    const laboratory = new Laboratory();
    const bucket = 'replicator-acceptance-aaaaaaaa';
    const { s3 } = laboratory.simulator;
    s3.createBucket(bucket);
    for (let i = 0; i < 1_100; i++) s3.createMultipartUpload(bucket, `upload ${i % 300}`);
    let listings = 0;
    laboratory.before = ({ method, url }) => {
      if (method === 'GET' && /[?&]uploads/.test(url)) listings += 1;
    };
    const { code, said } = await command(laboratory, ['--cleanup', 'aaaaaaaa'], { checks: [] });
    assert.equal(code, 0, said);
    assert.equal(listings, 2, 'each page is listed once');
    assert.equal(s3.listBuckets().length, 0);
  });

  it('goes on when something cannot be deleted, and says what is left and why', async () => {
    const laboratory = new Laboratory();
    const refused = { kind: 'error', type: 'AccessDenied', status: 403 } as const;
    laboratory.simulator.faults.add({ operation: 'DeleteBucket', answer: refused });
    const { code, said } = await command(laboratory, ['--yes', '--only', 'E10'], { checks: CHECKS });
    assert.equal(code, 1);
    const suffix = suffixIn(said);
    assert.match(said, /Not everything was removed: Your credentials may not call s3:DeleteBucket/);
    assert.match(said, new RegExp(`npm run acceptance -- --cleanup ${suffix} --region eu-west-1`));
    assert.deepEqual(leftIn(laboratory), [`replicator-acceptance-${suffix}`]);
  });

  it('gives up on a bucket that something keeps filling', async () => {
    const laboratory = new Laboratory();
    const bucket = 'replicator-acceptance-aaaaaaaa';
    laboratory.simulator.s3.createBucket(bucket);
    laboratory.before = ({ method, url }) => {
      if (method === 'DELETE' && url.includes(bucket))
        laboratory.simulator.s3.putObject(bucket, 'again', Buffer.from(''));
    };
    const time = { now: () => laboratory.clock.now(), sleep: (ms: number) => laboratory.clock.sleep(ms) };
    await assert.rejects(
      laboratory.run(cleanUp(laboratory.connect(), 'aaaaaaaa', { time, command: 'the command' })),
      { name: 'CleanupIncomplete', message: /is not empty, as something still writes into it.*the command/ },
    );
  });
});
