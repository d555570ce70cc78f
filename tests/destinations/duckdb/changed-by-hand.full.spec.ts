import { changedByHand } from '../changed-by-hand';
import { attribute, BINARY, ID, INT64, JSON_TYPE, numberType, TEXT } from '../conformance/orders';
import { duckdbFixture } from '../duckdb-fixture';

describe('destination duckdb: tables changed by hand', () => {
  changedByHand(duckdbFixture, {
    table: 'main.orders',
    columns: [
      ID,
      attribute('price', numberType(20, 2)),
      attribute('quantity', INT64),
      attribute('name', TEXT),
      attribute('doc', JSON_TYPE),
      attribute('image', BINARY),
    ],
    cells: ['a', '12.5', '3', 'short', '{"n":1}', 'AAAA'],
    refused: [
      { column: 'price', to: 'TYPE DECIMAL(10,1)', made: 'DECIMAL(38,2)', found: 'DECIMAL(10,1)' },
      { column: 'price', to: 'TYPE DOUBLE', made: 'DECIMAL(38,2)', found: 'DOUBLE' },
      { column: 'price', to: 'TYPE DECIMAL(38,10)', made: 'DECIMAL(38,2)', found: 'DECIMAL(38,10)' },
      { column: 'quantity', to: 'TYPE INTEGER', made: 'BIGINT', found: 'INTEGER' },
      { column: 'quantity', to: 'TYPE DECIMAL(18,0)', made: 'BIGINT', found: 'DECIMAL(18,0)' },
      { column: 'quantity', to: 'TYPE DOUBLE', made: 'BIGINT', found: 'DOUBLE' },
      { column: 'id', to: 'TYPE VARCHAR COLLATE NOCASE', made: 'VARCHAR', found: 'VARCHAR COLLATE NOCASE' },
      { column: 'name', to: 'TYPE VARCHAR COLLATE de', made: 'VARCHAR', found: 'VARCHAR COLLATE de' },
      { column: '__source_time', to: 'TYPE DATE', made: 'TIMESTAMP', found: 'DATE' },
    ],
    accepted: [
      ['quantity', 'TYPE HUGEINT'],
      ['quantity', 'TYPE DECIMAL(20,1)'],
      ['name', 'TYPE VARCHAR(5)'],
    ],
  });
});
