import assert from 'node:assert/strict';
import { classify } from '../../../runtime/aws/classify';
import type { AwsFault } from '../../../runtime/aws/faults';
import type { Operation } from '../../../runtime/aws/operations';

interface Thrown {
  readonly name?: string;
  readonly code?: string;
  readonly status?: number;
  readonly message?: string;
}

interface Expected {
  readonly kind: AwsFault['kind'];
  readonly pace?: AwsFault['pace'];
  readonly code?: string;
  readonly says: RegExp;
}

const CONTEXT = {
  region: 'eu-west-1',
  table: 'orders',
  bucket: 'my-exports',
  key: 'p/AWSDynamoDB/1/data/a.json.gz',
};

function fault(
  operation: Operation,
  thrown: Thrown,
  context: Partial<typeof CONTEXT> & { arn?: string } = {},
): AwsFault {
  const error = Object.assign(new Error(thrown.message ?? 'said by AWS'), {
    name: thrown.name ?? 'Error',
    ...(thrown.code === undefined ? {} : { code: thrown.code }),
    $metadata: thrown.status === undefined ? {} : { httpStatusCode: thrown.status },
  });
  return classify(operation, error, { ...CONTEXT, ...context });
}

const TABLE: readonly (readonly [row: string, Operation, Thrown, Expected])[] = [
  [
    '1',
    'GetRecords',
    { name: 'ExpiredIteratorException', status: 400 },
    { kind: 'retry', says: /15 minutes/ },
  ],
  ['2', 'GetRecords', { name: 'TrimmedDataAccessException', status: 400 }, { kind: 'gap', says: /24 hours/ }],
  [
    '2',
    'GetShardIterator',
    { name: 'TrimmedDataAccessException', status: 400 },
    { kind: 'gap', says: /24 hours/ },
  ],
  [
    '3',
    'GetRecords',
    { name: 'ResourceNotFoundException', status: 400 },
    { kind: 'gap', says: /no longer exists.*LatestStreamArn/ },
  ],
  [
    '4',
    'GetRecords',
    { name: 'LimitExceededException', status: 400 },
    { kind: 'retry', pace: 'throttled', says: /throttled/ },
  ],
  [
    '5',
    'GetRecords',
    { name: 'ThrottlingException', status: 400 },
    { kind: 'retry', pace: 'throttled', says: /throttled/ },
  ],
  [
    '5',
    'GetRecords',
    { name: 'ProvisionedThroughputExceededException', status: 400 },
    { kind: 'retry', pace: 'throttled', says: /throttled/ },
  ],
  [
    '5',
    'DescribeTable',
    { name: 'RequestLimitExceeded', status: 400 },
    { kind: 'retry', pace: 'throttled', says: /throttled/ },
  ],
  [
    '6',
    'GetRecords',
    { name: 'InternalServerError', status: 500 },
    { kind: 'retry', pace: 'soon', says: /retrying/ },
  ],
  [
    '6',
    'GetRecords',
    { name: 'InternalFailure', status: 500 },
    { kind: 'retry', pace: 'soon', says: /retrying/ },
  ],
  [
    '6',
    'GetRecords',
    { name: 'ServiceUnavailableException', status: 503 },
    { kind: 'retry', says: /retrying/ },
  ],
  [
    '7',
    'GetRecords',
    { name: 'SyntaxError', status: 502 },
    { kind: 'retry', pace: 'soon', says: /at the server/ },
  ],
  [
    '8',
    'GetRecords',
    { name: 'SyntaxError', status: 200, message: 'Unexpected end' },
    { kind: 'retry', pace: 'soon', code: 'UnreadableAnswer', says: /cut off.*a proxy or a sign-in page/ },
  ],
  [
    '8',
    'DescribeTable',
    { name: 'TypeError', status: 200 },
    { kind: 'retry', pace: 'soon', code: 'UnreadableAnswer', says: /cut off/ },
  ],
  ['8', 'GetRecords', { name: 'UnreadableAnswer' }, { kind: 'retry', pace: 'soon', says: /cut off/ }],
  [
    '9',
    'GetRecords',
    { name: 'Error', code: 'ECONNRESET', status: 200 },
    { kind: 'retry', pace: 'soon', code: 'ECONNRESET', says: /retrying/ },
  ],
  [
    '9',
    'GetRecords',
    { name: 'TimeoutError', code: 'ECONNRESET' },
    { kind: 'retry', pace: 'soon', code: 'ECONNRESET', says: /retrying/ },
  ],
  [
    '9',
    'GetObject',
    { name: 'TimeoutError', code: 'EPIPE' },
    { kind: 'retry', pace: 'soon', code: 'EPIPE', says: /retrying/ },
  ],
  [
    '9',
    'DescribeTable',
    { name: 'Error', code: 'HPE_INVALID_CONSTANT' },
    { kind: 'retry', pace: 'soon', says: /retrying/ },
  ],
  [
    '10',
    'DescribeTable',
    {
      name: 'ProxyFailed',
      code: 'PROXY_ECONNREFUSED',
      message: 'The proxy http://proxy:1 did not connect.',
    },
    {
      kind: 'retry',
      pace: 'soon',
      says: /^DescribeTable on table orders failed\. The proxy http:\/\/proxy:1 /,
    },
  ],
  // The SDK gives some errors of sockets a name of its own.
  [
    '10',
    'DescribeTable',
    {
      name: 'TimeoutError',
      code: 'PROXY_ETIMEDOUT',
      message: 'The proxy http://proxy:1 did not connect.',
    },
    { kind: 'retry', pace: 'soon', code: 'PROXY_ETIMEDOUT', says: /The proxy http:\/\/proxy:1 / },
  ],
  [
    '13',
    'DescribeTable',
    { name: 'ProxyFailed', code: 'PROXY_407', message: 'The proxy http://proxy:1 refuses connections.' },
    { kind: 'retry', pace: 'slow', says: /The proxy http:\/\/proxy:1 refuses/ },
  ],
  [
    '16',
    'DescribeTable',
    { name: 'ProxyFailed', code: 'PROXY_ADDRESS', message: 'The proxy address cannot be read.' },
    { kind: 'fatal', says: /The proxy address cannot be read/ },
  ],
  [
    '10',
    'DescribeTable',
    { name: 'Error', code: 'ECONNREFUSED' },
    { kind: 'retry', pace: 'soon', code: 'ECONNREFUSED', says: /Cannot reach AWS in eu-west-1/ },
  ],
  [
    '10',
    'DescribeTable',
    { name: 'AggregateError', code: 'ECONNREFUSED' },
    { kind: 'retry', code: 'ECONNREFUSED', says: /Cannot reach / },
  ],
  [
    '10',
    'DescribeTable',
    { name: 'Error', code: 'ENOTFOUND' },
    { kind: 'retry', pace: 'soon', says: /region's name/ },
  ],
  [
    '10',
    'DescribeTable',
    { name: 'Error', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    { kind: 'retry', pace: 'slow', says: /NODE_EXTRA_CA_CERTS/ },
  ],
  [
    '11',
    'GetRecords',
    { name: 'TimeoutError', code: 'ETIMEDOUT' },
    { kind: 'retry', pace: 'soon', code: 'ETIMEDOUT', says: /retrying/ },
  ],
  [
    '11',
    'GetObject',
    { name: 'TimeoutError' },
    { kind: 'retry', pace: 'soon', code: 'TimeoutError', says: /retrying/ },
  ],
  [
    '13',
    'DescribeTable',
    { name: 'AccessDeniedException', status: 400 },
    {
      kind: 'retry',
      pace: 'slow',
      says: /dynamodb:DescribeTable.*arn:aws:dynamodb:eu-west-1:\*:table\/orders/,
    },
  ],
  [
    '13',
    'ListExports',
    { name: 'AccessDeniedException', status: 400 },
    { kind: 'fatal', says: /dynamodb:ListExports/ },
  ],
  [
    '13',
    'DescribeTable',
    { name: 'SyntaxError', status: 403 },
    { kind: 'retry', pace: 'slow', says: /Access denied/ },
  ],
  [
    '14',
    'DescribeTable',
    { name: 'UnrecognizedClientException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /aws sts get-caller-identity/ },
  ],
  [
    '14',
    'DescribeTable',
    { name: 'ExpiredTokenException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /aws sso login/ },
  ],
  [
    '14',
    'DescribeTable',
    { name: 'InvalidSignatureException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /credentials/ },
  ],
  [
    '14',
    'DescribeTable',
    { name: 'IncompleteSignatureException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /credentials/ },
  ],
  [
    '14',
    'DescribeTable',
    { name: 'MissingAuthenticationTokenException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /credentials/ },
  ],
  [
    '14',
    'GetObject',
    { name: 'InvalidAccessKeyId', status: 403 },
    { kind: 'retry', pace: 'slow', says: /credentials/ },
  ],
  [
    '14',
    'DescribeTable',
    { name: 'CredentialsProviderError' },
    { kind: 'retry', pace: 'slow', says: /No AWS credentials.*aws configure.*AWS_PROFILE/ },
  ],
  [
    '15',
    'DescribeTable',
    {
      name: 'InvalidSignatureException',
      status: 400,
      message: 'Signature expired: 20260101 is now earlier than 20260102',
    },
    { kind: 'retry', pace: 'soon', says: /machine's clock is wrong/ },
  ],
  [
    '15',
    'GetObject',
    { name: 'RequestTimeTooSkewed', status: 403 },
    { kind: 'retry', pace: 'soon', says: /machine's clock is wrong/ },
  ],
  [
    '16',
    'DescribeTable',
    { name: 'Error', message: 'Region is missing' },
    { kind: 'fatal', says: /--region .*AWS_REGION.*aws configure set region/ },
  ],
  [
    '16',
    'GetShardIterator',
    { name: 'ValidationException', status: 400 },
    { kind: 'fatal', says: /said by AWS/ },
  ],
  [
    '16',
    'DescribeTable',
    { name: 'SerializationException', status: 400 },
    { kind: 'fatal', says: /invalid/ },
  ],
  [
    '16',
    'ExportTableToPointInTime',
    { name: 'UnknownOperationException', status: 400 },
    { kind: 'fatal', says: /does not support ExportTableToPointInTime/ },
  ],
  [
    '17',
    'GetRecords',
    { name: 'KMSAccessDeniedException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /kms:Decrypt/ },
  ],
  [
    '17',
    'GetObject',
    { name: 'KMS.DisabledException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /aws kms enable-key/ },
  ],
  [
    '17',
    'DescribeTable',
    { name: 'InaccessibleEncryptionDateTimeException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /KMS/ },
  ],
  [
    '18',
    'ExportTableToPointInTime',
    { name: 'PointInTimeRecoveryUnavailableException', status: 400 },
    {
      kind: 'fatal',
      says: /aws dynamodb update-continuous-backups --table-name orders .*PointInTimeRecoveryEnabled=true --region eu-west-1/,
    },
  ],
  [
    '19',
    'DescribeContinuousBackups',
    { name: 'ContinuousBackupsUnavailableException', status: 400 },
    { kind: 'retry', pace: 'throttled', says: /being set up/ },
  ],
  [
    '20',
    'ExportTableToPointInTime',
    { name: 'InvalidExportTimeException', status: 400 },
    { kind: 'fatal', says: /describe-continuous-backups/ },
  ],
  [
    '5',
    'BatchGetItem',
    { name: 'ProvisionedThroughputExceededException', status: 400 },
    { kind: 'retry', pace: 'throttled', says: /BatchGetItem on table orders is throttled/ },
  ],
  [
    '13',
    'BatchGetItem',
    { name: 'AccessDeniedException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /needs dynamodb:BatchGetItem on arn:aws:dynamodb:.*table\/orders/ },
  ],
  [
    '23',
    'BatchGetItem',
    { name: 'ResourceNotFoundException', status: 400 },
    { kind: 'fatal', says: /no table orders/ },
  ],
  [
    '21',
    'ExportTableToPointInTime',
    { name: 'ExportConflictException', status: 400 },
    { kind: 'fatal', says: /aws dynamodb list-exports/ },
  ],
  [
    '22',
    'ExportTableToPointInTime',
    { name: 'LimitExceededException', status: 400 },
    { kind: 'retry', pace: 'throttled', says: /as many exports/ },
  ],
  [
    '23',
    'DescribeTable',
    { name: 'ResourceNotFoundException', status: 400 },
    { kind: 'fatal', says: /no table orders .*aws dynamodb list-tables --region eu-west-1/ },
  ],
  [
    '23',
    'ExportTableToPointInTime',
    { name: 'TableNotFoundException', status: 400 },
    { kind: 'fatal', says: /no table orders/ },
  ],
  [
    '24',
    'DescribeExport',
    { name: 'ExportNotFoundException', status: 400 },
    { kind: 'fatal', says: /90 days/ },
  ],
  [
    '27',
    'GetObject',
    { name: 'NoSuchKey', status: 404 },
    { kind: 'fatal', says: /aws s3 ls s3:\/\/my-exports\/p/ },
  ],
  [
    '27',
    'GetObject',
    { name: 'NoSuchBucket', status: 404 },
    { kind: 'fatal', says: /aws s3 mb s3:\/\/my-exports/ },
  ],
  [
    '27',
    'HeadBucket',
    { name: 'NotFound', status: 404, message: 'UnknownError' },
    { kind: 'fatal', says: /There is no bucket my-exports/ },
  ],
  [
    '27',
    'GetObject',
    { name: 'AccessDenied', status: 403 },
    {
      kind: 'retry',
      pace: 'slow',
      says: /s3:GetObject on arn:aws:s3:::my-exports\/p\/AWSDynamoDB\/1\/data\/\*/,
    },
  ],
  [
    '27',
    'HeadBucket',
    { name: '403', status: 403, message: 'UnknownError' },
    { kind: 'retry', pace: 'slow', says: /s3:ListBucket on arn:aws:s3:::my-exports/ },
  ],
  [
    '27',
    'GetObject',
    { name: 'PermanentRedirect', status: 301 },
    { kind: 'fatal', says: /another region.*get-bucket-location/ },
  ],
  [
    '28',
    'GetObject',
    { name: 'SlowDown', status: 503 },
    { kind: 'retry', pace: 'throttled', says: /throttled/ },
  ],
  [
    '28',
    'GetObject',
    { name: 'InternalError', status: 500 },
    { kind: 'retry', pace: 'soon', says: /retrying/ },
  ],
  ['28', 'GetObject', { name: 'ServiceUnavailable', status: 503 }, { kind: 'retry', says: /retrying/ }],
  [
    '28',
    'PutObject',
    { name: 'RequestTimeout', status: 400 },
    { kind: 'retry', pace: 'soon', says: /retrying/ },
  ],
  [
    '28',
    'GetObject',
    { name: 'PreconditionFailed', status: 412 },
    { kind: 'fatal', says: /replaced while it was read/ },
  ],
  [
    '33',
    'GetRecords',
    { name: 'UnsupportedRecord', message: 'record 1 has no new image' },
    { kind: 'fatal', says: /record 1 has no new image.*StreamViewType=NEW_AND_OLD_IMAGES/ },
  ],
  [
    '16',
    'GetSecretValue',
    { name: 'ResourceNotFoundException', status: 400 },
    { kind: 'fatal', says: /no secret.*list-secrets/ },
  ],
  [
    '16',
    'GetSecretValue',
    { name: 'InvalidRequestException', status: 400, message: 'it was marked for deletion' },
    { kind: 'fatal', says: /marked for deletion.*restore-secret/ },
  ],
  [
    '17',
    'GetSecretValue',
    { name: 'DecryptionFailure', status: 400 },
    { kind: 'retry', pace: 'slow', says: /KMS key/ },
  ],
  [
    '13',
    'GetSecretValue',
    { name: 'AccessDeniedException', status: 400 },
    { kind: 'retry', pace: 'slow', says: /secretsmanager:GetSecretValue/ },
  ],
];

describe('Fault table, errors of AWS calls', () => {
  for (const [row, operation, thrown, expected] of TABLE) {
    const what = [thrown.name, thrown.code, thrown.status].filter((part) => part !== undefined).join(' ');
    it(`row ${row}: ${operation} ${what} is ${expected.kind}${expected.pace ? `, ${expected.pace}` : ''}`, () => {
      const seen = fault(operation, thrown);
      assert.equal(seen.kind, expected.kind);
      if (expected.pace !== undefined) assert.equal(seen.pace, expected.pace);
      assert.equal(
        seen.code,
        expected.code ?? (thrown.name === 'Error' ? (thrown.code ?? 'Error') : thrown.name),
      );
      assert.equal(seen.httpStatus, thrown.status);
      assert.equal(seen.operation, operation);
      assert.match(seen.message, expected.says);
    });
  }

  it('row 13: a refused role is retried like any missing permission; an invalid request is not', () => {
    const arn = 'arn:aws:iam::123456789012:role/reader';
    const denied = fault('AssumeRole', { name: 'AccessDenied', status: 403 }, { arn });
    assert.deepEqual([denied.kind, denied.pace, denied.permission], ['retry', 'slow', undefined]);
    assert.match(denied.message, /"Principal":\{"AWS":"ARN_OF_THE_CALLER"\}/);
    const invalid = fault('AssumeRole', { name: 'ValidationError', status: 400 }, { arn });
    assert.equal(invalid.kind, 'fatal');
    assert.match(
      invalid.message,
      /AssumeRole on role arn:aws:iam::123456789012:role\/reader was refused as invalid/,
    );
  });

  it('row 13: names the action and resource from AWS’s message, and gives the policy statement', () => {
    const seen = fault('ExportTableToPointInTime', {
      name: 'AccessDeniedException',
      status: 400,
      message:
        'User: arn:aws:iam::123456789012:user/ann is not authorized to perform: dynamodb:ExportTableToPointInTime on ' +
        'resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders because no identity-based policy allows it',
    });
    assert.match(
      seen.message,
      /\{"Effect":"Allow","Action":"dynamodb:ExportTableToPointInTime","Resource":"arn:aws:dynamodb:eu-west-1:123456789012:table\/orders"\}/,
    );
  });

  it('names a custom endpoint that does not answer', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const { message } = classify('DescribeTable', refused, { ...CONTEXT, endpoint: 'http://127.0.0.1:4567' });
    assert.match(message, /http:\/\/127\.0\.0\.1:4567/);
  });

  it('treats an error that no row matches as fatal, so that somebody sees it', () => {
    const unknown = fault('GetRecords', { name: 'NeverHeardOfException', status: 400 });
    assert.equal(unknown.kind, 'fatal');
    assert.match(unknown.message, /was refused \(NeverHeardOfException\)\. AWS says: said by AWS\./);
    assert.equal(classify('GetRecords', 'not even an error', CONTEXT).kind, 'fatal');
  });

  it('keeps the cause', () => {
    const cause = new Error('x');
    assert.equal(classify('GetRecords', cause, CONTEXT).cause, cause);
  });
});
