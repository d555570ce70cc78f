import assert from 'node:assert/strict';
import { Place, TABLE } from '../bad-input/place';

describe('verify of a table whose keys change meanwhile', () => {
  let place: Place;
  beforeEach(async () => {
    place = await Place.open();
    const loaded = await place.sayUntil(place.words('run', '--log-format', 'human'), ({ written }) =>
      /published/.test(written),
    );
    assert.equal(loaded.code, 0, loaded.all);
  });
  afterEach(() => place.close());

  /** @param changed keys, of 20, that are written once the changes are recorded */
  const verified = async (changed: number, ...words: string[]) => {
    let hasChanged = false;
    return place.sayUntil(place.words('verify', '--yes', ...words), ({ complained }) => {
      if (!hasChanged && complained.includes('waiting for an export')) {
        hasChanged = true;
        for (let id = 0; id < changed; id++) place.put(TABLE, id, 'another value');
      }
      return false;
    });
  };

  it('ends with its own exit code after comparing too few keys, unless you accept that', async () => {
    const partial = await verified(15);
    assert.match(partial.out, /5 rows compared, 0 differences, 15 keys skipped/);
    assert.match(partial.out, /Only 25 % of the keys were compared.*--allow-partial/);
    assert.equal(partial.code, 5);
    assert.equal((await verified(15, '--allow-partial')).code, 0);
    assert.equal((await verified(1)).code, 0);
  });

  it('V1: compares a sample of the export’s files on request, and says how much that was', async () => {
    const { code, out, all } = await verified(0, '--sample', '1%');
    assert.equal(code, 0, all);
    const [, rows, files, items] =
      /: (\d+) rows? compared, 0 differences\n {2}A sample: 1 of (\d+) files of the export, (\d+) of 20 items\. /.exec(
        out,
      ) ?? [];
    assert.ok(rows !== undefined && rows === items && Number(rows) < 20 && Number(files) > 1, out);
    const json = await verified(0, '--sample', '1%', '--json');
    const [{ coverage, rowsCompared }] = JSON.parse(json.out) as [
      { coverage: Record<string, number>; rowsCompared: number },
    ];
    assert.deepEqual(coverage, { files: 1, filesTotal: Number(files), items: rowsCompared, itemsTotal: 20 });
    const wrong = await verified(0, '--sample', '10');
    assert.equal(wrong.code, 2);
    assert.match(wrong.all, /--sample: expected a share above 0 % and up to 100 %, such as 10% or 0\.1/);
  });
});
