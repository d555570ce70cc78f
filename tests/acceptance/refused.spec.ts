import assert from 'node:assert/strict';
import { command, leftIn } from './command';
import { Laboratory } from './laboratory';
import { denying, documentedPolicy, permit } from './permissions';
import { crossing, exporting, writing } from './sample-checks';

const SETTING_UP = [
  's3:CreateBucket',
  's3:PutBucketTagging',
  's3:PutObject',
  'iam:CreateRole',
  'iam:PutRolePolicy',
];
const REMOVING = [
  'dynamodb:ListTables',
  'dynamodb:DeleteTable',
  's3:ListBucketVersions',
  's3:DeleteObject',
  's3:ListBucketMultipartUploads',
  's3:AbortMultipartUpload',
  's3:DeleteBucket',
  'iam:ListRolePolicies',
  'iam:DeleteRolePolicy',
  'iam:DeleteRole',
];

async function runWithout(action: string) {
  const laboratory = new Laboratory();
  permit(laboratory, documentedPolicy(), denying(action));
  const ended = await command(laboratory, ['--yes'], { checks: [writing, exporting] });
  return { laboratory, ...ended };
}

describe('acceptance: a permission that is missing', () => {
  it('with the documented permissions a run works', async () => {
    const laboratory = new Laboratory();
    permit(laboratory, documentedPolicy());
    const { code, said } = await command(laboratory, ['--yes'], { checks: [writing, exporting] });
    assert.equal(code, 0, said);
    assert.deepEqual(leftIn(laboratory), []);
  });

  for (const action of SETTING_UP)
    it(`without ${action} the run names it, and leaves nothing`, async () => {
      const { laboratory, code, said } = await runWithout(action);
      assert.equal(code, 1);
      assert.ok(said.includes(`Your credentials may not call ${action}.`), said);
      assert.deepEqual(leftIn(laboratory), []);
    });

  for (const action of REMOVING)
    it(`without ${action} the run names it, and removes what it may`, async () => {
      const { laboratory, code, said } = await runWithout(action);
      assert.equal(code, 1);
      assert.ok(said.includes(`Not everything was removed: Your credentials may not call ${action}.`), said);
      const [service] = action.split(':');
      const left = leftIn(laboratory);
      assert.ok(left.length > 0);
      for (const name of left)
        assert.equal(
          name.startsWith('arn:') ? 'iam' : /-\w{8}-/.test(name) ? 'dynamodb' : 's3',
          service,
          name,
        );
    });

  it('a role that cannot be assumed is reported as such', async () => {
    const { laboratory, code, said } = await runWithout('sts:AssumeRole');
    assert.equal(code, 1);
    assert.match(said, /After 3 minutes, role replicator-acceptance-\w+ cannot be used/);
    assert.deepEqual(leftIn(laboratory), []);
  });

  it('a check that may not make its bucket is not asked, with the action', async () => {
    const laboratory = new Laboratory();
    const elsewhere = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 's3:CreateBucket', Resource: 'arn:aws:s3:::*-away' }],
    } as const;
    permit(laboratory, documentedPolicy(), elsewhere);
    const { code, report } = await command(laboratory, ['--yes'], { checks: [writing, crossing] });
    assert.equal(code, 0);
    const [other] = report?.others ?? [];
    assert.deepEqual(
      [other?.name, other?.verdict, other?.because],
      ['crossing', 'not asked', 'The credentials may not call s3:CreateBucket.'],
    );
    assert.deepEqual(leftIn(laboratory), []);
  });

  it('a check that may not do something is not asked, with the action', async () => {
    const laboratory = new Laboratory();
    permit(laboratory, documentedPolicy(), denying('dynamodb:ExportTableToPointInTime'));
    const { code, report } = await command(laboratory, ['--yes'], { checks: [writing, exporting] });
    assert.equal(code, 0);
    const [e19] = report?.assumptions.find(({ number }) => number === 'E19')?.checks ?? [];
    assert.deepEqual(
      [e19?.verdict, e19?.because],
      ['not asked', 'The credentials may not call dynamodb:ExportTableToPointInTime.'],
    );
    assert.deepEqual(leftIn(laboratory), []);
  });
});
