import assert from 'node:assert/strict';
import { isUsableViewType } from '../../../infra/plan/table-requirements';
import { USABLE_VIEW_TYPES } from '../../../runtime/pipeline/source';

describe('what a source table needs', () => {
  it('is what the runtime requires of its stream', () => {
    const all = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', '', undefined];
    assert.deepEqual(all.filter(isUsableViewType), USABLE_VIEW_TYPES);
  });
});
