import assert from 'node:assert/strict';
import type { CheckedRequirement } from '../../runtime/check';
import { ProxyServer } from '../runtime/aws/proxy-server';
import { full } from '../tiers/tier';
import { denied, RESOURCE } from './denied';
import { BUCKET, Place, PREFIX, TABLE } from './place';
import { keptEnvironment } from '../environment';

/** A missing requirement, and what both commands must print about it. */
interface BadInput {
  readonly what: string;
  arrange(place: Place): void;
  /** Flags that differ from the correct ones. */
  readonly words?: readonly string[];
  /** Start of the line with the cross; `fix`: the commands under it, without the flags that all of them end with. */
  readonly cross: string;
  readonly fix: readonly string[];
  /** What `run` prints. */
  readonly says: readonly RegExp[];
  /** The check could not even try to write its test object. */
  readonly bucketUntouched?: true;
}

const ENABLE = (table: string) =>
  `aws dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES`;
const DISABLE = (table: string) =>
  `aws dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=false`;
const RECOVER = `aws dynamodb update-continuous-backups --table-name ${TABLE} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`;

const MISSING: readonly BadInput[] = [
  {
    what: 'no such table',
    arrange: () => undefined,
    words: ['--table', 'nothing'],
    cross: '✗ table nothing: There is no table nothing at http',
    fix: ['aws dynamodb list-tables'],
    says: [/There is no table nothing in eu-west-1/, /aws dynamodb list-tables --region eu-west-1/],
  },
  {
    what: 'a stream of keys only',
    arrange: (place) => place.createTable('keys', { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }),
    words: ['--table', 'keys'],
    cross: '✗ stream with new images on keys: view type is KEYS_ONLY',
    fix: [DISABLE('keys'), ENABLE('keys')],
    says: [
      /view type KEYS_ONLY/,
      new RegExp(`${DISABLE('keys')} --region eu-west-1 .*\n *${ENABLE('keys')} --region`),
    ],
  },
  {
    what: 'the stream is off',
    arrange: (place) => place.createTable('off', {}),
    words: ['--table', 'off'],
    cross: '✗ stream with new images on off: off',
    fix: [ENABLE('off')],
    says: [/stream of table off is off/, new RegExp(`${ENABLE('off')} --region eu-west-1`)],
  },
  {
    what: 'point-in-time recovery is off',
    arrange: (place) => place.setRecovery(TABLE, false),
    cross: `✗ point-in-time recovery on ${TABLE}: off`,
    fix: [RECOVER],
    says: [/Point-in-time recovery of table orders is off/, new RegExp(`${RECOVER} --region eu-west-1`)],
  },
  {
    what: 'no such bucket',
    arrange: () => undefined,
    words: ['--bucket', 'no-such-bucket/pre'],
    cross: '✗ bucket no-such-bucket writable: There is no bucket no-such-bucket',
    fix: ['aws s3 mb s3://no-such-bucket'],
    says: [
      /There is no bucket no-such-bucket\. Create it: aws s3 mb s3:\/\/no-such-bucket --region eu-west-1/,
    ],
    bucketUntouched: true,
  },
  {
    what: 'a bucket of another account',
    arrange: (place) => place.simulator.s3.createBucket('their-bucket', '999999999999'),
    words: ['--bucket', 'their-bucket/pre'],
    cross:
      '✗ bucket their-bucket writable: Access denied: HeadBucket needs s3:ListBucket on arn:aws:s3:::their-bucket',
    fix: [grant('HeadBucket', 's3:ListBucket', 'arn:aws:s3:::their-bucket')],
    says: [
      /check that bucket their-bucket is this account's/,
      /aws s3api get-bucket-policy --bucket their-bucket/,
    ],
    bucketUntouched: true,
  },
];

function grant(operation: string, action: string, resource: string): string {
  const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
  return `aws iam put-user-policy --user-name simulator --policy-name dynamodb-replicator-${operation} --policy-document '{"Version":"2012-10-17","Statement":[${statement}]}'`;
}

