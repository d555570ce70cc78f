import { join } from 'node:path';
import { root } from '../root';

/** Where `bench/install` has put what the project does not depend on. */
export const PYTHON_VARIABLE = 'BENCH_PYTHON';
export const UNMARSHALL_VARIABLE = 'BENCH_UTIL_DYNAMODB';

/** The contender in Python stands in the sources: the compiler leaves it there. */
export function pythonProgram(): string {
  return join(root(), 'bench', 'contenders', 'deserialize.py');
}
