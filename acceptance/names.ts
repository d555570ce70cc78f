/** The names of everything that a run makes: whatever has them can be found and deleted without knowing more. Pure. */

const BASE = 'replicator-acceptance';
const SUFFIX_LENGTH = 8;
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Key of the tag on everything that can have one; its value is the suffix. */
export const TAG = BASE;

export const isSuffix = (text: string): boolean => /^[a-z0-9]{8}$/.test(text);

/** @param random at least 0, below 1 */
export function newSuffix(random: () => number): string {
  const one = (): string => CHARACTERS.charAt(Math.floor(random() * CHARACTERS.length));
  return Array.from({ length: SUFFIX_LENGTH }, one).join('');
}

/** Name of the bucket and of the role. */
export const nameOf = (suffix: string): string => `${BASE}-${suffix}`;

/** Name of the bucket in another region. */
export const awayNameOf = (suffix: string): string => `${BASE}-${suffix}-away`;

/** What the names of the tables begin with. */
export const tablePrefix = (suffix: string): string => `${BASE}-${suffix}-`;

/** @throws RangeError for a part that cannot be in the name of a table */
export function tableName(suffix: string, part: string): string {
  if (!/^[a-z0-9]{1,32}$/.test(part)) throw new RangeError(`${part} cannot be part of a table’s name.`);
  return `${tablePrefix(suffix)}${part}`;
}
