import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Dialect } from './dialect';
import { isReservedName } from './reserved-names';

type Identifiers = Dialect['identifiers'];

/** The replicator's own columns that a table may have, independent of its present settings. */
const OWN_NAMES = ['__source_time', '__deleted', '__rest', '__key'];

/** Digits of the hash in a suffix. The longer ones are used only if the shorter name is taken. */
const SUFFIX_LENGTHS = [8, 16, 32];

// oxlint-disable-next-line no-control-regex -- NUL is what engines refuse
const UNHOLDABLE = /[\u0000\p{Surrogate}]/gu;

/**
 * Names the columns of one table. An attribute keeps its name unless the engine cannot hold it, it is reserved by the replicator
 * or the engine, or another column has it. Then it is escaped, cut, and suffixed with a hash of the attribute's name. The
 * name depends only on the attribute and the names before it, and is recorded with the column.
 */
export class ColumnNames {
  private readonly reserved: ReadonlySet<string>;

  constructor(
    private readonly identifiers: Identifiers,
    ownColumns: readonly string[],
  ) {
    this.reserved = new Set(
      [...OWN_NAMES, ...ownColumns, ...identifiers.reserved].map((name) => this.fold(name)),
    );
  }

  /** @param taken the folded names of the columns before it */
  choose(attribute: string, taken: ReadonlySet<string>): string {
    const free = (name: string) =>
      !isReservedName(name) && !this.reserved.has(this.fold(name)) && !taken.has(this.fold(name));
    if (this.canHold(attribute) && free(attribute)) return attribute;
    const hash = createHash('sha256').update(attribute, 'utf16le').digest('hex');
    for (const length of SUFFIX_LENGTHS) {
      const name = this.suffixed(attribute, `_${hash.slice(0, length)}`);
      if (free(name)) return name;
    }
    throw new RangeError(`no column name is free for attribute ${JSON.stringify(attribute)}`);
  }

  /** Names that are equal to the engine have equal folds. As its case rules beyond ASCII are unknown, some unequal ones do too. */
  fold(name: string): string {
    return this.identifiers.caseSensitive ? name : name.toUpperCase().toLowerCase();
  }

  private canHold(name: string): boolean {
    return name !== '' && name.search(UNHOLDABLE) < 0 && Buffer.byteLength(name) <= this.identifiers.maxBytes;
  }

  private suffixed(attribute: string, suffix: string): string {
    const holdable = attribute.replace(UNHOLDABLE, escapeUnit);
    const escaped = isReservedName(holdable) ? `_${holdable}` : holdable;
    return cut(escaped, this.identifiers.maxBytes - Buffer.byteLength(suffix)) + suffix;
  }
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The longest prefix of whole characters that fits into `maxBytes` of UTF-8. */
export function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let prefix = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    prefix += character;
  }
  return prefix;
}
