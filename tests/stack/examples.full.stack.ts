import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeLives, EXAMPLES, projectIn } from './example-lives';

const FORGOTTEN_BY_MOTO: Readonly<Record<string, readonly string[]>> = {
  'several-tables': ['replace aws:ecs/service:Service several-service'],
};

const names = readdirSync(EXAMPLES).filter(
  (name) => name !== 'existing-table' && projectIn(join(EXAMPLES, name)).runtime === 'nodejs',
);

describeLives(
  'the other examples in TypeScript',
  names.map((name) => ({
    name,
    folder: join(EXAMPLES, name),
    forgottenByMoto: FORGOTTEN_BY_MOTO[name] ?? [],
  })),
);
