import { resolve } from 'node:path';
import { z } from 'zod';
import { bytes } from '../../../runtime/setting-values';
import type { DestinationKind } from '../../../runtime/destinations/kind';
import { memoryDialect } from '../memory-dialect';
import type * as Implementation from './destination';

const group = z.strictObject({
  mostBytes: bytes(1).optional().meta({
    description: 'Maximum size of the file. Default: no limit.',
    example: '1MiB',
  }),
});

/**
 * A minimal destination of the kind that CONTRIBUTING describes. Everything that works with every kind has to work
 * with it too.
 */
export const toy: DestinationKind<'toy', typeof group, Implementation.ToySettings> = {
  name: 'toy',
  title: 'Toy',
  phrase: 'a toy file',
  location: {
    description: 'a toy file',
    expected: 'the path of a toy file',
    form: 'a file name that ends in .toy',
    example: 'orders.toy',
    placeholder: 'FILE.toy',
  },
  loadConnections: '1 for a toy',
  mostColumns: { count: 400, because: 'since it is a toy' },
  dialect: memoryDialect,
  columnType: ({ kind }) => kind,
  group,
  matches: (to) => to.endsWith('.toy'),
  settings(to, { mostBytes }) {
    if (to === '.toy') return { problems: [{ setting: 'to', problem: 'a toy file needs a name' }] };
    return { settings: { path: resolve(to), mostBytes } };
  },
  open(settings) {
    // oxlint-disable-next-line typescript/no-require-imports
    const { ToyDestination } = require('./destination') as typeof Implementation;
    return new ToyDestination(settings);
  },
};
