import type { TableClient } from './client';

/** For Pulumi: keep these functions as text, not the path to this file, which the package does not export. @public */
export const deploymentOnlyModule = true;

/**
 * A stack's state keeps the keys of its last update, and `pulumi refresh` and `destroy` have no others. Once they have expired,
 * the environment's credentials take their place; whether those are of the right account is checked like those of any other.
 *
 * Pulumi keeps this function as text, as it does lifecycle.ts.
 */
export function replaceExpired(stored: TableClient, environment: () => TableClient): TableClient {
  const expired =
    /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidIdentityToken|RequestExpired)/;
  let client = stored;
  return {
    describe: async (table) => {
      try {
        return await client.describe(table);
      } catch (error) {
        if (client !== stored || !expired.test((error as Error).name)) throw error;
      }
      client = environment();
      try {
        return await client.describe(table);
      } catch (error) {
        // Of the table, not of the credentials.
        if ((error as Error).name === 'ResourceNotFoundException') throw error;
        throw new Error(
          `Table ${table}: the provider's access keys in the stack's state have expired, and the environment's credentials ` +
            `failed too: ${(error as Error).message}. Run pulumi up with new keys to store them, or set credentials of the ` +
            `table's account in the environment.`,
        );
      }
    },
    callerAccount: () => client.callerAccount(),
    describeRecovery: (table) => client.describeRecovery(table),
    enableStream: (table, viewType) => client.enableStream(table, viewType),
    disableStream: (table) => client.disableStream(table),
    enableRecovery: (table) => client.enableRecovery(table),
    pause: (ms) => client.pause(ms),
  };
}
