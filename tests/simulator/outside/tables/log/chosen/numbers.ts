import type { Operation } from '../../../operation';
import { NUMBERS } from '../values';
import { put, update } from './requests';

/** Every spelling of a number as attribute, inside a document and a set, as a sum, and as a key. */
function numberForms(): Operation[] {
  return NUMBERS.flatMap((spelled) => [
    put('number', {
      id: { S: `number ${spelled}` },
      alone: { N: spelled },
      inside: { L: [{ N: spelled }, { M: { deep: { N: spelled } } }] },
      set: { NS: [spelled, '7'] },
    }),
    update('number added to nothing', `sum ${spelled}`, 'ADD amount :n', { ':n': { N: spelled } }),
    put('number as key', { id: { N: spelled } }, 'number'),
  ]);
}

/** Arithmetic at the edges of what a number holds. */
function sums(): Operation[] {
  const cases: [string, string, string][] = [
    ['0.1', '+', '0.2'],
    ['1', '-', '1'],
    ['99999999999999999999999999999999999999', '+', '1'],
    ['1E125', '-', '1E125'],
    ['1E37', '+', '1E-1'],
    ['12345678901234567890123456789012345678', '+', '0.5'],
    ['-5E-130', '+', '4E-130'],
    ['123456789012345678901234567890.12345678', '-', '0.00000001'],
  ];
  return cases.flatMap(([left, sign, right], i) => [
    put('arithmetic', { id: { S: `arithmetic ${i}` }, n: { N: left } }),
    update('arithmetic', `arithmetic ${i}`, `SET n = n ${sign} :n`, { ':n': { N: right } }),
  ]);
}

/** Sets in which members are met that are spelled otherwise. */
function sets(): Operation[] {
  const about = 'numbers of a set';
  return [
    put(about, { id: { S: 'numbers' }, numbers: { NS: ['0', '3', '5'] } }),
    update(about, 'numbers', 'ADD numbers :n', { ':n': { NS: ['0.0', '1'] } }),
    update(about, 'numbers', 'DELETE numbers :n', { ':n': { NS: ['3.0', '05'] } }),
  ];
}

export const chosenNumbers = (): Operation[] => [...numberForms(), ...sums(), ...sets()];
