import assert from 'node:assert/strict';
import { acceptanceVerb } from '../../acceptance/verb';
import { UnknownServices, UnusableEndpoint } from '../../runtime/aws/endpoints';
import { UnknownProfile } from '../../runtime/aws/profiles';
import { runCommandLine } from '../../runtime/verbs/command-line';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';

async function refused(error: Error): Promise<{ readonly code: number; readonly said: string }> {
  const terminal = new FakeTerminal();
  const verb = acceptanceVerb([], () => Promise.reject(error));
  const code = await runCommandLine([verb.name, '--yes'], terminal, [verb]);
  return { code, said: terminal.complained };
}

describe('acceptance: an environment that cannot be used', () => {
  it('an unknown profile is wrong use: its name, and the command that lists the others', async () => {
    const { code, said } = await refused(new UnknownProfile('nobody', ['default', 'work']));
    assert.equal(code, 2);
    assert.match(said, /no AWS profile nobody\b.*aws configure list-profiles/);
    assert.doesNotMatch(said, /--profile/, 'there is no such flag');
  });

  for (const error of [new UnusableEndpoint('ftp://x'), new UnknownServices('local')])
    it(`${error.constructor.name} is wrong use, too`, async () => {
      const { code, said } = await refused(error);
      assert.equal(code, 2);
      assert.ok(said.includes(error.message), said);
    });

  it('what is not foreseen is not', async () => {
    assert.equal((await refused(new Error('unforeseen'))).code, 1);
  });
});
