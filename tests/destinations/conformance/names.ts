import assert from 'node:assert/strict';
import { DestinationUnusable } from '../../../runtime/destinations/errors';
import { TIER } from '../../tiers/tier';
import { seed } from '../../seeds';
import type { OperableFixture } from '../fixture';
import { liveAndCheck, type Naming } from './named-table';

/** Names that have once met those of the replicator's own. */
const MET_BEFORE = (
  '__replicator_probe r cells surplus present staged_changes marked_rows differing visible_row shadow_row live written v n c t s u m d ' +
  'c1 key0 differs0 here there replica temp memory system main public item key stage __loading_1 __key_1'
).split(' ');

/** Such names are refused; written here once more, in other words than the code's. */
const REFUSED = /^(?:__r_|_replicator$|information_schema$|pg_)/i;
const REFUSED_TABLE = /^__r_/i;

const ATTRIBUTES = 6;
/** One table in so many is tried; which ones, the seed tells: the soak goes through all. */
const STEP = TIER === 'quick' ? 48 : 8;

/** Whatever a table, its schema, its key and its attributes are called, it is replicated as any other, or refused. */
export function namesConformance(open: () => Promise<OperableFixture>): void {
  describe('names of theirs never meet names of ours', () => {
    for (const deletes of ['hard', 'soft'] as const) {
      it(`any word of our own SQL is a good name for a table and all that is in it, with ${deletes} deletes`, async () => {
        const fixture = await open();
        const words = await wordsOfOurs(fixture);
        assert.ok(words.length > 100, `${words.length} words`);
        const namings = namingsOf(words).filter((_, i) => i % STEP === seed() % STEP);
        for (const [i, naming] of namings.entries()) {
          const pipeline = `111122223333/eu-west-1/${deletes} ${i}`;
          try {
            await live(fixture, naming, deletes, pipeline);
          } catch (error) {
            throw new Error(`${JSON.stringify(naming)}: ${String(error)}`, { cause: error });
          }
        }
      });
    }
  });
}

async function live(
  fixture: OperableFixture,
  naming: Naming,
  deletes: 'hard' | 'soft',
  pipeline: string,
): Promise<void> {
  const { schema, table } = naming;
  if (!REFUSED.test(schema) && !REFUSED_TABLE.test(table)) {
    await liveAndCheck(fixture, naming, deletes, pipeline);
    return;
  }
  await assert.rejects(liveAndCheck(fixture, naming, deletes, pipeline), DestinationUnusable);
  // The rest of it is as good as any.
  const other = { ...naming, schema: 'elsewhere', table: `instead of ${pipeline}` };
  await liveAndCheck(fixture, other, deletes, pipeline);
}

/** Every word is once each of partition key, sort key, table and schema, and an attribute several times. */
function namingsOf(words: readonly string[]): readonly Naming[] {
  const word = (i: number) => words[i % words.length] ?? '';
  return words.map((partition, i) => ({
    partition,
    sort: word(i + 1),
    table: word(i + 2),
    schema: word(i + 3),
    attributes: Array.from({ length: ATTRIBUTES }, (_, k) => word(i + 4 + k)),
  }));
}

/** Every identifier, keyword and function of what the destination executes for one plain table, and those that met before. */
async function wordsOfOurs(fixture: OperableFixture): Promise<readonly string[]> {
  const words = new Set(MET_BEFORE);
  fixture.onStatement((statement) => {
    for (const word of wordsOf(statement)) words.add(word);
  });
  const plain = {
    schema: 'ours',
    table: 'plain',
    partition: 'id',
    sort: 'at',
    attributes: ['value', 'note'],
  };
  for (const deletes of ['hard', 'soft'] as const) {
    const naming = { ...plain, table: `plain ${deletes}` };
    await liveAndCheck(fixture, naming, deletes, `111122223333/eu-west-1/plain ${deletes}`);
  }
  fixture.onStatement(undefined);
  // By their own case rule: what an engine takes for one name is tried once.
  const { caseSensitive } = fixture.destination.dialect.identifiers;
  const folded = new Map([...words].map((word) => [caseSensitive ? word : word.toLowerCase(), word]));
  return [...folded.values()].sort();
}

function wordsOf(statement: string): readonly string[] {
  const withoutTexts = statement.replace(/'(?:[^']|'')*'/g, ' ');
  const words = withoutTexts.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
  return words.map((word) => word.replace(/^"|"$/g, '').replaceAll('""', '"'));
}
