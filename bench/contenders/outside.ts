import { join } from 'node:path';
import { root } from '../root';

/** Variables with the paths of what `bench/install` installed. */
export const PYTHON_VARIABLE = 'BENCH_PYTHON';
export const UNMARSHALL_VARIABLE = 'BENCH_UTIL_DYNAMODB';

/** Path of the contender in Python. It is in the sources, since the compiler does not copy it. */
export function pythonProgram(): string {
  return join(root(), 'bench', 'contenders', 'deserialize.py');
}
