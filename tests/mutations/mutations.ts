import { COMMITS_AND_WATERMARK } from './commits-and-watermark';
import { GENERATIONS_AND_ORDER } from './generations-and-order';
import { HEALING } from './healing';
import { LOAD_PUBLISH_AND_GAPS } from './load-publish-and-gaps';
import type { Mutation } from './mutation';
import { VERIFYING } from './verifying';

/** Each rule that is built, clause by clause, switched off. */
export const MUTATIONS: readonly Mutation[] = [
  ...GENERATIONS_AND_ORDER,
  ...COMMITS_AND_WATERMARK,
  ...LOAD_PUBLISH_AND_GAPS,
  ...HEALING,
  ...VERIFYING,
];
