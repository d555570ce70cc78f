import { join } from 'node:path';
import { describeLives, EXAMPLES } from './example-lives';

// The others take longer: tests/stack/examples.full.stack.ts.
describeLives('an example in TypeScript', [
  { name: 'existing-table', folder: join(EXAMPLES, 'existing-table') },
]);
