import assert from 'node:assert/strict';
import { ReplicatorError } from '../../../runtime/errors';
import { runCommandLine } from '../../../runtime/verbs/command-line';
import { EXIT } from '../../../runtime/verbs/exit-codes';
import { FakeTerminal } from './fake-terminal';

class TestGap extends ReplicatorError {
  readonly kind = 'gap';
}

describe('an error that ends a command', () => {
  for (const [what, isShown, printed] of [
    ['is printed', false, 'A gap.\n'],
    ['is not printed again if the progress shows it already', true, ''],
  ] as const) {
    it(what, async () => {
      const error = new TestGap('A gap.');
      const terminal = Object.assign(new FakeTerminal(), { shown: new WeakSet(isShown ? [error] : []) });
      const verb = {
        name: 'verify',
        summary: 'compare',
        example: 'verify',
        define: () => undefined,
        run: () => Promise.reject(error),
      };
      assert.equal(await runCommandLine(['verify'], terminal, [verb]), EXIT.gap);
      assert.equal(terminal.complained, printed);
    });
  }
});
