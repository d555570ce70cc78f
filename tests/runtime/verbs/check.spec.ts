import assert from 'node:assert/strict';
import type { CheckedRequirement } from '../../../runtime/check';
import { text } from '../../../runtime/verbs/check';

const line = (outcome: CheckedRequirement['outcome'], found: string, fix?: string): string =>
  text({ requirement: 'table main.orders', outcome, found, fix });

describe('the text of a line of check', () => {
  it('has a tick only where there is nothing to do', () => {
    assert.equal(line('met', 'it is ours'), '✓ table main.orders: it is ours\n');
    assert.equal(line('met', ''), '✓ table main.orders\n');
  });

  it('has an exclamation mark, and the fix, for an object that may refuse rows', () => {
    assert.equal(
      line('met', 'note: it refuses equal values', 'Drop it: DROP INDEX i;'),
      '! table main.orders: note: it refuses equal values\n    Drop it: DROP INDEX i;\n',
    );
  });

  it('has a cross, and each line of the fix below it, for what is not met', () => {
    assert.equal(line('not met', 'missing', 'one\ntwo'), '✗ table main.orders: missing\n    one\n    two\n');
  });

  it('has a dash for what could not be checked', () => {
    assert.equal(line('not checked', 'no table'), '- table main.orders (not checked): no table\n');
  });
});
