import { randomBytes } from 'node:crypto';
import { quote } from '../relational/sql';

/** Who does not know it cannot choose cells whose digests are the same. */
const KEY = randomBytes(32).toString('hex');

/**
 * SQL of 128 bits that stand for cells: the same for the same cells, NULL being one of its own, and in practice for no
 * others. Lengths come first, so that no two rows come to the same text.
 * @param alias of the table that has them
 */
export function rowDigest(columns: readonly string[], alias: string): string {
  if (columns.length === 0) return '0';
  const cells = columns.map((name) => {
    const text = `${alias}.${quote(name)}::VARCHAR`;
    return `coalesce(strlen(${text}) || ':' || ${text}, '-')`;
  });
  return `unhex(left(sha256(concat('${KEY}', ${cells.join(', ')})), 32))`;
}
