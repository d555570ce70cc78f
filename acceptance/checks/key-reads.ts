import { BatchGetItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Answer, Lab, LabTable } from '../check';
import {
  answered,
  checksOf,
  DENIED,
  type Experiment,
  notAsked,
  supported,
  unansweredButDenials,
} from './experiment';
import { freshTable } from './fresh-table';
import { refusal } from './waiting';
import { putAll } from './writes';

/** One answer of BatchGetItem to keys of which the first half exists. */
export interface KeyAnswer {
  readonly asked: number;
  readonly existing: number;
  readonly returned: number;
  readonly unprocessed: number;
  /** Existing keys that were neither returned nor named as unprocessed. */
  readonly lost: number;
  /** Returned although they do not exist. */
  readonly invented: number;
}

export interface KeyReads {
  readonly answers: readonly KeyAnswer[];
  /** The errors of the replicator's role; undefined: allowed. */
  readonly asReplicator: {
    readonly keysOnly: string | undefined;
    readonly wholeItems: string | undefined;
    readonly otherAttributes: string | undefined;
    readonly getItem: string | undefined;
  };
}

const ROUNDS = 10;
const EXISTING = 50;
const ABSENT = 50;
const BATCH = 25;
const MOST_CALLS = 200;

const keyReads: Experiment<KeyReads> = {
  name: 'key-reads',
  observe: async (lab) => {
    const table = await freshTable(lab, 'keys');
    const answers: KeyAnswer[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const existing = Array.from({ length: EXISTING }, (_, index) => `r${round}x${index}`);
      const absent = Array.from({ length: ABSENT }, (_, index) => `r${round}absent${index}`);
      for (let at = 0; at < EXISTING; at += BATCH) {
        await putAll(lab, table, existing.slice(at, at + BATCH), round);
      }
      answers.push(...(await readAll(lab, table, existing, absent)));
    }
    return { answers, asReplicator: await askAsReplicator(lab, table) };
  },
};

const KEYS_ONLY = { ConsistentRead: true, ProjectionExpression: 'pk' };
const keyOf = (pk: string) => ({ pk: { S: pk } });

/** Reads until no key is left, with a pause when some were left unprocessed. */
async function readAll(
  lab: Lab,
  table: LabTable,
  existing: readonly string[],
  absent: readonly string[],
): Promise<KeyAnswer[]> {
  const exists = new Set(existing);
  const answers: KeyAnswer[] = [];
  let keys = [...existing, ...absent];
  while (keys.length > 0 && answers.length < MOST_CALLS) {
    const { Responses, UnprocessedKeys } = await lab.dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys: keys.map(keyOf), ...KEYS_ONLY } } }),
    );
    const returned = (Responses?.[table.name] ?? []).map((item) => item['pk']?.S ?? '');
    const left = (UnprocessedKeys?.[table.name]?.Keys ?? []).map((key) => key['pk']?.S ?? '');
    const known = new Set([...returned, ...left]);
    answers.push({
      asked: keys.length,
      existing: keys.filter((key) => exists.has(key)).length,
      returned: returned.length,
      unprocessed: left.length,
      lost: keys.filter((key) => exists.has(key) && !known.has(key)).length,
      invented: returned.filter((key) => !exists.has(key)).length,
    });
    keys = left;
    if (left.length > 0) await lab.clock.sleep(100);
  }
  return answers;
}

async function askAsReplicator(lab: Lab, table: LabTable): Promise<KeyReads['asReplicator']> {
  const batch = (how: object) =>
    refusal(
      lab.asReplicator.dynamodb.send(
        new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys: [keyOf('r0x0')], ...how } } }),
      ),
    );
  return {
    keysOnly: await batch(KEYS_ONLY),
    wholeItems: await batch({ ConsistentRead: true }),
    otherAttributes: await batch({ ConsistentRead: true, ProjectionExpression: 'pk, n' }),
    getItem: await refusal(
      lab.asReplicator.dynamodb.send(
        new GetItemCommand({ TableName: table.name, Key: keyOf('r0x0'), ...KEYS_ONLY }),
      ),
    ),
  };
}

/** E26: every existing key is returned or named as unprocessed; at least one is read. */
export function judgeKeyReads({ answers }: KeyReads): Answer {
  const sum = (of: (answer: KeyAnswer) => number) => answers.reduce((total, each) => total + of(each), 0);
  const lost = sum((each) => each.lost);
  const invented = sum((each) => each.invented);
  const idle = answers.filter(({ asked, unprocessed }) => unprocessed >= asked).length;
  return supported(
    sum((each) => each.existing) === 0 && 'No existing key was asked for.',
    answered(
      {
        calls: answers.length,
        returned: sum((each) => each.returned),
        unprocessed: sum((each) => each.unprocessed),
        callsThatReadNothing: idle,
      },
      lost > 0 && `${lost} existing keys were neither returned nor named as unprocessed.`,
      invented > 0 && `${invented} keys were returned that do not exist.`,
      idle > 0 && 'An answer processed none of its keys.',
    ),
  );
}

/** The replicator's role may read keys, and nothing else of an item. */
export function judgeKeyPermissions({ asReplicator }: KeyReads): Answer {
  const { keysOnly, wholeItems, otherAttributes, getItem } = asReplicator;
  const forbidden = [wholeItems, otherAttributes, getItem];
  const unclear = forbidden.find((error) => error !== undefined && error !== DENIED);
  return (
    unansweredButDenials(Object.values(asReplicator)) ??
    (unclear === undefined
      ? undefined
      : notAsked(`A read failed with ${unclear}, not for its permission.`)) ??
    answered(
      {
        keysOnly: keysOnly ?? 'allowed',
        wholeItems: wholeItems ?? 'allowed',
        otherAttributes: otherAttributes ?? 'allowed',
        getItem: getItem ?? 'allowed',
      },
      keysOnly !== undefined && `Reading keys was refused with ${keysOnly}.`,
      wholeItems !== DENIED && 'The role may read whole items by BatchGetItem.',
      otherAttributes !== DENIED && 'The role may read attributes that are not keys.',
      getItem !== DENIED && 'The role may call GetItem.',
    )
  );
}

export const keyReadChecks = checksOf(keyReads, [
  {
    id: 'E26',
    mode: 'quick',
    asks: 'Reads 50 existing and 50 absent keys right after the existing ones were written, ten times.',
    judge: judgeKeyReads,
  },
  {
    id: 'key-permissions',
    mode: 'quick',
    asks: "Reads a key, a whole item and another attribute with the replicator's role.",
    judge: judgeKeyPermissions,
  },
]);
