import type { Cost } from '../cost/costs';
import { counted, dollars } from '../cost/figures';
import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { without } from './changes';
import { standingCosts } from './costs';
import { effectsOf, MARKS } from './effects';
import type { PackFinding } from './findings';
import { gapsOf } from './gaps';
import { exportedTables, firstExportCosts } from './first-exports';
import { networkOf } from './network';
import { permissionChanges } from './permissions';
import type { RecordedResource } from './record-program';
import { changesOf, resourceChanges } from './resource-changes';
import type { StackFile } from './stack-file';
import { destinationChanges, tableChanges } from './tables';
import { verifyPrices } from './verifies';

/** A stack at one commit. */
export interface Version {
  /** The stack's file, with the tables of the teams' files. */
  readonly file: StackFile;
  readonly resources: readonly RecordedResource[];
  /** The policy pack's findings, as configured for the stack. */
  readonly findings: readonly PackFinding[];
}

/**
 * Describes a change of a stack in Markdown, the most important part first.
 * @param before `undefined` for a new stack
 * @param bytes table → its size, as far as it is known
 */
export function review(
  stack: string,
  before: Version | undefined,
  after: Version,
  bytes: ReadonlyMap<string, number> = new Map(),
): string {
  const old = before?.resources ?? [];
  const { gained, lost } = permissionChanges(old, after.resources);
  const tables = tableChanges(before?.file.tables ?? [], after.file.tables);
  const network = difference(networkOf(old), networkOf(after.resources));
  const gaps = difference(gapsOf(old), gapsOf(after.resources));
  const rules = ruleChanges(before, after);
  const exported = exportedTables(before?.file, after.file);
  const exports = [
    ...firstExportCosts(exported, bytes, after.file.region),
    ...verifyPrices(before?.file, after.file, bytes),
  ];
  const cost = costChange(before, after, exports);
  const changes = changesOf(old, after.resources);
  const resources = resourceChanges(changes);
  const effects = effectsOf(changes);
  const destination = destinationChanges(before?.file.settings ?? {}, after.file.settings);
  const title =
    before === undefined ? 'new stack' : headline({ gained, lost, tables, destination, rules, effects });
  const heading = `## Stack \`${stack}\`: ${title}`;
  if (before !== undefined && [resources, tables, rules, destination].every((one) => one.length === 0))
    return `${heading}\n\nNo deployed resource changes.\n`;
  const sections: readonly Section[] = [
    ['Tables', tables],
    ['Destination and image', destination],
    ['Restarts and replacements', effects],
    ['Gaps', gaps],
    ['Gained permissions', gained.map((line) => `🔓 ${line}`)],
    ['Lost permissions', lost.map((line) => `🔒 ${line}`)],
    ['Rules', rules],
    ['Network', network],
    ['Cost', cost],
  ];
  const empty = sections.filter(([, lines]) => lines.length === 0).map(([name]) => name.toLowerCase());
  return [
    heading,
    ...sections.filter(([, lines]) => lines.length > 0).map(section),
    ...(empty.length === 0 ? [] : [`No changes: ${empty.join(', ')}.`]),
    details(`All changed resources (${resources.length})`, resources),
  ]
    .join('\n\n')
    .concat('\n');
}

type Section = readonly [name: string, lines: readonly string[]];

interface Changes {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  readonly tables: readonly string[];
  readonly destination: readonly string[];
  readonly rules: readonly string[];
  readonly effects: readonly string[];
}

function headline({ gained, lost, tables, destination, rules, effects }: Changes): string {
  const starting = (mark: string, lines: readonly string[]) =>
    lines.filter((line) => line.startsWith(mark)).length;
  const parts = [
    ...ifAny(starting('❌', rules), 'mandatory finding'),
    ...ifAny(starting('➕', tables), 'table', ' added'),
    ...ifAny(starting('➖', tables), 'table', ' removed'),
    ...ifAny(gained.length, 'permission', ' gained'),
    ...ifAny(lost.length, 'permission', ' lost'),
    ...(destination.length === 0 ? [] : ['destination or image changed']),
    ...ifAny(starting(MARKS.replaced, effects), 'resource', ' replaced'),
    ...(starting(MARKS.restarts, effects) === 0 ? [] : ['a restart']),
  ];
  return parts.length === 0 ? 'no changes to tables or permissions' : parts.join(', ');
}

function ifAny(number: number, what: string, how = ''): readonly string[] {
  return number === 0 ? [] : [`${counted(number, what)}${how}`];
}

function difference(was: readonly string[], is: readonly string[]): readonly string[] {
  return [...without(is, was).map((line) => `➕ ${line}`), ...without(was, is).map((line) => `➖ ${line}`)];
}

function ruleChanges(before: Version | undefined, after: Version): readonly string[] {
  const were = before?.findings ?? [];
  const are = after.findings;
  const fails = without(are, were, shown).map(
    (one) => `${one.level === 'mandatory' ? '❌' : '⚠️'} new finding (${one.level}): ${shown(one)}`,
  );
  return [...fails, ...without(were, are, shown).map((one) => `✅ resolved: ${shown(one)}`)];
}

function shown({ rule, resource, message }: PackFinding): string {
  return `\`${rule}\` on \`${resource}\`: ${message}`;
}

function costChange(
  before: Version | undefined,
  after: Version,
  exports: readonly string[],
): readonly string[] {
  const costsOf = (one: Version | undefined) =>
    standingCosts(one?.resources ?? [], one?.file.tables.length ?? 0);
  const costs = { was: costsOf(before), is: costsOf(after) };
  const sum = (all: readonly Cost[]) => all.reduce((total, one) => total + one.usd, 0);
  const [was, is] = [sum(costs.was), sum(costs.is)];
  const parts = costs.is.map((one) => `${one.what} ${dollars(one.usd)}`).join(', ');
  const fixed =
    dollars(was) === dollars(is)
      ? []
      : [`Fixed cost per month: ${dollars(was)} → **${dollars(is)}** (${parts})`];
  if (fixed.length + exports.length === 0) return [];
  return [
    ...fixed,
    ...exports,
    `List prices of ${PRICES_REGION}, ${PRICES_AS_OF}, unconfirmed. Exports, recovery, streams and logs are billed by use, in addition`,
  ];
}

function section([name, lines]: Section): string {
  return `### ${name}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function details(title: string, lines: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n\`\`\`diff\n${lines.join('\n')}\n\`\`\`\n\n</details>`;
}
