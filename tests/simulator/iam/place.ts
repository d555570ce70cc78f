import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import type { Simulator } from '../../../simulator';
import { type Clients, listening, MINUTE } from '../fixture';

export const ACCOUNT = '123456789012';
export const OTHER = '210987654321';
export const USER = `arn:aws:iam::${ACCOUNT}:user/reader`;
export const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`;
export const BUCKET = 'exports';
export const KEY = { accessKeyId: 'AKIAREADER', secretAccessKey: 'secret' };

export const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
export const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
export const trust = (Principal: unknown, more: object = {}) =>
  document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...more });

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A simulator with an exportable table and a bucket, and the SDK's clients with any credentials. */
export class Place {
  private constructor(private readonly clients: Clients) {}

  static async open(): Promise<Place> {
    const clients = await listening();
    const { simulator, clock } = clients;
    simulator.call('dynamodb', 'CreateTable', {
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
    simulator.call('dynamodb', 'UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    clock.advance(10 * MINUTE);
    simulator.s3.createBucket(BUCKET);
    simulator.s3.putObject(BUCKET, 'pre/there', Buffer.from('bytes'));
    return new Place(clients);
  }

  get simulator(): Simulator {
    return this.clients.simulator;
  }

  get clock(): Clients['clock'] {
    return this.clients.clock;
  }

  get url(): string {
    return this.clients.url;
  }

  /** Allows the user that signs with `KEY` exactly this. */
  user(...statements: object[]): void {
    const { accessKeyId } = KEY;
    this.simulator.iam.putUser(USER, { accessKeyId, policies: [document(...statements)] });
  }

  as(credentials: Credentials = KEY) {
    const options = { endpoint: this.url, region: 'eu-west-1', credentials, maxAttempts: 1 };
    return {
      dynamodb: new DynamoDBClient(options),
      streams: new DynamoDBStreamsClient(options),
      s3: new S3Client({ ...options, forcePathStyle: true }),
      sts: new STSClient(options),
      secrets: new SecretsManagerClient(options),
    };
  }

  describeTable(who = this.as(), TableName = 'orders') {
    return who.dynamodb.send(new DescribeTableCommand({ TableName }));
  }

  getObject(Key: string, who = this.as(), Bucket = BUCKET) {
    return who.s3.send(new GetObjectCommand({ Bucket, Key }));
  }

  close(): Promise<void> {
    return this.clients.close();
  }
}
