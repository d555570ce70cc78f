import assert from 'node:assert/strict';
import { z } from 'zod';
import { leavesOf } from '../../../runtime/config/leaves';
import type { DestinationKind } from '../../../runtime/destinations/kind';

/** What is known of every kind before one is opened (runtime/destinations/kind.ts). @param others what else is registered with it */
export function kindConformance(kind: DestinationKind, others: readonly DestinationKind[]): void {
  const { name, title, phrase, location, group, mostColumns, loadConnections } = kind;
  const { example } = location;
  describe(`kind of destination ${name}`, () => {
    it('has its name and its words', () => {
      assert.match(name, /^[a-z]+$/);
      assert.ok(others.every((other) => other.name !== name));
      const texts = [title, phrase, loadConnections, mostColumns?.because ?? '', ...Object.values(location)];
      for (const text of texts) assert.doesNotMatch(text, /^\s|\s$|\.$/, 'it stands within a sentence');
    });

    it('knows its own places, and no other kind takes them', () => {
      assert.ok(kind.matches(example));
      for (const other of others) assert.ok(!other.matches(example), other.name);
      for (const strange of ['', 'orders.csv', 'mysql://db.internal/orders'])
        assert.ok(!kind.matches(strange));
    });

    it('has settings that are described, none of which has to be given', () => {
      const leaves = leavesOf(z.strictObject({ [name]: group }));
      for (const leaf of leaves) {
        assert.ok(leaf.schema.safeParse(undefined).success, leaf.name);
        assert.ok(leaf.schema.safeParse(leaf.example).success, `${leaf.name}: ${leaf.example}`);
      }
    });

    it('opens a place by its settings alone, and reaches nothing by that', async () => {
      const read = kind.settings(example, {});
      assert.ok('settings' in read, JSON.stringify(read));
      const destination = kind.open(read.settings, {
        readSecret: () => Promise.reject(new Error('nobody has asked for anything yet')),
      });
      assert.equal(destination.dialect, kind.dialect);
      assert.notEqual(destination.location, '');
      await destination.close();
    });
  });
}
