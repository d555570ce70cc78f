import { inEnvironment } from '../runtime/aws/environment';
import { SdkServices } from '../runtime/aws/sdk';
import { DEFAULT_SETTINGS } from '../runtime/aws/settings';
import { LocalClock } from '../runtime/clock';
import { destinationPlace, openDestination } from '../runtime/destinations/kinds';
import { runCommandLine } from '../runtime/verbs/command-line';
import { start } from '../runtime/verbs/start';
import { CHECKS } from './checks';
import { connectWith } from './clients';
import { LIFE } from './life';
import type { Surroundings } from './surroundings';
import { acceptanceVerb } from './verb';

/** `npm run acceptance`. */

class MachineClock extends LocalClock {
  now(): number {
    return Date.now();
  }
}

/** Tries of a call: AWS throttles a caller who makes many at once. */
const MAX_ATTEMPTS = 8;

async function surroundingsIn(region: string | undefined): Promise<Surroundings> {
  const settings = await inEnvironment({ ...DEFAULT_SETTINGS, region, maxAttempts: MAX_ATTEMPTS });
  const clock = new MachineClock();
  return {
    region: settings.region,
    connect: connectWith(settings),
    clock,
    random: () => Math.random(),
    replicator: {
      openServices: (roleArn) =>
        new SdkServices(
          { ...settings, maxAttempts: DEFAULT_SETTINGS.maxAttempts, sourceRole: { roleArn } },
          clock,
        ),
      openDestination: (path) =>
        openDestination(destinationPlace(path, {}), {
          readSecret: () => Promise.reject(new Error('A DuckDB file has no secret.')),
        }),
    },
  };
}

const verb = acceptanceVerb([...CHECKS, LIFE], surroundingsIn);

start((words, terminal) => runCommandLine([verb.name, ...words], terminal, [verb]));
