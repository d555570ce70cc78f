import assert from 'node:assert/strict';
import { createDatabase, requirePostgres } from '../postgres-server';
import { sized } from '../seeds';
import { skipLoudly } from '../skip-loudly';
import { canMeasure, type MeasuredLoad, measureLoad } from './measured-load';
import type { Shape } from './shapes';

const FILES = 4;
const BYTES = sized(20e6);
/** Most resident memory the replicator's process may ever have had, bytes. */
const LIMITS: Readonly<Record<Shape, number>> = { flat: 450e6, nested: 700e6 };
/** Into PostgreSQL, whose memory is the server's, with four files at a time. */
const POSTGRES_LIMIT = 220e6;

describe(`memory: an export of ${BYTES / 1e6} MB is loaded within the limits`, () => {
  for (const [shape, limit] of Object.entries(LIMITS) as [Shape, number][]) {
    it(`${shape}: under ${limit / 1e6} MB resident`, async function () {
      if (!canMeasure) {
        skipLoudly(this, 'the system does not tell the most memory a process has had (/proc/<pid>/status)');
      }
      const load = await measureLoad({ shape, files: FILES, bytesEach: BYTES / FILES });
      console.log(`      ${figures(load)}`);
      assert.equal(load.rows, load.items);
      assert.ok(load.bytes >= BYTES);
      assert.ok(load.peakBytes < limit, figures(load));
    });
  }

  describe('into PostgreSQL', () => {
    before(requirePostgres);
    for (const shape of Object.keys(LIMITS) as Shape[]) {
      it(`${shape}: under ${POSTGRES_LIMIT / 1e6} MB resident`, async function () {
        if (!canMeasure) {
          skipLoudly(this, 'the system does not tell the most memory a process has had (/proc/<pid>/status)');
        }
        const database = await createDatabase();
        try {
          const load = await measureLoad({
            shape,
            files: FILES,
            bytesEach: BYTES / FILES,
            to: database.url,
            words: ['--load-connections', '4'],
          });
          console.log(`      ${figures(load)}`);
          assert.equal(load.rows, load.items);
          assert.ok(load.peakBytes < POSTGRES_LIMIT, figures(load));
        } finally {
          await database.drop();
        }
      });
    }
  });
});

function figures({ peakBytes, bytes, rows, seconds }: MeasuredLoad): string {
  const rate = (amount: number) => (amount / seconds).toFixed(1);
  return `${Math.round(peakBytes / 1e6)} MB at its peak, ${rate(bytes / 1e6)} MB/s, ${rate(rows / 1e3)} thousand rows/s`;
}
