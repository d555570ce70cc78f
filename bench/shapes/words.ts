import type { Random } from '../../simulator/random';

export const WORDS: readonly string[] = (
  'amber basalt cedar delta ember fjord garnet harbor indigo juniper karst lagoon meadow nectar orchid pepper ' +
  'quartz ravine saffron tundra umbra velvet willow yarrow zephyr'
).split(' ');

export function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => random.pick(WORDS)).join(' ');
}
