import assert from 'node:assert/strict';
import { ColumnTypeChanged } from '../../../runtime/destinations/errors';
import type { Cell, ColumnType } from '../../../runtime/item/column';
import { requirePostgres } from '../../postgres-server';
import {
  attribute,
  BINARY,
  BOOLEAN,
  ID,
  JSON_TYPE,
  numberType,
  published,
  SOFT_ORDERS,
  TEXT,
} from '../conformance/orders';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

const NUMBER = numberType(20, 2);

/** A column, its value, and what somebody made of it. */
const CASES: readonly (readonly [type: ColumnType, value: Cell, altered: string])[] = [
  [BOOLEAN, true, 'TYPE text'],
  [BOOLEAN, true, 'TYPE varchar(9)'],
  [BOOLEAN, true, 'TYPE integer USING v::integer'],
  [BOOLEAN, true, 'TYPE bigint USING v::integer'],
  [BINARY, new Uint8Array([1, 92, 255]), 'TYPE text'],
  [JSON_TYPE, '{"n":1}', 'TYPE text'],
  [JSON_TYPE, '{"n":1}', 'TYPE json'],
  [JSON_TYPE, '"x"', `TYPE bytea USING 'x'::bytea`],
  [JSON_TYPE, '12', 'TYPE integer USING v::integer'],
  [NUMBER, '12.5', 'TYPE text'],
  [NUMBER, '12.5', 'TYPE double precision'],
  [NUMBER, '1', 'TYPE boolean USING v = 1'],
  [TEXT, 'x', 'TYPE jsonb USING to_jsonb(v)'],
  [TEXT, 'x', 'TYPE bytea USING v::bytea'],
];

describe('destination postgres: the statement that gives a column its type again', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  beforeEach(async () => (fixture = await postgresFixture()));
  afterEach(() => fixture.cleanup());

  const refusal = () =>
    fixture.destination.lease(SOFT_ORDERS).then(
      () => assert.fail('leased'),
      (error: unknown) => {
        assert.ok(error instanceof ColumnTypeChanged, String(error));
        return error;
      },
    );

  for (const [type, value, altered] of CASES)
    it(`works: ${type.kind} after ${altered}`, async () => {
      await (await published(fixture, [['a', value]], SOFT_ORDERS, [ID, attribute('v', type)])).release();
      await fixture.sql(`ALTER TABLE orders ALTER COLUMN v ${altered}`);
      await fixture.sql((await refusal()).fix);
      await (await fixture.destination.lease(SOFT_ORDERS)).release();
    });

  for (const [column, altered] of [
    ['__deleted', 'DROP DEFAULT, ALTER COLUMN __deleted TYPE text'],
    ['__deleted', 'TYPE text'],
    ['__source_time', 'TYPE text'],
    ['__source_time', 'TYPE timestamp'],
    ['__source_time', 'TYPE date'],
  ] as const)
    it(`works: ${column} after ${altered}`, async () => {
      await (await published(fixture, [['a', 'x']], SOFT_ORDERS)).release();
      await fixture.sql(`ALTER TABLE orders ALTER COLUMN ${column} ${altered}`);
      await fixture.sql((await refusal()).fix);
      await (await fixture.destination.lease(SOFT_ORDERS)).release();
    });
});
