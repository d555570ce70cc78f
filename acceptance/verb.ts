import { UnknownServices, UnusableEndpoint } from '../runtime/aws/endpoints';
import { AwsFault } from '../runtime/aws/faults';
import { UnknownProfile } from '../runtime/aws/profiles';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import type { Verb } from '../runtime/verbs/verb';
import type { Check } from './check';
import { addOptions, optionsOf } from './options';
import { accept, removeAll } from './run';
import type { Surroundings } from './surroundings';

/** Opening calls nothing, so a fault of AWS is a missing region. */
const OF_ENVIRONMENT = [AwsFault, UnknownProfile, UnusableEndpoint, UnknownServices] as const;

function isOfEnvironment(error: unknown): error is InstanceType<(typeof OF_ENVIRONMENT)[number]> {
  return OF_ENVIRONMENT.some((kind) => error instanceof kind);
}

/** The error's own words name a flag that this command does not have. */
const adviceOn = (error: Error): string =>
  error instanceof UnknownProfile
    ? `There is no AWS profile ${error.profile}, which AWS_PROFILE names. List the profiles with: aws configure list-profiles. ` +
      'Then set AWS_PROFILE to one of them, or unset it. Nothing was created.'
    : error.message;

/**
 * The command `npm run acceptance`.
 * @param checks all there are
 * @param open called with the region, or undefined for that of the environment @throws UnknownProfile, UnusableEndpoint, UnknownServices, AwsFault without a region
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
        throw isOfEnvironment(error) ? new WrongUse(adviceOn(error), { cause: error }) : error;
      });
      if (options.kind === 'run') return accept(options, { surroundings, terminal, checks });
      await removeAll(options.suffix, { surroundings, terminal });
      return EXIT.fine;
    },
  };
}
