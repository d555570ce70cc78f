import assert from 'node:assert/strict';
import type { Destination, PipelineStore } from '../../../runtime/destinations/destination';
import type { Column } from '../../../runtime/item/column';
import { DestinationTableMismatch } from '../../../runtime/pipeline/pipeline';
import { World } from '../../simulation/world';

describe('a pipeline whose table was created for something else', () => {
  async function published(): Promise<World> {
    const world = new World();
    await world.prepare();
    world.put('a', 1);
    const first = world.start();
    await world.untilCaughtUp();
    await first.stop();
    return world;
  }

  async function mismatch(world: World, destination?: Destination): Promise<DestinationTableMismatch> {
    const { failed } = await world.clock.run(world.start({ destination }).outcome);
    const [failure] = failed;
    assert.ok(failure?.error instanceof DestinationTableMismatch, String(failure?.error.stack));
    return failure.error;
  }

  it('names the setting when the table was created with the other one', async () => {
    const world = await published();
    Object.assign(world.settings.tables[0]!, { columns: 'document' });
    const { message, difference } = await mismatch(world);
    assert.equal(difference, 'layout');
    assert.match(
      message,
      /^Table orders .*with another --columns\. Use that, or load .* into another destination with --to\./,
    );
  });

  it('names the key when the table was created for another one', async () => {
    const world = await published();
    const { message, difference } = await mismatch(world, recalling(world, renamedKey));
    assert.equal(difference, 'key');
    // No setting changes a table's key.
    assert.match(message, /another key than the source table\. Load it into another destination with --to\./);
  });

  /** The world's destination, but with other columns recorded. */
  function recalling(world: World, recorded: (columns: readonly Column[]) => readonly Column[]): Destination {
    const replaced = <Of extends object>(of: Of, name: string, by: (result: unknown) => unknown): Of =>
      new Proxy(of, {
        get(target, wanted) {
          const member: unknown = Reflect.get(target, wanted, target);
          if (typeof member !== 'function') return member;
          return async (...given: unknown[]) => {
            const result: unknown = await Reflect.apply(member, target, given);
            return wanted === name ? by(result) : result;
          };
        },
      });
    return replaced(
      world.stage.destination(world, () => undefined),
      'lease',
      (lease) =>
        replaced(lease as PipelineStore, 'readColumns', (columns) => recorded(columns as readonly Column[])),
    );
  }

  const renamedKey = (columns: readonly Column[]) =>
    columns.map((column) =>
      column.role === 'partition key' ? { ...column, attribute: 'other', name: 'other' } : column,
    );
});
