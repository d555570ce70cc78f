/** A listening simulator's address, region, account and clock. */
export interface SimulatorPlace {
  readonly url: string;
  readonly region: string;
  readonly accountId: string;
  /** How many times faster than real time its clock runs. */
  readonly rate: number;
}

/** Why to start it with a faster clock. */
const SLOW = `
An export takes 5 to 12 minutes of its clock, as on AWS. To make that seconds, start it with --clock-rate 60, and give
--clock-rate 60 to "dynamodb-replicator run" too.
`;

/** What `dynamodb-replicator simulator` prints first: how to use it, and what it lacks. */
export function instructions({ url, region, accountId, rate }: SimulatorPlace): string {
  const clockRate = rate === 1 ? '' : ` --clock-rate ${rate}`;
  const speed = rate === 1 ? '' : `, with a clock ${rate} times faster than real time`;
  return `A local AWS is listening on ${url}${speed}: account ${accountId}, region ${region}.
All data is in memory. Any credentials work. Press Ctrl-C to stop it.
${rate === 1 ? SLOW : ''}
The AWS CLI, boto3 and the AWS SDKs use it once you run

  export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} \\
    AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

boto3, without these variables:

  boto3.resource('dynamodb', endpoint_url='${url}', region_name='${region}',
                 aws_access_key_id='local', aws_secret_access_key='local')

AWS SDK for JavaScript (DynamoDB, Streams, STS; for S3 add forcePathStyle: true):

  new DynamoDBClient({ endpoint: '${url}', region: '${region}',
                       credentials: { accessKeyId: 'local', secretAccessKey: 'local' } })

To create a table with a stream and point-in-time recovery, a bucket, an item and an export:

  aws dynamodb create-table --table-name orders --billing-mode PAY_PER_REQUEST \\
    --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH \\
    --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES
  aws dynamodb update-continuous-backups --table-name orders \\
    --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true
  aws s3 mb s3://my-exports
  aws dynamodb put-item --table-name orders --item '{"id": {"S": "1"}, "total": {"N": "12.50"}}'
  aws dynamodb export-table-to-point-in-time --s3-bucket my-exports \\
    --table-arn arn:aws:dynamodb:${region}:${accountId}:table/orders

To replicate it:

  npx dynamodb-replicator run --table orders --bucket my-exports --to orders.duckdb --endpoint ${url} --region ${region}${clockRate}

It has tables, items, secondary indexes, queries, transactions, TTL, tags, streams, point-in-time recovery, full and
incremental exports and the part of S3 that they need, STS (GetCallerIdentity, AssumeRole) and Secrets Manager (GetSecretValue).
It lacks PartiQL, legacy parameters, global tables, backups, restores, imports, ION exports, resource policies, S3 versions
and signature checks. It refuses a parameter that it lacks with NotSimulatedException, an operation with
UnknownOperationException, and in S3 with NotImplemented. It describes throughput limits and encryption, but they have no effect.

New tables are CREATING for a moment. The waiters of the CLI and the SDKs check again only after 20 s. For tables without this
delay, start it with --table-delay-ms 0.

${url}/_simulator lists how to move the clock, split shards and make calls fail.
`;
}
