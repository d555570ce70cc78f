import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { callAws } from './call';
import { cliFlags } from './cli-command';
import { clientConfig } from './connection';
import { serverOf } from './endpoints';
import { inEnvironment } from './environment';
import { type AwsSettings, DEFAULT_SETTINGS } from './settings';

/** Reads the current version of a secret, from the region in its ARN. @throws UnknownProfile, UnusableEndpoint, AwsFault */
export async function readSecret(arn: string, given: Partial<AwsSettings>): Promise<string> {
  const region = arn.split(':')[3] ?? '';
  const settings: AwsSettings = { ...DEFAULT_SETTINGS, ...(await inEnvironment({ ...given, region })) };
  const client = new SecretsManagerClient(clientConfig(settings, 'secrets'));
  try {
    const server = serverOf(settings, 'secrets');
    const context = { ...cliFlags(settings, region), server, arn };
    return await callAws(
      'GetSecretValue',
      context,
      settings.timeouts.callMs,
      undefined,
      async (abortSignal) => {
        const answer = await client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal });
        return answer.SecretString ?? Buffer.from(answer.SecretBinary ?? []).toString('utf8');
      },
    );
  } finally {
    client.destroy();
  }
}