/** Permissions that a run needs from the start, so that their lack is reported before anything is written. */
const ACTIONS: Readonly<Record<string, { readonly action: string; readonly line: string }>> = {
  DescribeTable: { action: 'dynamodb:DescribeTable', line: `table ${TABLE}` },
  DescribeContinuousBackups: {
    action: 'dynamodb:DescribeContinuousBackups',
    line: `point-in-time recovery on ${TABLE}`,
  },
  DescribeStream: { action: 'dynamodb:DescribeStream', line: `stream with new images on ${TABLE}` },
  GetShardIterator: { action: 'dynamodb:GetShardIterator', line: `stream with new images on ${TABLE}` },
  GetRecords: { action: 'dynamodb:GetRecords', line: `stream with new images on ${TABLE}` },
  HeadBucket: { action: 's3:ListBucket', line: `bucket ${BUCKET} writable` },
};
/** Permissions that only a check needs. */
const CHECK_ACTIONS: typeof ACTIONS = {
  PutObject: { action: 's3:PutObject', line: `bucket ${BUCKET} writable` },
  GetObject: { action: 's3:GetObject', line: `bucket ${BUCKET} writable` },
};
function denial(operation: string, { action, line }: (typeof ACTIONS)[string]): BadInput {
  const isObject = operation === 'PutObject' || operation === 'GetObject';
  const inBucket = isObject ? `arn:aws:s3:::${BUCKET}/${PREFIX}/*` : `arn:aws:s3:::${BUCKET}`;
  const resource = action.startsWith('s3:') ? inBucket : RESOURCE;
  return {
    what: `access denied: ${action}`,
    arrange: (place) => void place.simulator.faults.add({ operation, answer: denied(action) }),
    cross: `✗ ${line}: Access denied: ${operation} needs ${action} on ${resource}`,
    fix: [grant(operation, action, resource)],
    says: [new RegExp(`Access denied: ${operation} needs ${action} on `), /aws sts get-caller-identity/],
    ...(operation === 'HeadBucket' || operation === 'PutObject' ? { bucketUntouched: true } : {}),
  };
}

const inBoth = [
  ...MISSING,
  ...Object.entries(ACTIONS).map(([operation, needed]) => denial(operation, needed)),
];
const inCheck = [
  ...inBoth,
  ...Object.entries(CHECK_ACTIONS).map(([operation, needed]) => denial(operation, needed)),
];
const HOUR = 3_600_000;
const LINES = 6;

