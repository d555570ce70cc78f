import type { Random } from '../../simulator/random';

export const WORDS: readonly string[] = (
  'amber basalt cedar delta ember fjord garnet harbor indigo juniper karst lagoon meadow nectar orchid pepper ' +
  'quartz ravine saffron tundra umbra velvet willow yarrow zephyr'
).split(' ');

const SYLLABLES =
  'ba ce di fo gu ha jel kin lor mur na pes qui ro sun ta ver wi xa yo zen bra cle dri fro glu'.split(' ');

/** As varied as prose. With fewer words, gzip would compress better than it does with real items. */
export function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => word(random)).join(' ');
}

function word(random: Random): string {
  if (random.chance(0.3)) return random.pick(WORDS);
  return `${random.pick(SYLLABLES)}${random.pick(SYLLABLES)}${random.chance(0.5) ? random.pick(SYLLABLES) : ''}`;
}
