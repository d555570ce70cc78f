import assert from 'node:assert/strict';
import { z } from 'zod';
import { leavesOf } from '../../../runtime/config/leaves';
import type { DestinationKind } from '../../../runtime/destinations/kind';

/**
 * What every kind has to provide before a destination is opened (runtime/destinations/kind.ts).
 * @param others the other registered kinds
 */
export function kindConformance(kind: DestinationKind, others: readonly DestinationKind[]): void {
  const { name, title, phrase, location, group, mostColumns, loadConnections } = kind;
  const { example } = location;
  describe(`kind of destination ${name}`, () => {
    it('has a unique name, and texts', () => {
      assert.match(name, /^[a-z]+$/);
      assert.ok(others.every((other) => other.name !== name));
      const texts = [title, phrase, loadConnections, mostColumns?.because ?? '', ...Object.values(location)];
      for (const text of texts) assert.doesNotMatch(text, /^\s|\s$|\.$/, 'it is used within a sentence');
    });

    it('matches its own locations, and no other kind does', () => {
      assert.ok(kind.matches(example));
      for (const other of others) assert.ok(!other.matches(example), other.name);
      for (const strange of ['', 'orders.csv', 'mysql://db.internal/orders'])
        assert.ok(!kind.matches(strange));
    });

    it('has documented settings, none of which is required', () => {
      const leaves = leavesOf(z.strictObject({ [name]: group }));
      for (const leaf of leaves) {
        assert.ok(leaf.schema.safeParse(undefined).success, leaf.name);
        assert.ok(leaf.schema.safeParse(leaf.example).success, `${leaf.name}: ${leaf.example}`);
      }
    });

    it('opens a destination from its settings alone, without connecting to it', async () => {
      const read = kind.settings(example, {});
      assert.ok('settings' in read, JSON.stringify(read));
      const destination = kind.open(read.settings, {
        readSecret: () => Promise.reject(new Error('nothing has been requested yet')),
      });
      assert.equal(destination.dialect, kind.dialect);
      assert.notEqual(destination.location, '');
      await destination.close();
    });
  });
}
