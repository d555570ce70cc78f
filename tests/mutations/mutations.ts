import { COMMITS_AND_WATERMARK } from './commits-and-watermark';
import { GAPS_AND_RESYNCS } from './gaps-and-resyncs';
import { GENERATIONS_AND_ORDER } from './generations-and-order';
import { HEALING } from './healing';
import { LOAD_AND_PUBLISH } from './load-and-publish';
import type { Mutation } from './mutation';
import { VERIFYING } from './verifying';

/** Each rule that is built, clause by clause, switched off. */
export const MUTATIONS: readonly Mutation[] = [
  ...GENERATIONS_AND_ORDER,
  ...COMMITS_AND_WATERMARK,
  ...LOAD_AND_PUBLISH,
  ...GAPS_AND_RESYNCS,
  ...HEALING,
  ...VERIFYING,
];
