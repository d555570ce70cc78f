import assert from 'node:assert/strict';
import { DestinationUnavailable } from '../../../runtime/destinations/errors';
import { begin, checkpoint, COLUMNS, ORDERS } from '../conformance/orders';
import { ToyDestination } from './destination';
import { conformance, conformanceInAnyOrder, conformanceOnceLoaded } from '../conformance';
import { toyFixture } from './toy-fixture';

conformance('toy', toyFixture);
conformanceOnceLoaded('toy', toyFixture);
conformanceInAnyOrder('toy', toyFixture, 1);

describe('destination toy', () => {
  it('continues from the content of the file after a commit that did not fit', async () => {
    const fixture = await toyFixture();
    try {
      const roomy = await begin(fixture);
      await roomy.widen(COLUMNS);
      await fixture.destination.close();
      const path = (fixture.destination.control as { readonly destinationFile: string }).destinationFile;
      const narrow = new ToyDestination({ path, mostBytes: 4_000 });
      const store = await narrow.lease(ORDERS);
      const before = await fixture.dump();
      await assert.rejects(store.save(checkpoint('x'.repeat(4_000))), DestinationUnavailable);
      assert.equal(await fixture.dump(), before);
      await store.save(checkpoint('shorter'));
      assert.equal((await store.readCheckpoint())?.head, 'shorter');
      await narrow.close();
    } finally {
      await fixture.cleanup();
    }
  });
});
