/** An item is invalid: not JSON, not an object, or without its key. The caller adds where it was found. */
export class MalformedItem extends Error {
  override readonly name = 'MalformedItem';

  constructor(
    /** What is wrong, without the item's contents. */
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** A line of an export file is not an item. The file is damaged or not an export; no line is skipped (rule X1). */
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
        ? 'The destination table was created for another key. Choose another name with --destination-table.'
        : 'The destination table was created with the other --columns. Use that, or choose another name ' +
            'with --destination-table.',
    );
  }
}

/** Why no cell can hold a value exactly, without the value. Used only inside this folder; it becomes the reason of a dead letter. */
export class UnreadableValue extends Error {
  override readonly name = 'UnreadableValue';
}
