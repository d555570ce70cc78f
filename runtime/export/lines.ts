const NEWLINE = 10;

/** A line is longer than `longest` bytes: the text is not what was expected, and memory has to stay bounded. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';

  constructor(longest: number) {
    super(`a line is longer than ${longest} bytes`);
  }
}

/**
 * Cuts a text that arrives in pieces of any size into blocks of whole lines, each of about `blockBytes` or as long as its one line.
 * Every block ends with a newline, including the last. Holds no more than a block, a line and a piece. Pieces of a block's size
 * are not copied: a line that spans two of them becomes its own block.
 * @throws LineTooLong
 */
export async function* wholeLines(
  pieces: AsyncIterable<Uint8Array>,
  blockBytes: number,
  longest: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    if (piece.byteLength === 0) continue;
    const end = bytes + piece.byteLength >= blockBytes ? piece.lastIndexOf(NEWLINE) + 1 : 0;
    if (end === 0) {
      held.push(piece);
      bytes += piece.byteLength;
      if (bytes > longest + blockBytes) throw new LineTooLong(longest);
      continue;
    }
    let start = 0;
    if (bytes > 0) {
      start = piece.byteLength >= blockBytes ? piece.indexOf(NEWLINE) + 1 : end;
      held.push(piece.subarray(0, start));
      yield Buffer.concat(held);
    }
    if (end > start) yield piece.subarray(start, end);
    const rest = piece.subarray(end);
    held = rest.byteLength === 0 ? [] : [rest];
    bytes = rest.byteLength;
  }
  if (bytes === 0) return;
  const last = held.at(-1) as Uint8Array;
  if (last[last.byteLength - 1] !== NEWLINE) held.push(Uint8Array.of(NEWLINE));
  yield Buffer.concat(held);
}

/** Joins pieces until they have at least `leastBytes`; the last may have fewer. */
export async function* joined(
  pieces: AsyncIterable<Uint8Array>,
  leastBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.byteLength;
    if (bytes < leastBytes) continue;
    yield held.length === 1 ? piece : Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

export function countLines(block: Uint8Array): number {
  let lines = 0;
  for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
