import { Buffer } from 'node:buffer';
import { cut } from '../../item/column-name';

/** A name for statements that rename something: `name` and the suffix, with a number if that is taken. At most `maxBytes` long. */
export async function freeName(
  name: string,
  suffix: string,
  maxBytes: number,
  isTaken: (name: string) => boolean | Promise<boolean>,
): Promise<string> {
  for (let number = 1; ; number++) {
    const end = number === 1 ? suffix : `${suffix}_${number}`;
    const free = cut(name, maxBytes - Buffer.byteLength(end)) + end;
    if (!(await isTaken(free))) return free;
  }
}
