import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startJob, startPython } from './child/start-job';
import { type ContenderName, entryOf, isFor } from './contenders/contenders';
import type { Measured } from './measured';
import type { BulkResult, Missing } from './results';
import type { Shape } from './shapes/shapes';

const LONGEST_MS = 300_000;

export interface BulkPlan {
  readonly folder: string;
  readonly shapes: readonly Shape[];
  readonly contenders: readonly ContenderName[];
  readonly rounds: number;
  /** Creates an empty database; `undefined` without a server. */
  readonly database: (() => Promise<{ readonly url: string; drop(): Promise<void> }>) | undefined;
  readonly tell: (line: string) => void;
}

/**
 * Runs every contender on every shape, round after round, so that other work on the machine disturbs all of them alike.
 * A contender that fails on a shape is not run on it again; `missing` has the reason.
 */
export async function runBulk(
  plan: BulkPlan,
): Promise<{ readonly results: readonly BulkResult[]; readonly missing: readonly Missing[] }> {
  const rounds = new Map<string, BulkResult & { rounds: Measured[] }>();
  const missing = new Map<string, Missing>();
  for (let round = 1; round <= plan.rounds; round++) {
    for (const shape of plan.shapes) {
      for (const contender of plan.contenders) {
        const id = `${contender} ${shape}`;
        const lacks = unavailable(contender, plan);
        if (lacks !== undefined) missing.set(contender, { contender, shape: undefined, why: lacks });
        if (lacks !== undefined || missing.has(id) || !isFor(contender, shape)) continue;
        try {
          const measured = await runOne(plan, contender, shape);
          plan.tell(`round ${round}: ${line(measured)}  ${contender} ${shape}`);
          const known = rounds.get(id) ?? { contender, shape, rounds: [] };
          known.rounds.push(measured);
          rounds.set(id, known);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          plan.tell(`round ${round}: ${id} failed: ${why}`);
          missing.set(id, { contender, shape, why: why.split('\n')[0] ?? '' });
        }
      }
    }
  }
  return { results: [...rounds.values()], missing: [...missing.values()] };
}

function unavailable(contender: ContenderName, { database }: BulkPlan): string | undefined {
  const { needs } = entryOf(contender);
  if (needs === undefined) return undefined;
  if (needs === 'postgres') {
    return database ? undefined : 'no PostgreSQL found on this machine';
  }
  return process.env[needs] === undefined
    ? `${needs} is not set; run: eval "$(bench/install FOLDER)"`
    : undefined;
}

async function runOne(plan: BulkPlan, contender: ContenderName, shape: Shape): Promise<Measured> {
  const folder = join(plan.folder, 'work');
  mkdirSync(folder);
  const { load, needs } = entryOf(contender);
  const database = needs === 'postgres' ? await plan.database?.() : undefined;
  try {
    const job = {
      kind: 'contender',
      contender,
      shape,
      inputs: plan.folder,
      folder,
      postgresUrl: database?.url,
    } as const;
    return await (load === 'python' ? startPython(job, LONGEST_MS) : startJob<Measured>(job, LONGEST_MS));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await database?.drop();
  }
}

function line({ bytes, items, seconds, cpuSeconds, peakBytes }: Measured): string {
  const columns = [
    `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`,
    `${(items / 1e3 / seconds).toFixed(1)}k items/s`,
    `${cpuSeconds.toFixed(2)} CPU s`,
    `${Math.round(peakBytes / 1e6)} MB`,
  ];
  return columns.map((text) => text.padStart(16)).join('');
}