describe('bad input: requirements in AWS', () => {
  let place: Place;

  beforeEach(async () => {
    place = await Place.open();
  });
  afterEach(() => place.close());

  it('check: everything is there; writes only PREFIX/check', async () => {
    const { code, out, err } = await place.say(...place.words('check'));
    assert.equal(code, 0, out);
    assert.equal(err, '');
    assert.equal(out.match(/^✓ /gm)?.length, LINES, out);
    assert.equal(out.trimEnd().split('\n').length, LINES, out);
    place.assertNothingWritten({ but: [`${PREFIX}/check`] });
  });

  for (const { what, arrange, words = [], cross, fix, bucketUntouched } of inCheck) {
    it(`check: ${what}`, async () => {
      arrange(place);
      const { code, out } = await place.say(...place.words('check', ...words));
      assert.equal(code, 1);
      const lines = out.trimEnd().split('\n');
      const at = lines.findIndex((line) => line.startsWith('✗'));
      assert.ok(lines[at]?.startsWith(cross), out);
      const under = lines.slice(at + 1).filter((_, i) => lines.slice(at + 1, at + 2 + i).every(isIndented));
      const rest = ` --region eu-west-1 --endpoint-url ${place.url}`;
      assert.deepEqual(
        under,
        fix.map((command) => `    ${command}${rest}`),
      );
      assert.equal(out.match(/^[✓✗-] /gm)?.length, LINES, 'one line per requirement');
      assert.equal(out.match(/^✗ /gm)?.length, 1, 'one cross');
      place.assertNothingWritten({ but: bucketUntouched ? [] : [`${PREFIX}/check`] });
    });
  }

  it('check: shows S3’s own message about what the bucket requires of objects', async () => {
    const demands =
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters';
    place.simulator.faults.add({
      operation: 'PutObject',
      answer: { kind: 'error', type: 'InvalidRequest', status: 400, message: demands },
    });
    const { code, out } = await place.say(...place.words('check'));
    assert.equal(code, 1);
    const line = `✗ bucket ${BUCKET} writable: PutObject on s3://${BUCKET}/${PREFIX}/check was refused (InvalidRequest). AWS says: ${demands}.`;
    assert.ok(out.split('\n').includes(line), out);
  });

  full.it('check: kmsKeyId satisfies a bucket whose policy requires encryption headers', async () => {
    place.simulator.faults.add({
      operation: 'PutObject',
      answer: {
        kind: 'error',
        type: 'AccessDenied',
        status: 403,
        message: 'with an explicit deny in a resource-based policy',
      },
    });
    const { out } = await place.say(...place.words('check'));
    assert.match(out, /If it demands encryption headers, set kmsKeyId: exports are then written with them\./);
  });

  it('check: checks everything else if STS is unreachable, as in a network without its endpoint', async () => {
    const answer = { kind: 'error', type: 'ServiceUnavailable', status: 503 } as const;
    place.simulator.faults.add({ operation: 'GetCallerIdentity', answer });
    const { code, out } = await place.say(...place.words('check'));
    assert.equal(code, 1);
    assert.match(
      out,
      /^✗ credentials: GetCallerIdentity on the caller failed at the server .*; try again\./m,
    );
    assert.equal(out.match(/^✓ /gm)?.length, LINES - 1, out);
    assert.doesNotMatch(out, /no credentials/);
  });

  full.it('check: shows a proxy in its own line, without the password', async () => {
    const proxy = await ProxyServer.start();
    const withProxy = { HTTP_PROXY: `http://user:secret@${proxy.host}`, no_proxy: '' };
    const restoreEnvironment = keptEnvironment();
    Object.assign(process.env, withProxy);
    try {
      const { code, out } = await place.say(...place.words('check'));
      assert.equal(code, 0, out);
      const { host } = new URL(place.url);
      assert.match(out, new RegExp(`^✓ proxy http://${proxy.host}: used for ${host}$`, 'm'));
      assert.doesNotMatch(out, /secret/);
      assert.ok(proxy.asked.length > 5, `asked ${proxy.asked.length} times`);
    } finally {
      restoreEnvironment();
      await proxy.close();
    }
  });

  it('check --json: prints the same as one array', async () => {
    place.setRecovery(TABLE, false);
    const { code, out } = await place.say(...place.words('check', '--json'));
    assert.equal(code, 1);
    const lines = JSON.parse(out) as CheckedRequirement[];
    assert.equal(lines.length, LINES);
    const [cross, ...others] = lines.filter(({ outcome }) => outcome !== 'met');
    assert.deepEqual(others, []);
    assert.deepEqual(cross, {
      requirement: `point-in-time recovery on ${TABLE}`,
      outcome: 'not met',
      found: 'off; needed for the export',
      fix: `${RECOVER} --region eu-west-1 --endpoint-url ${place.url}`,
    });
  });

  it('check: with onGap heal, also whether keys may be read, with the statement that allows no more, and changes exported', async () => {
    const line = `key attributes of ${TABLE} readable`;
    const healing = place.words('check', '--on-gap', 'heal');
    const fine = await place.say(...healing);
    assert.equal(fine.code, 0, fine.out);
    assert.ok(fine.out.includes(`✓ ${line}: permitted`), fine.out);
    assert.ok(fine.out.includes(`✓ changes of ${TABLE} exportable: permitted`), fine.out);
    assert.match(
      fine.out,
      /^✓ point-in-time recovery on orders: on; a heal can reach back to \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m,
    );
    const exporting = 'dynamodb:ExportTableToPointInTime';
    place.simulator.faults.add({ operation: 'ExportTableToPointInTime', answer: denied(exporting) });
    const cannot = await place.say(...healing);
    assert.equal(cannot.code, 1);
    place.simulator.faults.clear();
    assert.match(cannot.out, /^✗ changes of orders exportable: Access denied: .*\n {4}aws iam put-/m);
    const action = 'dynamodb:BatchGetItem';
    place.simulator.faults.add({ operation: 'BatchGetItem', answer: denied(action) });
    const { code, out } = await place.say(...healing);
    assert.equal(code, 1);
    assert.ok(out.includes(`✗ ${line}: Access denied: BatchGetItem needs ${action} on ${RESOURCE}`), out);
    const [, policy = ''] = /-BatchGetItem --policy-document '(.*)'/.exec(out) ?? [];
    assert.deepEqual(JSON.parse(policy), {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: action,
          Resource: RESOURCE,
          Condition: {
            'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id'] },
            Null: { 'dynamodb:Attributes': 'false' },
            StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
          },
        },
      ],
    });
    const otherwise = await place.say(...place.words('check', '--on-gap', 'wait'));
    assert.equal(otherwise.code, 0, otherwise.out);
    assert.doesNotMatch(otherwise.out, /key attributes|exportable/);
    const missing = await place.say(...healing, '--table', 'nothing');
    assert.match(missing.out, /^- key attributes of nothing readable .*not found/m);
    assert.match(missing.out, /^- changes of nothing exportable .*not found/m);
    assert.doesNotMatch(missing.out, /undefined/);
    place.assertNothingWritten({ but: [`${PREFIX}/check`] });
  });

  it('check: with onGap heal, whether a gap can be healed and for how much, before and after it is recorded', async () => {
    const run = place.words('run', '--log-format', 'human');
    await place.sayUntil(run, ({ written }) => /: published /.test(written));
    const healing = place.words('check', '--on-gap', 'heal');
    const line = 'the gap in the changes of orders can be healed';
    const none = await place.say(...healing);
    assert.equal(none.code, 0, none.out);
    assert.doesNotMatch(none.out, /can be healed/);
    place.simulator.clock.advance?.(30 * HOUR);
    const price =
      /✓ .*can be healed: run heals it from 2 incremental exports of the changes from .* UTC to .* UTC, for .*\$/;
    const before = await place.say(...healing);
    assert.equal(before.code, 0, before.out);
    assert.match(before.out, price);
    const { code } = await place.say(...place.words('run', '--on-gap', 'exit'));
    assert.equal(code, 3);
    const recorded = await place.say(...healing);
    assert.equal(recorded.code, 0, recorded.out);
    assert.match(recorded.out, price);
    place.setRecovery(TABLE, false);
    place.setRecovery(TABLE, true);
    const { out, code: lost } = await place.say(...healing);
    assert.equal(lost, 1);
    assert.match(
      out,
      new RegExp(
        `✗ ${line}: .* is not healed: point-in-time recovery reaches back to .*\\n {4}dynamodb-replicator resync --table orders `,
      ),
    );
    assert.equal(place.exports(), 1);
  });

  it('check: grants a role’s missing permission to the role; for Identity Center it explains what to do', async () => {
    const arns = [
      ['assumed-role/deployer/session', /^ {4}aws iam put-role-policy --role-name deployer --policy-name /m],
      ['assumed-role/AWSReservedSSO_Admin_123/me', /^✗ table orders: Access denied.*\n- /m],
    ] as const;
    for (const [caller, expected] of arns) {
      place.simulator.faults.clear();
      place.simulator.faults.add({ operation: 'DescribeTable', answer: denied('dynamodb:DescribeTable') });
      place.simulator.faults.add({
        operation: 'GetCallerIdentity',
        answer: {
          kind: 'body',
          status: 200,
          contentType: 'text/xml',
          body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:${caller}</Arn><UserId>X</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
        },
      });
      const { out } = await place.say(...place.words('check'));
      assert.match(out, expected);
    }
  });

  const ROLE = 'arn:aws:iam::123456789012:role/reader';

  it('check: shows a source role in its own line, with commands that grant it what it lacks', async () => {
    place.simulator.faults.add({ operation: 'DescribeTable', answer: denied('dynamodb:DescribeTable') });
    const { out } = await place.say(...place.words('check', '--source-role-arn', ROLE));
    assert.match(out, /^✓ credentials: arn:aws:iam::123456789012:user\/simulator in account/m);
    assert.match(
      out,
      /^✓ source role arn:aws:iam::123456789012:role\/reader: assumed as arn:aws:sts::123456789012:assumed-role\/reader\/dynamodb-replicator in account 123456789012$/m,
    );
    assert.match(
      out,
      /^ {4}aws iam put-role-policy --role-name reader --policy-name dynamodb-replicator-DescribeTable /m,
    );
  });

  it('check: a source role that cannot be assumed: shows its trust policy and checks nothing else', async () => {
    const { iam } = place.simulator;
    const task = 'arn:aws:iam::123456789012:user/task';
    iam.putUser(task, { accessKeyId: 'test', policies: [] });
    const { code, out } = await place.say(
      ...place.words('check', '--source-role-arn', ROLE, '--source-external-id', 'ext-1'),
    );
    assert.equal(code, 1);
    assert.match(out, /^✗ source role .*: Access denied: role .*\/reader cannot be assumed/m);
    assert.match(
      out,
      /"Principal":\{"AWS":"arn:aws:iam::123456789012:user\/task"\}.*"sts:ExternalId":"ext-1"/,
    );
    assert.equal(out.match(/\(not checked\): the source role cannot be assumed/g)?.length, 4);
    place.assertNothingWritten();
  });

  it('run: a source role that cannot be assumed stops it at once', async () => {
    place.simulator.iam.putUser('arn:aws:iam::123456789012:user/task', { accessKeyId: 'test', policies: [] });
    const { code, all } = await place.say(
      ...place.words('run', '--log-format', 'human', '--source-role-arn', ROLE),
    );
    assert.equal(code, 1);
    assert.match(all, /role arn:aws:iam::123456789012:role\/reader cannot be assumed/);
    place.assertNothingWritten();
  });

  for (const { what, arrange, words = [], says } of inBoth) {
    it(`run: ${what}`, async () => {
      arrange(place);
      const said = await place.say(...place.words('run', '--log-format', 'human', ...words));
      assert.equal(said.code, 1);
      for (const expected of says) assert.match(said.all, expected);
      assert.doesNotMatch(said.all, /a bug in dynamodb-replicator|\n +at /);
      place.assertNothingWritten();
    });
  }

  it('run: a missing table does not stop another one', async () => {
    const { code, all } = await place.sayUntil(
      place.words('run', '--log-format', 'human', '--table', TABLE, '--table', 'nothing'),
      ({ written }) => /orders: .*published/.test(written),
    );
    assert.match(all, /There is no table nothing/);
    assert.match(all, /orders: .*published/);
    assert.equal(code, 1);
  });

  for (const verb of ['check', 'run']) {
    it(`${verb}: no credentials`, async () => {
      delete process.env['AWS_ACCESS_KEY_ID'];
      delete process.env['AWS_SECRET_ACCESS_KEY'];
      const { code, all } = await place.say(...place.words(verb, '--log-format', 'human'));
      assert.equal(code, 1);
      assert.match(all, /No AWS credentials were found/);
      assert.match(all, /"aws sso login" or "aws configure"/);
      assert.match(all, /aws sts get-caller-identity/);
      if (verb === 'check') assert.equal(all.match(/\(not checked\): no credentials/g)?.length, 4);
      place.assertNothingWritten();
    });

    it(`${verb}: credentials that AWS rejects`, async () => {
      const fault = place.simulator.faults.add({
        operation: '*',
        answer: {
          kind: 'error',
          type: 'UnrecognizedClientException',
          message: 'The security token is invalid.',
        },
      });
      const { code, all } = await place.say(...place.words(verb, '--log-format', 'human'));
      fault.remove();
      assert.equal(code, 1);
      assert.match(all, /AWS rejects the credentials \(UnrecognizedClientException/);
      assert.match(all, /aws sso login/);
      place.assertNothingWritten();
    });

    it(`${verb}: no region`, async () => {
      const words = place.words(verb);
      words.splice(words.indexOf('--region'), 2);
      const { code, all } = await place.say(...words);
      assert.equal(code, 1);
      assert.match(all, /No AWS region is set\. Give --region \(such as eu-west-1\), set AWS_REGION/);
      assert.match(all, /aws configure set region eu-west-1/);
      place.assertNothingWritten();
    });

    it(`${verb}: an endpoint that does not answer`, async () => {
      const words = place.words(verb, '--log-format', 'human');
      words[words.indexOf('--endpoint') + 1] = 'http://127.0.0.1:1';
      const { all } =
        verb === 'check'
          ? await place.say(...words)
          : await place.sayUntil(words, ({ written }) => /Cannot reach /.test(written));
      assert.match(all, /Cannot reach http:\/\/127\.0\.0\.1:1 \(connect ECONNREFUSED/);
      place.assertNothingWritten();
    });
  }
});

const isIndented = (line: string): boolean => line.startsWith('    ');
