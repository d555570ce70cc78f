import { KINDS, kindOf, readGroup } from '../destinations/kinds';
import type { Leaf } from './leaves';
import type { Given, Problem } from './problems';

/** What the checks look at: settings whose own value was readable. */
interface Readable {
  readonly tables?: readonly TableEntry[] | undefined;
  readonly destinationTable?: string | undefined;
  readonly destinationSchema?: string | undefined;
  readonly columns?: 'columns' | 'document';
  readonly maxColumns?: number;
  readonly endpoint?: string | undefined;
  readonly clockRate?: number;
  readonly poll?: { readonly minMs?: number; readonly maxMs?: number };
  readonly metrics?: { readonly namespace?: string | undefined };
  readonly log?: { readonly format?: string };
  readonly source?: { readonly roleArn?: string | undefined; readonly externalId?: string | undefined };
  readonly to?: string | undefined;
}

interface TableEntry {
  readonly name: string;
  readonly destinationTable?: string | undefined;
  readonly destinationSchema?: string | undefined;
  readonly maxColumns?: number | undefined;
}

/** Settings that cannot hold at the same time. */
export function contradictions(settings: Readable, given: ReadonlyMap<string, Given>): Problem[] {
  const problems: Problem[] = [];
  const report = (setting: string, problem: string) =>
    problems.push({ setting, origin: given.get(setting)?.origin, problem });
  const tables = settings.tables ?? [];

  for (const name of repeated(tables.map((table) => table.name))) {
    report('tables', `${name} is named more than once`);
  }
  if (settings.destinationTable !== undefined && tables.length > 1) {
    report(
      'destinationTable',
      `one name for ${tables.length} tables; give each its destinationTable in a settings file`,
    );
  } else {
    for (const problem of sharedTargets(tables, settings)) report('tables', problem);
  }
  if (settings.columns === 'document' && given.has('maxColumns')) {
    report('maxColumns', 'has no meaning with columns: document');
  }
  const { minMs, maxMs } = settings.poll ?? {};
  if (minMs !== undefined && maxMs !== undefined && minMs > maxMs) {
    report('poll.minMs', `${minMs} is more than poll.maxMs, ${maxMs}`);
  }
  if ((settings.clockRate ?? 1) !== 1 && settings.endpoint === undefined) {
    report('clockRate', 'is only for the simulator; give its address with --endpoint');
  }
  if (settings.source?.externalId !== undefined && settings.source.roleArn === undefined) {
    report('source.externalId', 'is for the role that source.roleArn names, and none is named');
  }
  if (settings.metrics?.namespace !== undefined && settings.log?.format === 'human') {
    report('metrics.namespace', 'metrics are lines of a JSON log; set log.format to json');
  }
  return [...problems, ...destinationProblems(settings, given)];
}

/** Tables that would be written to one of the destination, of which some compare names without regard to case. */
function sharedTargets(tables: readonly TableEntry[], settings: Readable): readonly string[] {
  const names = new Map<string, Set<string>>();
  for (const { name, destinationSchema, destinationTable } of tables) {
    const schema = destinationSchema ?? settings.destinationSchema;
    const table = destinationTable ?? settings.destinationTable ?? name;
    const target = `${schema === undefined ? '' : `${schema}.`}${table}`.toLowerCase();
    names.set(target, (names.get(target) ?? new Set()).add(name));
  }
  return [...names]
    .filter(([, sharing]) => sharing.size > 1)
    .map(([target, sharing]) => {
      const list = [...sharing].join(' and ');
      const each = 'give each a destinationTable of its own, in a settings file';
      return `${list} would be written to one table, ${target} (upper and lower case count as the same); ${each}`;
    });
}

/** What does not fit the kind of destination that `to` names. */
function destinationProblems(settings: Readable, given: ReadonlyMap<string, Given>): readonly Problem[] {
  const { to, maxColumns, tables = [] } = settings;
  const kind = to === undefined ? undefined : kindOf(to);
  if (to === undefined || kind === undefined) return [];
  const problems = [...given.keys()]
    .filter((setting) => KINDS.some(({ name }) => name !== kind.name && setting.startsWith(`${name}.`)))
    .map((setting) => ({ setting, problem: `has no meaning with ${kind.phrase}` }));
  const read = readGroup(kind, to, settings);
  if ('problems' in read) problems.push(...read.problems);
  const limit = kind.mostColumns;
  const columns = [
    ['maxColumns', maxColumns] as const,
    ...tables.map((one) => ['tables', one.maxColumns] as const),
  ];
  for (const [setting, most = 0] of columns) {
    if (limit === undefined || most <= limit.count) continue;
    const problem = `maxColumns is at most ${limit.count} with ${kind.phrase}, ${limit.because}`;
    problems.push({ setting, problem });
  }
  return problems.map((one) => ({ ...one, origin: given.get(one.setting)?.origin }));
}

/** Settings without which the verb cannot work. */
export function missing(
  needed: readonly string[],
  leaves: readonly Leaf[],
  given: ReadonlyMap<string, Given>,
): Problem[] {
  return leaves
    .filter((leaf) => needed.includes(leaf.name) && (given.get(leaf.name)?.value ?? undefined) === undefined)
    .map((leaf) => ({
      setting: leaf.name,
      origin: undefined,
      problem: `is needed: ${leaf.flag} ${leaf.example}, or ${leaf.variable}`,
    }));
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
