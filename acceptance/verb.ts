import { AwsFault } from '../runtime/aws/faults';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import type { Verb } from '../runtime/verbs/verb';
import type { Check } from './check';
import { addOptions, optionsOf } from './options';
import { accept, removeAll } from './run';
import type { Surroundings } from './surroundings';

/**
 * The command `npm run acceptance`.
 * @param checks all there are
 * @param open called with the region, or undefined for that of the environment @throws AwsFault without a region
 */
export function acceptanceVerb(
  checks: readonly Check[],
  open: (region: string | undefined) => Promise<Surroundings>,
): Verb {
  return {
    name: 'acceptance',
    summary: 'Asks AWS about each assumption of docs/SPEC.md, and writes a report that can be committed.',
    example: 'npm run acceptance -- --quick --region eu-west-1',
    define: (command) => {
      addOptions(command).configureHelp({ commandUsage: () => 'npm run acceptance -- [options]' });
    },
    run: async (command, terminal) => {
      const options = optionsOf(command, checks);
      const surroundings = await open(options.region).catch((error: unknown) => {
        // It calls nothing, so the region is missing.
        throw error instanceof AwsFault ? new WrongUse(error.message, { cause: error }) : error;
      });
      if (options.kind === 'run') return accept(options, { surroundings, terminal, checks });
      await removeAll(options.suffix, { surroundings, terminal });
      return EXIT.fine;
    },
  };
}
