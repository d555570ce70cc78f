import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  GetItemCommand,
  type GetItemCommandInput,
  TransactGetItemsCommand,
} from '@aws-sdk/client-dynamodb';
import assert from 'node:assert/strict';
import { allow, Place, TABLE } from './place';

type Read = Pick<GetItemCommandInput, 'ProjectionExpression' | 'ExpressionAttributeNames'>;

const KEYS_ONLY = {
  'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id'] },
  StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
};
const Key = { id: { S: 'a' } };

/** Reads of something else than the key. */
const OTHERS: readonly Read[] = [
  {},
  { ProjectionExpression: 'secret' },
  { ProjectionExpression: 'id, secret' },
  { ProjectionExpression: 'id, #s', ExpressionAttributeNames: { '#s': 'secret' } },
  { ProjectionExpression: 'nested.id' },
  { ProjectionExpression: '#n.id, id', ExpressionAttributeNames: { '#n': 'nested' } },
];

describe('simulator/iam: permissions on attributes, with the SDK', () => {
  let place: Place;

  before(async () => {
    place = await Place.open();
    const Item = { ...Key, secret: { S: 'x' }, nested: { M: { id: { S: 'y' } } } };
    place.simulator.call('dynamodb', 'PutItem', { TableName: 'orders', Item });
  });

  after(() => place.close());

  /** One item, read in each way. */
  const READS: Readonly<Record<string, (read: Read) => Promise<unknown>>> = {
    GetItem: async (read) => {
      const command = new GetItemCommand({ TableName: 'orders', Key, ...read });
      return (await place.as().dynamodb.send(command)).Item;
    },
    BatchGetItem: async (read) => {
      const RequestItems: BatchGetItemCommandInput['RequestItems'] = { orders: { Keys: [Key], ...read } };
      const answer = await place.as().dynamodb.send(new BatchGetItemCommand({ RequestItems }));
      return answer.Responses?.['orders']?.[0];
    },
    TransactGetItems: async (read) => {
      const TransactItems = [{ Get: { TableName: 'orders', Key, ...read } }];
      const answer = await place.as().dynamodb.send(new TransactGetItemsCommand({ TransactItems }));
      return answer.Responses?.[0]?.Item;
    },
  };

  const conditions: readonly (readonly [name: string, Condition: object])[] = [
    ['StringEquals', KEYS_ONLY],
    ['StringEquals, and the key present', { ...KEYS_ONLY, Null: { 'dynamodb:Attributes': 'false' } }],
    [
      'StringEqualsIfExists',
      {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id'] },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    ],
  ];
  for (const [operation, read] of Object.entries(READS)) {
    for (const [name, Condition] of conditions) {
      it(`${operation} returns key attributes and nothing else (${name})`, async () => {
        place.user(allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], TABLE, { Condition }));
        for (const allowed of [
          { ProjectionExpression: 'id' },
          { ProjectionExpression: '#k', ExpressionAttributeNames: { '#k': 'id' } },
        ]) {
          assert.deepEqual(await read(allowed), Key);
        }
        for (const refused of OTHERS) {
          await assert.rejects(
            read(refused),
            {
              name: 'AccessDeniedException',
              message: new RegExp(
                `dynamodb:${operation === 'BatchGetItem' ? operation : 'GetItem'} on resource: ${TABLE}`,
              ),
            },
            JSON.stringify(refused),
          );
        }
      });
    }

    it(`${operation} without conditions returns whole items; a malformed projection is refused as such`, async () => {
      place.user(allow('dynamodb:*', TABLE));
      assert.deepEqual(Object.keys((await read({})) as object).sort(), ['id', 'nested', 'secret']);
      for (const malformed of ['', 'id,', '#unknown']) {
        await assert.rejects(read({ ProjectionExpression: malformed }), { name: 'ValidationException' });
      }
    });
  }

  it('a batch is refused if one of its tables is', async () => {
    place.user(allow('dynamodb:BatchGetItem', TABLE, { Condition: KEYS_ONLY }));
    const keys = { Keys: [Key], ProjectionExpression: 'id' };
    const batch = new BatchGetItemCommand({ RequestItems: { orders: keys, others: keys } });
    await assert.rejects(place.as().dynamodb.send(batch), { message: /table\/others/ });
  });

  it('does not let the key of another attribute pass as a projection', async () => {
    place.user(allow('dynamodb:GetItem', TABLE, { Condition: KEYS_ONLY }));
    const command = new GetItemCommand({
      TableName: 'orders',
      Key: { secret: { S: 'x' } },
      ProjectionExpression: 'id',
    });
    await assert.rejects(place.as().dynamodb.send(command), { name: 'AccessDeniedException' });
  });
});
