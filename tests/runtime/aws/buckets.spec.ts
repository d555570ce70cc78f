import assert from 'node:assert/strict';
import type { SdkServices } from '../../../runtime/aws/sdk';
import { type ActiveFault, type Listening, ManualClock, Simulator } from '../../../simulator';
import { type Heard, s3Error, ScriptedServer, sdkAt, text } from './scripted-server';

const HERE = 'bucket-here';
const AWAY = 'bucket-away';
const FAR = 'bucket-far';
const REGIONS = { [HERE]: 'eu-west-1', [AWAY]: 'us-west-2', [FAR]: 'ap-south-1' };
const BUCKETS = Object.keys(REGIONS);
const WHOLE = { offset: 0, ifMatch: undefined };

/** Reads an object to its end. */
async function read(services: SdkServices, bucket: string, key = 'k'): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await services.getObject(bucket, key, WHOLE)).bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('Buckets in several regions', () => {
  describe('against the simulator', () => {
    let simulator: Simulator;
    let listening: Listening;
    let services: SdkServices;

    /** Counts the requests of an operation. */
    const counting = (operation: string): ActiveFault =>
      simulator.faults.add({ operation, answer: { kind: 'delay', ms: 0 } });

    beforeEach(async () => {
      simulator = new Simulator({ clock: new ManualClock(), region: 'eu-west-1' });
      for (const [bucket, region] of Object.entries(REGIONS)) {
        simulator.s3.createBucket(bucket, undefined, region);
        simulator.s3.putObject(bucket, 'k', Buffer.from(bucket));
      }
      listening = await simulator.listen();
      services = sdkAt(listening.url);
    });
    afterEach(async () => {
      services.close();
      await listening.close();
    });

    it('calls at the same time reach each bucket, whatever is redirected meanwhile', async () => {
      const calls = Array.from({ length: 60 }, (_, i) => BUCKETS[i % BUCKETS.length] as string);
      const found = await Promise.all(
        calls.map(async (bucket, i) => {
          const [content, { region }] = await Promise.all([
            read(services, bucket),
            services.headBucket(bucket, undefined),
            services.putObject(bucket, `written-${i}`, { body: Buffer.from(bucket) }),
          ]);
          return { content, region };
        }),
      );
      assert.deepEqual(
        found,
        calls.map((bucket) => ({ content: bucket, region: REGIONS[bucket as keyof typeof REGIONS] })),
      );
      for (const [i, bucket] of calls.entries())
        assert.equal(simulator.s3.getObject(bucket, `written-${i}`).body.toString(), bucket);
    });

    it('a region is learned once from a redirect; no other permission is used', async () => {
      const policies = [
        { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } },
      ];
      simulator.iam.putUser('arn:aws:iam::123456789012:user/reader', { accessKeyId: 'test', policies });
      const requests = counting('GetObject');
      await read(services, AWAY);
      assert.equal(requests.calls, 2);
      await read(services, AWAY);
      await read(services, HERE);
      assert.equal(requests.calls, 4);
      const actions = simulator.iam.decisions.map(({ action }) => action);
      assert.deepEqual(actions, ['s3:GetObject', 's3:GetObject', 's3:GetObject']);
    });

    it('a bucket that is created again in another region is found there', async () => {
      await read(services, AWAY);
      simulator.s3.deleteObject(AWAY, 'k');
      simulator.s3.deleteBucket(AWAY);
      simulator.s3.createBucket(AWAY, undefined, 'eu-west-1');
      simulator.s3.putObject(AWAY, 'k', Buffer.from('back'));
      assert.equal(await read(services, AWAY), 'back');
    });
  });

  describe('against a scripted server', () => {
    let server: ScriptedServer;
    let services: SdkServices;

    beforeEach(async () => {
      server = await ScriptedServer.start();
      services = sdkAt(server.url);
    });
    afterEach(async () => {
      services.close();
      await server.close();
    });

    const redirect = (region: string) => text(301, '', { 'x-amz-bucket-region': region });

    it('while a call is redirected, calls of other buckets go to their own region', async () => {
      const regionOf = ({ headers }: Heard) =>
        /\/([a-z]+-[a-z]+-\d)\/s3\//.exec(headers.authorization ?? '')?.[1];
      let respond = () => undefined as unknown;
      const redirected = new Promise<void>((resolve) => {
        server.answerWith((response, heard) => {
          const isAway = heard.path.startsWith(`/${AWAY}/`);
          if (!isAway) text(200, 'here')(response, heard);
          else if (regionOf(heard) === 'eu-west-1') redirect('us-west-2')(response, heard);
          else {
            respond = () => text(200, 'away')(response, heard);
            resolve();
          }
        });
      });
      const away = read(services, AWAY);
      await redirected;
      assert.equal(await read(services, HERE), 'here');
      respond();
      assert.equal(await away, 'away');
      assert.deepEqual(server.heard.map(regionOf), ['eu-west-1', 'us-west-2', 'eu-west-1']);
    });

    it('a redirect is followed once a call, so that two regions that name each other end it', async () => {
      server.answerWith(redirect('us-west-2'), redirect('us-east-1'));
      await assert.rejects(read(services, AWAY), /Bucket bucket-away is in another region/);
      assert.equal(server.heard.length, 2);
    });

    for (const region of ['eu-west-1', 'localhost/', ''])
      it(`a redirect to “${region}” is an error`, async () => {
        server.answerWith(redirect(region));
        await assert.rejects(read(services, AWAY), /get-bucket-location --bucket bucket-away/);
        assert.equal(server.heard.length, 1);
      });

    it('no other error is a redirect', async () => {
      const elsewhere = { 'x-amz-bucket-region': 'us-west-2' };
      server.answerWith(text(403, '', elsewhere));
      await assert.rejects(read(services, AWAY), { httpStatus: 403 });
      server.answerWith(s3Error(404, 'NoSuchKey'));
      await assert.rejects(read(services, AWAY), { code: 'NoSuchKey' });
      assert.equal(server.heard.length, 1);
    });

    it('credentials that AWS rejects there are read again', async () => {
      let keys = 0;
      const credentials = (async () => ({ accessKeyId: `K${++keys}`, secretAccessKey: 's' })) as never;
      const own = sdkAt(server.url, { credentials });
      server.answerWith(redirect('us-west-2'), s3Error(400, 'ExpiredToken'), text(200, 'found'));
      await assert.rejects(read(own, AWAY), { code: 'ExpiredToken' });
      assert.equal(await read(own, AWAY), 'found');
      own.close();
      const [, rejected, accepted] = server.heard.map(
        ({ headers }) => /Credential=(K\d+)\//.exec(headers.authorization ?? '')?.[1],
      );
      assert.notEqual(rejected, accepted);
    });
  });
});
