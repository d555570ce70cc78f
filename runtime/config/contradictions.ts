import { KINDS, kindOf, readGroup } from '../destinations/kinds';
import type { Leaf } from './leaves';
import type { Given, Problem } from './problems';

/** The settings that are checked against each other; those with an unreadable value are missing. */
interface Readable {
  readonly tables?: readonly TableEntry[] | undefined;
  readonly destinationTable?: string | undefined;
  readonly destinationSchema?: string | undefined;
  readonly columns?: 'columns' | 'document';
  readonly maxColumns?: number;
  readonly endpoint?: string | undefined;
  readonly clockRate?: number;
  readonly onGap?: string;
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

/** Finds settings that contradict each other. */
export function contradictions(
  settings: Readable,
  given: ReadonlyMap<string, Given>,
  environment: Readonly<Record<string, string | undefined>>,
): Problem[] {
  const problems: Problem[] = [];
  const report = (setting: string, problem: string) =>
    problems.push({ setting, origin: given.get(setting)?.origin, problem });
  const tables = settings.tables ?? [];

  for (const name of repeated(tables.map((table) => table.name))) {
    report('tables', `${name} is listed more than once`);
  }
  if (settings.destinationTable !== undefined && tables.length > 1) {
    report(
      'destinationTable',
      `one name for ${tables.length} tables; set destinationTable for each table in a settings file`,
    );
  } else {
    for (const problem of sharedTargets(tables, settings)) report('tables', problem);
  }
  if (settings.columns === 'document' && given.has('maxColumns')) {
    report('maxColumns', 'does not apply with columns: document');
  }
  if (settings.onGap !== undefined && settings.onGap !== 'heal') {
    for (const name of [...given.keys()].filter((setting) => setting.startsWith('heal.'))) {
      report(name, `applies only with onGap: heal; it is ${settings.onGap}`);
    }
  }
  const { minMs, maxMs } = settings.poll ?? {};
  if (minMs !== undefined && maxMs !== undefined && minMs > maxMs) {
    report('poll.minMs', `${minMs} is more than poll.maxMs (${maxMs})`);
  }
  if ((settings.clockRate ?? 1) !== 1 && settings.endpoint === undefined && !namesEndpoint(environment)) {
    report('clockRate', 'is only for the simulator; give its address with --endpoint or AWS_ENDPOINT_URL');
  }
  if (settings.source?.externalId !== undefined && settings.source.roleArn === undefined) {
    report('source.externalId', 'applies only with source.roleArn, the role that requires it');
  }
  if (settings.metrics?.namespace !== undefined && settings.log?.format === 'human') {
    report('metrics.namespace', 'metrics need a JSON log; set log.format to json');
  }
  return [...problems, ...destinationProblems(settings, given)];
}

/** Whether `AWS_ENDPOINT_URL`, or its form for a service, has an address. Source: AWS SDKs Reference Guide, "Service-specific endpoints". */
function namesEndpoint(environment: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(environment).some(([name, value]) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && value);
}

/** Finds tables that would share a destination table. Case does not count, as some destinations ignore it in names. */
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
      const each = 'set destinationTable for each in a settings file';
      return `${list} would be written to the same table, ${target} (case does not count); ${each}`;
    });
}

/** Finds settings that do not fit the kind of destination that `to` names. */
function destinationProblems(settings: Readable, given: ReadonlyMap<string, Given>): readonly Problem[] {
  const { to, maxColumns, tables = [] } = settings;
  const kind = to === undefined ? undefined : kindOf(to);
  if (to === undefined || kind === undefined) return [];
  const problems = [...given.keys()]
    .filter((setting) => KINDS.some(({ name }) => name !== kind.name && setting.startsWith(`${name}.`)))
    .map((setting) => ({ setting, problem: `does not apply with ${kind.phrase}` }));
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

/** Finds settings that the verb requires but that are not given. */
export function missing(
  needed: readonly string[],
  leaves: readonly Leaf[],
  given: ReadonlyMap<string, Given>,
  inCode: boolean,
): Problem[] {
  return leaves
    .filter((leaf) => needed.includes(leaf.name) && (given.get(leaf.name)?.value ?? undefined) === undefined)
    .map((leaf) => ({
      setting: leaf.name,
      origin: undefined,
      problem: inCode ? 'is required' : `is required: ${leaf.flag} ${leaf.example}, or ${leaf.variable}`,
    }));
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
