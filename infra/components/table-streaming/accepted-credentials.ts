import type * as aws from '@pulumi/aws';
import { connectionOf, keysOf } from '../../plan/table-streaming/connection';
import { endpoint, loadSts, signingOf } from './sdk-credentials';

/** Most time for the answer of AWS. */
const ANSWER_MS = 10_000;

/**
 * Why AWS accepts no credentials of a provider with these settings; `undefined` if it does. Pulumi's engine stops a program at
 * once when it registers a provider without valid credentials: what else the program has to report is lost.
 */
export async function credentialsProblem({
  region = '',
  ...settings
}: aws.ProviderArgs): Promise<string | undefined> {
  // Turns off the SDK's notice about Node 20, which would appear between the lines of `pulumi up`.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { STSClient, GetCallerIdentityCommand } = loadSts();
  try {
    const connection = connectionOf(settings);
    const place = { region: connection.stsRegion ?? String(region), ...endpoint(connection.endpoints?.sts) };
    const client = new STSClient({ ...place, ...signingOf(String(region), connection, keysOf(settings)) });
    try {
      await client.send(new GetCallerIdentityCommand({}), { abortSignal: AbortSignal.timeout(ANSWER_MS) });
      return undefined;
    } finally {
      client.destroy();
    }
  } catch (error) {
    return (error as Error).message;
  }
}
