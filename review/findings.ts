import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnforcementLevel } from '@pulumi/policy';
import { RULES } from '../policy/rules';
import { labelOf } from './label';
import type { RecordedResource } from './record-program';

import { type Examined, runRule } from './run-rule';

/** A finding of any rule of the pack. */
export interface PackFinding {
  readonly rule: string;
  readonly level: EnforcementLevel;
  /** `TYPE NAME`, or `the stack`. */
  readonly resource: string;
  readonly message: string;
}

export type PackConfig = Readonly<Record<string, EnforcementLevel | object>>;

/** A stack's file in a checkout's policy/config. If there is none, the rules' defaults apply. */
export function configOf(stack: string, root = join(__dirname, '..')): PackConfig {
  const file = join(root, 'policy/config', `${stack}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PackConfig) : {};
}

/** The pack's findings in a recorded stack, and what it could not check. */
export async function packFindings(
  recorded: readonly RecordedResource[],
  config: PackConfig = {},
): Promise<{ readonly findings: readonly PackFinding[]; readonly unknown: readonly string[] }> {
  const findings: PackFinding[] = [];
  const unknown: string[] = [];
  const resources = examined(recorded);
  for (const rule of RULES) {
    const { enforcementLevel, ...rest } = settingsOf(config[rule.name]);
    const level = enforcementLevel ?? rule.enforcementLevel ?? 'advisory';
    if (level === 'disabled') continue;
    const outcome = await runRule(rule, resources, rest);
    unknown.push(...outcome.unknown.map((message) => `${rule.name}: ${message}`));
    for (const { urn, message, level: own = level } of outcome.findings)
      findings.push({
        rule: rule.name,
        level: own,
        resource: urn === undefined ? 'the stack' : labelOf(urn),
        message,
      });
  }
  return { findings, unknown };
}

/** The findings of a level and of those above it: `mandatory` leaves out advisory ones. */
export function findingsOfLevel(
  level: 'mandatory' | 'advisory',
  findings: readonly PackFinding[],
): readonly PackFinding[] {
  return level === 'advisory' ? findings : findings.filter((finding) => finding.level === 'mandatory');
}

interface Settings {
  readonly enforcementLevel?: EnforcementLevel;
}

function settingsOf(config: EnforcementLevel | object | undefined): Settings {
  return typeof config === 'string' ? { enforcementLevel: config } : (config ?? {});
}

/** The resources that rules check. Rules see a provider only for its tags. */
function examined(recorded: readonly RecordedResource[]): readonly Examined[] {
  const provider = recorded.find(({ type }) => type === 'pulumi:providers:aws');
  return recorded
    .filter(({ type }) => !type.startsWith('pulumi:'))
    .map((one) => ({ ...one, ...(provider && { provider: { ...provider, props: provider.inputs } }) }));
}
