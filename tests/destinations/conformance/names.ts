import assert from 'node:assert/strict';
import { DestinationUnusable } from '../../../runtime/destinations/errors';
import { TIER } from '../../tiers/tier';
import { seed } from '../../seeds';
import type { OperableFixture } from '../fixture';
import { liveAndCheck, type Naming } from './named-table';

/** Names that once collided with those of the replicator. */
const MET_BEFORE = (
  '__replicator_probe r cells surplus present staged_changes marked_rows differing visible_row shadow_row live written v n c t s u m d ' +
  'c1 key0 differs0 here there replica temp memory system main public item key stage __loading_1 __key_1'
).split(' ');

/** The reserved names, which are refused. Written again here, independently of the code. */
const REFUSED = /^(?:__r_|_replicator$|information_schema$|pg_)/i;
const REFUSED_TABLE = /^__r_/i;

const ATTRIBUTES = 6;
/** Every n-th table is tried. The seed selects which, so the soak covers all. */
const STEP = TIER === 'quick' ? 48 : 8;

/** PostgreSQL's name for the rows that a statement could not insert. */
const PSEUDO_TABLE = 'excluded';

/** A table is replicated, or refused, whatever it, its schema, its key and its attributes are called. */
export function namesConformance(open: () => Promise<OperableFixture>): void {
  describe('names of users never collide with names of the replicator', () => {
    for (const deletes of ['hard', 'soft'] as const) {
      it(`accepts any word of its own SQL as the name of a table and everything in it, with ${deletes} deletes`, async () => {
        const fixture = await open();
        const words = await wordsOfOurs(fixture);
        assert.ok(words.length > 100, `${words.length} words`);
        const namings = namingsOf(words).filter(
          ({ table }, i) => i % STEP === seed() % STEP || table === PSEUDO_TABLE,
        );
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
  // All its other names are accepted.
  const other = { ...naming, schema: 'elsewhere', table: `instead of ${pipeline}` };
  await liveAndCheck(fixture, other, deletes, pipeline);
}

/** Every word is the name of one partition key, sort key, table and schema, and of several attributes. */
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

/** Every identifier, keyword and function that the destination uses for one plain table, and those that collided before. */
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
  // By the case rule of the engine: words that it treats as one name are tried once.
  const { caseSensitive } = fixture.destination.dialect.identifiers;
  const folded = new Map([...words].map((word) => [caseSensitive ? word : word.toLowerCase(), word]));
  return [...folded.values()].sort();
}

function wordsOf(statement: string): readonly string[] {
  const withoutTexts = statement.replace(/'(?:[^']|'')*'/g, ' ');
  const words = withoutTexts.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
  return words.map((word) => word.replace(/^"|"$/g, '').replaceAll('""', '"'));
}
