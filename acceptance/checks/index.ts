import type { Check } from '../check';

/** All checks of single assumptions, in the order of their numbers. */
export const CHECKS: readonly Check[] = [];
