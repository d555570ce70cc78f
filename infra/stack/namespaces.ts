import { nearest } from '../../runtime/config/nearest';
import type { ArgumentProblem } from '../errors';

/** How much of a namespace may be mistyped: three characters of `dynamodb-replicator`, one of `aws`. */
const SHARE = 0.2;

/** A namespace of another package of Pulumi’s. */
const CROSSWALK = 'awsx';

/**
 * Keys of a stack's configuration whose namespace is a misspelling of one that the program reads: Pulumi hands them over, and
 * nobody would read them. Other namespaces, such as a company's own, are nobody's business here. Pure.
 * @param configuration keys with their namespace
 * @param read namespace → its keys
 */
export function namespaceProblems(
  configuration: readonly string[],
  read: Readonly<Record<string, readonly string[]>>,
): readonly ArgumentProblem[] {
  return configuration.flatMap((argument) => {
    const [namespace = '', key = ''] = argument.split(/:(.*)/s);
    const meant =
      namespace in read || namespace === CROSSWALK ? undefined : nearest(namespace, Object.keys(read), SHARE);
    const meantKey = meant === undefined ? undefined : nearest(key, read[meant] ?? []);
    if (meantKey === undefined) return [];
    const problem = `nothing reads the namespace ${namespace}; did you mean ${meant}:${meantKey}?`;
    return [{ argument, problem }];
  });
}
