import assert from 'node:assert/strict';
import { createDatabase, requirePostgres } from '../postgres-server';
import { sized } from '../seeds';
import { skipLoudly } from '../skip-loudly';
import { canMeasure, type MeasuredLoad, measureLoad } from './measured-load';
import type { Shape } from './shapes';

const FILES = 4;
const BYTES = sized(20e6);
/** Limit of the replicator's peak resident memory in bytes. */
const LIMITS: Readonly<Record<Shape, number>> = { flat: 450e6, nested: 700e6 };
/** Limit for a load into PostgreSQL, four files at a time, without the server's own memory. */
const POSTGRES_LIMIT = 220e6;

describe(`memory: an export of ${BYTES / 1e6} MB is loaded within the limits`, () => {
  for (const [shape, limit] of Object.entries(LIMITS) as [Shape, number][]) {
    it(`${shape}: under ${limit / 1e6} MB resident`, async function () {
      if (!canMeasure) {
        skipLoudly(this, 'this system does not report the peak memory of a process (/proc/<pid>/status)');
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
          skipLoudly(this, 'this system does not report the peak memory of a process (/proc/<pid>/status)');
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
  return `peak ${Math.round(peakBytes / 1e6)} MB, ${rate(bytes / 1e6)} MB/s, ${rate(rows / 1e3)} thousand rows/s`;
}
