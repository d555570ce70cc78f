import assert from 'node:assert/strict';
import { CHECKS } from '../../acceptance/checks';
import type { Simulator } from '../../simulator';
import { asked, checksOfMode } from './asked';
import { command } from './command';
import { Laboratory } from './laboratory';

const MESSAGE = 'Role arn:aws:iam::123456789012:role/x of 123456789012 may not write';
const SAYS_WHY =
  /ended FAILED, with S3AccessDenied: Role arn:aws:iam::123456789012:role\/x of 123456789012 may/;

/** AWS accepts every export, and fails it later. */
function failExports(simulator: Simulator): void {
  const failed = { ExportStatus: 'FAILED', FailureCode: 'S3AccessDenied', FailureMessage: MESSAGE };
  const body = JSON.stringify({ ExportDescription: failed });
  const contentType = 'application/x-amz-json-1.0';
  simulator.faults.add({
    operation: 'DescribeExport',
    answer: { kind: 'body', status: 200, contentType, body },
  });
}

describe('acceptance: exports that AWS fails', () => {
  const asking = ['quick E16', 'quick E18', 'quick E25', 'long E14'];

  it('are not asked, with AWS’s code and message', async () => {
    const checks = CHECKS.filter(({ mode, id }) => asking.includes(`${mode} ${id}`));
    const answers = await asked(checks, {}, { meanwhile: async ({ simulator }) => failExports(simulator) });
    assert.deepEqual([...answers.keys()].sort(), [...asking].sort());
    for (const [name, { verdict, because = '' }] of answers) {
      assert.equal(verdict, 'not asked', name);
      assert.match(because, SAYS_WHY, name);
    }
  });

  it('into another region differ, with AWS’s code and message', async () => {
    const checks = checksOfMode('quick').filter(({ id }) => id === 'cross-region');
    const answers = await asked(checks, {}, { meanwhile: async ({ simulator }) => failExports(simulator) });
    const { verdict, because = '' } = answers.get('quick cross-region') ?? {};
    assert.equal(verdict, 'differs');
    assert.match(because, SAYS_WHY);
  });

  it('are in the report without ids of the account', async () => {
    const laboratory = new Laboratory();
    failExports(laboratory.simulator);
    const { code, report } = await command(laboratory, ['--yes', '--only', 'E16'], { checks: CHECKS });
    assert.equal(code, 1);
    const [check] = report?.assumptions.find(({ number }) => number === 'E16')?.checks ?? [];
    assert.equal(
      check?.because,
      'The export ended FAILED, with S3AccessDenied: Role (ARN) of (account) may not write.',
    );
  });
});
