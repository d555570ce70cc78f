/** Something that should be an item is none: no JSON, not an object, without its key. Who reads it adds where it stood. */
export class MalformedItem extends Error {
  override readonly name = 'MalformedItem';

  constructor(
    /** What was wrong, without the item's contents. */
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** A line of an export file that holds no item. The file is damaged or not an export; no line is skipped (rule X1). */
export class MalformedLine extends Error {
  override readonly name = 'MalformedLine';

  constructor(
    /** Index of the line in its block, from 0. */
    readonly line: number,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`line ${line} of the block: ${reason}`, options);
  }
}

/** The recorded columns of the destination table do not fit the source table's key or the settings. */
export class CatalogMismatch extends Error {
  override readonly name = 'CatalogMismatch';

  constructor(readonly difference: 'key' | 'layout') {
    super(
      difference === 'key'
        ? 'The destination table was made for another table key. Choose another name with --destination-table.'
        : 'The destination table was made with the other setting of `columns`. Set it back, or choose another name with ' +
            '--destination-table.',
    );
  }
}

/** A value that no cell can hold exactly, and why, without the value; inside this folder only, outside it is a dead letter's reason. */
export class UnreadableValue extends Error {
  override readonly name = 'UnreadableValue';
}
