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
});
