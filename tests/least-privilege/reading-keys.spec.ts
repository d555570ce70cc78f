import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import assert from 'node:assert/strict';
import { sourceRoleDocument, taskDocument } from '../../infra/plan/iam/documents';
import { tasksTrust } from '../../infra/plan/iam/trust';
import type { Item } from '../../runtime/item/attribute-value';
import { SdkServices } from '../../runtime/aws/sdk';
import { LocalClock } from '../../runtime/clock';
import { BUCKET, Place, PREFIX, TABLE } from '../bad-input/place';

const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders-dev-task`;
const OTHER = 'customers';
const tableArn = (name: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;

/** @param keyAttributes those that the policy of the role knows; none: gaps are not healed */
const grants = (keyAttributes: readonly string[]) => ({
  tables: [{ arn: tableArn(TABLE), keyAttributes }, { arn: tableArn(OTHER) }],
  exports: { arn: `arn:aws:s3:::${BUCKET}`, prefix: PREFIX, isForeign: false },
  secrets: [],
});

describe('The permission to read keys again', () => {
  let place: Place;
  let client: DynamoDBClient;
  let services: SdkServices;

  before(async () => {
    place = await Place.open();
    place.createTable(OTHER);
    place.put(OTHER, 1);
  });
  after(() => place.close());
  afterEach(() => {
    client.destroy();
    services.close();
  });

  function assume(document: object): void {
    const { iam } = place.simulator;
    iam.putRole(ROLE, {
      policies: [document],
      trust: tasksTrust({ partition: 'aws', account: ACCOUNT, region: REGION }),
    });
    const { accessKeyId, secretAccessKey, sessionToken } = iam.taskCredentials(ROLE);
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    const access = { region: REGION, endpoint: place.url, credentials, maxAttempts: 1 };
    client = new DynamoDBClient(access);
    services = new SdkServices(access, new LocalClock());
  }

  const keyOf = (id: number): Item => new Map([['id', { N: String(id) }]]);

  for (const [whose, documentOf] of [
    ['task role', taskDocument],
    ['source role', sourceRoleDocument],
  ] as const) {
    it(`is enough for the replicator to find which keys exist (${whose})`, async () => {
      assume(documentOf(grants(['id'])));
      const { present } = await services.readKeys(TABLE, [keyOf(1), keyOf(999_999)]);
      assert.equal(present.length, 1);
    });

    it(`is missing without key attributes (${whose})`, async () => {
      assume(documentOf(grants([])));
      await assert.rejects(services.readKeys(TABLE, [keyOf(1)]), /dynamodb:BatchGetItem/);
    });
  }

  const key = { id: { N: '1' } };
  const value = { ExpressionAttributeNames: { '#v': 'value' } };
  const batch = (table: string, more: object) =>
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [key], ...more } } });
  const refused: Readonly<Record<string, () => Promise<unknown>>> = {
    'whole items': () => client.send(batch(TABLE, {})),
    'a whole item': () => client.send(new GetItemCommand({ TableName: TABLE, Key: key })),
    'another attribute': () => client.send(batch(TABLE, { ProjectionExpression: 'id, #v', ...value })),
    'the key of one item by another operation': () =>
      client.send(new GetItemCommand({ TableName: TABLE, Key: key, ProjectionExpression: 'id' })),
    'keys of a table whose key it does not know': () =>
      client.send(batch(OTHER, { ProjectionExpression: 'id' })),
    'keys by a scan': () => client.send(new ScanCommand({ TableName: TABLE, ProjectionExpression: 'id' })),
    'keys by a query': () =>
      client.send(
        new QueryCommand({
          TableName: TABLE,
          ProjectionExpression: 'id',
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': key.id },
        }),
      ),
  };
  for (const [what, read] of Object.entries(refused))
    it(`does not cover reading ${what}`, async () => {
      assume(taskDocument(grants(['id'])));
      await assert.rejects(read, { name: 'AccessDeniedException' });
    });
});
