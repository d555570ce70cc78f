import type { Operation, Wire } from '../../../operation';
import { CHOSEN_TABLE } from '../tables';
import { get, put } from './requests';

const nested = (levels: number): Wire => {
  let value: Wire = { S: 'inmost' };
  for (let level = 1; level < levels; level++) value = level % 2 ? { L: [value] } : { M: { k: value } };
  return value;
};

/** Values at the edges of what an item may hold. */
export function chosenValues(): Operation[] {
  const items: Record<string, Wire> = {
    'empty text and bytes': {
      text: { S: '' },
      bytes: { B: '' },
      texts: { SS: ['', 'a'] },
      list: { BS: ['', 'AA=='] },
    },
    'empty documents': { list: { L: [] }, map: { M: {} }, nested: { L: [{ M: {} }, { L: [] }] } },
    'null and booleans': { nothing: { NULL: true }, yes: { BOOL: true }, no: { BOOL: false } },
    'names of every kind': {
      A: { S: 'A' },
      a: { S: 'a' },
      ' ': { S: ' ' },
      'a.b[0]': { S: '' },
      '"#:': { S: '' },
      ü: { S: '' },
    },
    'a name that is __proto__': {
      ['__proto__']: { S: 'own' },
      constructor: { M: { ['__proto__']: { N: '1' } } },
    },
    'texts of every kind': {
      nul: { S: '\0' },
      astral: { S: '🦜' },
      separators: { S: '\u2028\u2029\ufeff' },
      lines: { S: '\r\n\t' },
    },
    'as deep as it goes': { deep: nested(32) },
    'sets in no order': {
      texts: { SS: ['b', 'a', 'C', 'é'] },
      numbers: { NS: ['10', '9', '-1'] },
      bytes: { BS: ['/w==', 'AA==', 'AAE='] },
    },
    'as large as it gets': {
      filler: { S: 'x'.repeat(409_600 - Buffer.byteLength('id' + 'as large as it gets' + 'filler')) },
    },
    'a long name': { ['n'.repeat(65_535)]: { S: '' } },
  };
  return Object.entries(items).flatMap(([about, attributes]) => [
    put(about, { id: { S: about }, ...attributes }),
    get(about, about),
    {
      name: 'DeleteItem',
      about,
      input: { TableName: CHOSEN_TABLE.name, Key: { id: { S: about } }, ReturnValues: 'ALL_OLD' },
    },
  ]);
}
