import assert from 'node:assert/strict';
import { keyStatements } from '../../../infra/plan/iam/statements';
import { AwsFault } from '../../../runtime/aws/faults';
import type { KeyAnswer } from '../../../runtime/aws/key-read';
import { readAllKeys } from '../../../runtime/aws/key-reads';
import { retrying } from '../../../runtime/aws/retrying';
import { SdkServices } from '../../../runtime/aws/sdk';
import type { Item } from '../../../runtime/item/attribute-value';
import { Events } from '../../../runtime/observe/events';
import { type FaultAnswer, type Listening, ManualClock, Simulator } from '../../../simulator';
import { HandClock } from './hand-clock';
import { json, ScriptedServer, sdkAt, serviceError } from './scripted-server';

const ITEMS = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
const USER = 'arn:aws:iam::123456789012:user/reader';

const id = (text: string): Item => new Map([['id', { S: text }]]);

describe('Reading which keys exist', () => {
  describe('against the simulator', () => {
    let simulator: Simulator;
    let listening: Listening;
    let aws: SdkServices;

    beforeEach(async () => {
      simulator = new Simulator({ clock: new ManualClock(), seed: 5, knobs: { unprocessedKeys: 0.5 } });
      listening = await simulator.listen();
      aws = new SdkServices(
        {
          region: simulator.region,
          endpoint: listening.url,
          credentials: { accessKeyId: 'AKIAREADER', secretAccessKey: 'secret' },
          maxAttempts: 1,
        },
        new HandClock(),
      );
    });
    afterEach(async () => {
      aws.close();
      await listening.close();
    });

    function create(TableName: string, keys: Readonly<Record<string, 'S' | 'N' | 'B'>>): void {
      simulator.call('dynamodb', 'CreateTable', {
        TableName,
        KeySchema: Object.keys(keys).map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        AttributeDefinitions: Object.entries(keys).map(([AttributeName, AttributeType]) => ({
          AttributeName,
          AttributeType,
        })),
        BillingMode: 'PAY_PER_REQUEST',
      });
    }
    const put = (TableName: string, Item: object) =>
      simulator.call('dynamodb', 'PutItem', { TableName, Item });

    it('returns those that exist, in the order asked, and what the read costs', async () => {
      create('orders', { id: 'S' });
      for (const name of ['a', 'b', 'c']) put('orders', { id: { S: name } });
      put('orders', { id: { S: 'large' }, text: { S: 'x'.repeat(9_000) } });
      const { present, readUnits } = await aws.readKeys('orders', ['c', 'none', 'large', 'a'].map(id));
      assert.deepEqual(present, ['c', 'large', 'a'].map(id));
      assert.equal(readUnits, 1 + 1 + 3 + 1);
      assert.deepEqual(await aws.readKeys('orders', []), { present: [], readUnits: 0 });
    });

    it('finds keys of every type, with names that are reserved words or hostile', async () => {
      for (const [hash, range] of [
        ['name', 'size'],
        ['constructor', 'a.b[0]'],
        ['#k1', 'ключ'],
        ['__proto__', 'toString'],
      ] as const) {
        const table = hash === '__proto__' ? hash : `table-${hash.length}`;
        create(table, { [hash]: 'N', [range]: 'B' });
        const bytes = Uint8Array.of(0, 255, 10);
        put(table, {
          [hash]: { N: '12345678901234567890123456789012345678' },
          [range]: { B: Buffer.from(bytes).toString('base64') },
          secret: { S: 'not to be read' },
        });
        const key = (n: string, b: Uint8Array): Item =>
          new Map<string, { N: string } | { B: Uint8Array }>([
            [hash, { N: n }],
            [range, { B: b }],
          ]);
        const there = key('12345678901234567890123456789012345678.0', bytes);
        const others = [
          key('12345678901234567890123456789012345679', bytes),
          key('12345678901234567890123456789012345678', Uint8Array.of(0, 255)),
        ];
        assert.deepEqual((await aws.readKeys(table, [...others, there])).present, [there]);
      }
    });

    it('never sends a key twice, however its number is written', async () => {
      create('orders', { id: 'N' });
      put('orders', { id: { N: '1' } });
      const keys = ['1', '1.0', '10e-1', '2', '2.00', '1'].map((n): Item => new Map([['id', { N: n }]]));
      const { present, readUnits } = await aws.readKeys('orders', keys);
      assert.deepEqual(present, [keys[0], keys[1], keys[2], keys[5]]);
      assert.equal(readUnits, 2);
    });

    it('requests what is left unprocessed until all is read, at no further cost', async () => {
      create('orders', { id: 'S' });
      for (let index = 0; index < 100; index += 3) put('orders', { id: { S: String(index) } });
      const keys = Array.from({ length: 100 }, (_, index) => id(String(index)));
      const requests = simulator.faults.add({
        operation: 'BatchGetItem',
        answer: { kind: 'delay', ms: 0 },
      });
      const { present, readUnits } = await aws.readKeys('orders', keys);
      assert.deepEqual(
        present,
        keys.filter((_, index) => index % 3 === 0),
      );
      assert.deepEqual([readUnits, simulator.tables.get('orders')?.readUnits], [100, 100]);
      assert.ok(requests.hits > 3, `${requests.hits} requests`);
    });

    it('refuses more than 100 keys', async () => {
      create('orders', { id: 'S' });
      const keys = Array.from({ length: 101 }, (_, index) => id(String(index)));
      await assert.rejects(aws.readKeys('orders', keys), RangeError);
      assert.equal((await aws.readKeys('orders', keys.slice(1))).readUnits, 100);
    });

    it('row 13: a missing permission is named, and the statement in the message is enough', async () => {
      create('orders', { id: 'S' });
      simulator.iam.putUser(USER, { accessKeyId: 'AKIAREADER', policies: [] });
      let statement = '';
      await assert.rejects(aws.readKeys('orders', [id('a')]), (error) => {
        assert(error instanceof AwsFault);
        assert.deepEqual([error.kind, error.pace], ['retry', 'slow']);
        const { action, resource } = error.permission ?? {};
        assert.deepEqual([action, resource], ['dynamodb:BatchGetItem', ITEMS]);
        [, statement = ''] = /shows the caller\): (\{.*\})\. AWS says/.exec(error.message) ?? [];
        return true;
      });
      assert.deepEqual(JSON.parse(statement), {
        Effect: 'Allow',
        Action: 'dynamodb:BatchGetItem',
        Resource: ITEMS,
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id'] },
          Null: { 'dynamodb:Attributes': 'false' },
          StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        },
      });
      const policies = [{ Version: '2012-10-17', Statement: JSON.parse(statement) as object }];
      simulator.iam.putUser(USER, { accessKeyId: 'AKIAREADER', policies });
      put('orders', { id: { S: 'a' } });
      assert.deepEqual((await aws.readKeys('orders', [id('a')])).present, [id('a')]);
    });

    for (const [what, schema] of [
      ['one attribute', { id: 'S' }],
      ['two, in the order of the key', { id: 'S', at: 'N' }],
    ] as const)
      it(`row 13: the permission in the message is the one that the stack grants, for a key of ${what}`, async () => {
        create('orders', schema);
        simulator.iam.putUser(USER, { accessKeyId: 'AKIAREADER', policies: [] });
        const key: Item = new Map(
          Object.entries(schema).map(([name, type]) => [
            name,
            (type === 'N' ? { N: '1' } : { S: 'a' }) as never,
          ]),
        );
        const [granted] = keyStatements([{ arn: ITEMS, keyAttributes: Object.keys(schema) }]);
        await assert.rejects(aws.readKeys('orders', [key]), (error) => {
          assert(error instanceof AwsFault);
          assert.deepEqual(error.permission?.condition, granted?.Condition);
          return true;
        });
      });

    const FAULTS: readonly (readonly [row: string, what: string, answer: FaultAnswer])[] = [
      ['row 5', 'throttling', { kind: 'error', type: 'ThrottlingException' }],
      ['row 6', 'a server error', { kind: 'error', type: 'InternalServerError', status: 500 }],
      ['row 7', 'a gateway’s HTML', { kind: 'body', status: 502, contentType: 'text/html', body: '<html>' }],
      ['row 8', 'a body that ends early', { kind: 'truncate', toBytes: 60 }],
      ['row 8', 'a changed byte', { kind: 'corrupt', offset: 30 }],
      [
        'row 8',
        'an empty answer',
        { kind: 'body', status: 200, contentType: 'application/json', body: '{}' },
      ],
      ['row 9', 'a body that is cut off', { kind: 'cut', afterBytes: 40 }],
      ['row 9', 'a reset connection', { kind: 'reset', performed: true }],
      ['row 11', 'silence', { kind: 'hang' }],
    ];
    for (const [row, what, answer] of FAULTS) {
      it(`${row}: after ${what}, every key is found again`, async () => {
        create('orders', { id: 'S' });
        const names = ['a', 'b', 'c', 'd', 'e'];
        for (const name of names) put('orders', { id: { S: name } });
        const { region } = simulator;
        const impatient = new SdkServices(
          {
            region,
            endpoint: listening.url,
            credentials: { accessKeyId: 'AKIAREADER', secretAccessKey: 'secret' },
            maxAttempts: 1,
            timeouts: { connectMs: 60_000, requestMs: 200, socketMs: 200, callMs: 60_000 },
          },
          new HandClock(),
        );
        const services = retrying(impatient, {
          clock: new HandClock(),
          events: new Events(),
          random: () => 0,
        });
        const fault = simulator.faults.add({ operation: 'BatchGetItem', answer, from: 2, times: 2 });
        // The first call shows that the permission exists, and that the server answers like AWS.
        assert.deepEqual((await services.readKeys('orders', [id('a')])).present, [id('a')]);
        const keys = [...names, 'none'].map(id);
        assert.deepEqual((await services.readKeys('orders', keys)).present, keys.slice(0, 5));
        assert.equal(fault.hits, 2);
        impatient.close();
      });
    }
  });

  describe('from other responses', () => {
    let server: ScriptedServer;
    let aws: SdkServices;
    before(async () => {
      server = await ScriptedServer.start();
    });
    beforeEach(() => {
      aws = sdkAt(server.url);
    });
    afterEach(() => aws.close());
    after(() => server.close());

    const KEYS = ['a', 'b'].map(id);
    const wire = (text: string) => ({ id: { S: text } });

    it('asks consistently for nothing but key attributes', async () => {
      server.answerWith(json(200, { Responses: { orders: [wire('a')] }, UnprocessedKeys: {} }));
      const { present, readUnits } = await aws.readKeys('orders', KEYS);
      assert.deepEqual(present, [id('a')]);
      assert.equal(readUnits, 2, 'one for each key when the response reports none');
      assert.deepEqual(JSON.parse(server.heard[0]!.body), {
        RequestItems: {
          orders: {
            Keys: [wire('a'), wire('b')],
            ConsistentRead: true,
            ProjectionExpression: '#k0',
            ExpressionAttributeNames: { '#k0': 'id' },
          },
        },
        ReturnConsumedCapacity: 'TOTAL',
      });
    });

    const FOREIGN: readonly (readonly [what: string, answer: object, says: RegExp])[] = [
      ['has no items', {}, /has no Responses/],
      ['has no items of the table', { Responses: { other: [] } }, /no items of the table/],
      [
        'has another key',
        { Responses: { orders: [wire('c')] } },
        /Responses has a key that was not asked for/,
      ],
      ['has something else than items', { Responses: { orders: ['a'] } }, /Responses has a key that was not/],
      ['has no list', { Responses: { orders: {} } }, /Responses has no list/],
      ['has an item without its key', { Responses: { orders: [{}] } }, /Responses has a key that was not/],
      [
        'leaves another key',
        { Responses: { orders: [] }, UnprocessedKeys: { orders: { Keys: [wire('c')] } } },
        /UnprocessedKeys has a key that was not asked for/,
      ],
      [
        'has a key twice',
        { Responses: { orders: [wire('a')] }, UnprocessedKeys: { orders: { Keys: [wire('a')] } } },
        /both read and unprocessed/,
      ],
    ];
    for (const [what, answer, says] of FOREIGN) {
      it(`row 8: takes no key for deleted when the response ${what}`, async () => {
        server.answerWith(json(200, answer));
        await assert.rejects(aws.readKeys('orders', KEYS), (error) => {
          assert(error instanceof AwsFault);
          assert.match(error.code, /^(ForeignAnswer|UnreadableAnswer)$/);
          assert.match(error.message, says);
          return true;
        });
      });
    }

    it('accepts a response without items if no key was processed', async () => {
      const none = {
        Responses: {},
        UnprocessedKeys: { orders: { Keys: KEYS.map((key) => Object.fromEntries(key)) } },
      };
      server.answerWith(json(200, none), json(200, { Responses: { orders: [wire('b')] } }));
      assert.deepEqual((await aws.readKeys('orders', KEYS)).present, [id('b')]);
      assert.equal(server.heard.length, 2);
    });

    it('ends with the signal’s reason while it waits for throttling to end', async () => {
      const controller = new AbortController();
      const reason = new Error('shutting down');
      server.answerWith((response, heard) => {
        setTimeout(() => controller.abort(reason), 20);
        serviceError('ThrottlingException', 'x')(response, heard);
      });
      await assert.rejects(aws.readKeys('orders', KEYS, controller.signal), (error) => error === reason);
    });
  });

  describe('that are left unprocessed', () => {
    const keys = Array.from({ length: 10 }, (_, index) => id(String(index)));
    const throttled = () =>
      new AwsFault('BatchGetItem', 'ThrottlingException', 'retry', 'throttled', 400, 'throttled');
    const answer = (read: readonly Item[], unprocessed: readonly Item[]): KeyAnswer => ({
      present: read.map((key) => `{"id":{"S":"${(key.get('id') as { S: string }).S}"}}`),
      unprocessed,
      readUnits: read.length,
    });

    it('requests only the rest again, with growing pauses, and adds up the units', async () => {
      const clock = new HandClock();
      const asked: number[] = [];
      const result = await readAllKeys(
        keys,
        async (wanted) => {
          asked.push(wanted.length);
          if (asked.length === 2) throw throttled();
          return answer(wanted.slice(0, 4), wanted.slice(4));
        },
        { clock, random: () => 0 },
      );
      assert.deepEqual(asked, [10, 6, 6, 2]);
      assert.deepEqual(result, { present: keys, readUnits: 10 });
      assert.equal(clock.sleeps.length, 3);
    });

    it('gives up after eight requests in a row that read nothing', async () => {
      for (const [fail, code] of [
        [() => Promise.resolve(answer([], keys)), 'UnprocessedKeys'],
        [() => Promise.reject(throttled()), 'ThrottlingException'],
      ] as const) {
        const clock = new HandClock();
        let calls = 0;
        const read = () => {
          calls++;
          return fail();
        };
        await assert.rejects(readAllKeys(keys, read, { clock, random: () => 1 - Number.EPSILON }), {
          name: 'AwsFault',
          code,
          kind: 'retry',
          pace: 'throttled',
        });
        assert.equal(calls, 8);
        assert.ok(clock.sleeps.every((ms, index) => index === 0 || ms >= clock.sleeps[index - 1]!));
        assert.ok(Math.max(...clock.sleeps) <= 30_000, String(clock.sleeps));
      }
    });

    it('throws any other fault at once', async () => {
      const denied = new AwsFault('BatchGetItem', 'AccessDeniedException', 'retry', 'slow', 400, 'denied');
      const clock = new HandClock();
      await assert.rejects(
        readAllKeys(keys, () => Promise.reject(denied), { clock }),
        (error) => error === denied,
      );
      assert.deepEqual(clock.sleeps, []);
    });
  });
});
