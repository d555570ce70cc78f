import fc from 'fast-check';
import assert from 'node:assert/strict';
import { scrub, scrubText } from '../../acceptance/scrub';
import { seed, sized } from '../seeds';

const secrets = { account: '123456789012', suffix: 'ab12cd34' };

describe('acceptance: what identifies an account is taken out of a report', () => {
  const rows: readonly (readonly [text: string, scrubbed: string])[] = [
    ['nothing secret here', 'nothing secret here'],
    ['in account 123456789012.', 'in account (account).'],
    ['of another account, 210987654321', 'of another account, (account)'],
    [
      'User: arn:aws:sts::210987654321:assumed-role/Admin/jo@example.com is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::x/y"',
      'User: (ARN) is not authorized to perform: s3:PutObject on resource: "(ARN)"',
    ],
    [
      'User: arn:aws:sts::123456789012:assumed-role/Admin/jo@example.com may not read arn:aws:s3:::replicator-acceptance-ab12cd34/x',
      'User: (ARN) may not read (ARN)',
    ],
    ['arn:aws-cn:dynamodb:cn-north-1:1:table/t/stream/2026-01-05T12:00:00.000.', '(ARN).'],
    ['key AKIAIOSFODNN7EXAMPLE', 'key (key id)'],
    ['ASIAY34FZKBOKMUTVV7A expired', '(key id) expired'],
    ['table replicator-acceptance-ab12cd34-life', 'table replicator-acceptance-(suffix)-life'],
    ['request 4e6f1a3b-52c7-4d6a-9b1e-0123456789ab', 'request (id)'],
    ['Request ID: 4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG', 'Request ID: (id)'],
    ['shardId-00000001414576573621-f55eea83', 'shardId-00000001414576573621-f55eea83'],
    ['sequence number 111700000000021621010', 'sequence number 111700000000021621010'],
    ['at 1767614400000', 'at 1767614400000'],
  ];
  for (const [text, scrubbed] of rows)
    it(text, () => {
      assert.equal(scrubText(text, secrets), scrubbed);
    });

  it('in names, lists and numbers, too; other values stay', () => {
    assert.deepEqual(
      scrub({ 'at 123456789012': ['ab12cd34', 123456789012, 12, true, null, { deep: 'ab12cd34' }] }, secrets),
      { 'at (account)': ['(suffix)', '(account)', 12, true, null, { deep: '(suffix)' }] },
    );
  });

  it('whatever surrounds it', () => {
    const digit = fc.integer({ min: 0, max: 9 }).map(String);
    const around = fc.string({ unit: 'grapheme', maxLength: 20 });
    const account = fc.array(digit, { minLength: 12, maxLength: 12 }).map((digits) => digits.join(''));
    const suffix = fc.stringMatching(/^[a-z0-9]{8}$/);
    fc.assert(
      fc.property(around, account, around, suffix, around, (before, own, between, run, after) => {
        const text = `${before}${own}${between}${run}${after} arn:aws:iam::${own}:role/${run} `;
        const scrubbed = scrubText(text, { account: own, suffix: run });
        assert.ok(!scrubbed.includes(own), scrubbed);
        assert.ok(!scrubbed.includes('arn:aws'), scrubbed);
        // A placeholder may have the letters of a suffix.
        assert.ok(!scrubbed.replaceAll(/\((?:account|suffix|ARN|id|key id)\)/g, '').includes(run), scrubbed);
      }),
      { seed: seed(), numRuns: sized(300) },
    );
  });
});
