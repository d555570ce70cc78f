import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import {
  Ascii,
  firstMarked,
  Four,
  markBackslash,
  markNonDigits,
  markStringEnd,
} from '../../../../runtime/item/scanner/ascii';
import { runs } from '../arbitraries';
import fc from 'fast-check';

describe('four characters at a time', () => {
  const words: [number, string][] = [
    [Four.LINE_1, '{"It'],
    [Four.LINE_2, 'em":'],
    [Four.LINE_3, 'm":{'],
    [Four.AFTER_NAME, '":{"'],
    [Four.REPLICATION_1, '"aws'],
    [Four.REPLICATION_2, ':rep'],
    [Four.REPLICATION_3, 'rep:'],
    [Four.S, 'S":"'],
    [Four.N, 'N":"'],
    [Four.B, 'B":"'],
    [Four.M, 'M":{'],
    [Four.L, 'L":['],
    [Four.SS, 'SS":'],
    [Four.NS, 'NS":'],
    [Four.BS, 'BS":'],
    [Four.BOOL, 'BOOL'],
    [Four.NULL, 'NULL'],
    [Four.COLON_TR, '":tr'],
    [Four.COLON_FA, '":fa'],
    [Four.TRUE, 'true'],
    [Four.FALS, 'fals'],
    [Four.ALSE, 'alse'],
    [Four.NOTHING, 'null'],
  ];
  it('have the values that their names say', () => {
    for (const [word, text] of words) assert.equal(word, Buffer.from(text).readInt32LE(0), text);
    const characters: [Ascii, string][] = [
      [Ascii.NEWLINE, '\n'],
      [Ascii.SPACE, ' '],
      [Ascii.QUOTE, '"'],
      [Ascii.COMMA, ','],
      [Ascii.MINUS, '-'],
      [Ascii.DOT, '.'],
      [Ascii.ZERO, '0'],
      [Ascii.COLON, ':'],
      [Ascii.OPEN_LIST, '['],
      [Ascii.BACKSLASH, '\\'],
      [Ascii.CLOSE_LIST, ']'],
      [Ascii.SMALL_E, 'e'],
      [Ascii.SMALL_U, 'u'],
      [Ascii.OPEN, '{'],
      [Ascii.CLOSE, '}'],
    ];
    for (const [code, text] of characters) assert.equal(code, text.charCodeAt(0), text);
  });

  const anyBytes = fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(...Buffer.from('\u001f !"#/0123456789:[\\]\u0080\u00ff')),
    ),
    { minLength: 4, maxLength: 4 },
  );
  const finders: [string, (four: number) => number, (byte: number) => boolean][] = [
    ['quote or control character', markStringEnd, (byte) => byte === 0x22 || byte < 0x20],
    ['backslash', markBackslash, (byte) => byte === 0x5c],
    ['byte that is not a digit', markNonDigits, (byte) => byte < 0x30 || byte > 0x39],
  ];
  for (const [name, mark, isWanted] of finders) {
    it(`show the first ${name}`, () => {
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          const marks = mark(Buffer.from(bytes).readInt32LE(0));
          assert.equal(marks === 0 ? -1 : firstMarked(marks), bytes.findIndex(isWanted));
        }),
        runs(5000),
      );
    });
  }
});
