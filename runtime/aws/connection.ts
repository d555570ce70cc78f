import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { serverOf } from './endpoints';
import type { Service } from './operations';
import { RequestHandler } from './request-handler';
import type { AnsweredClock } from './service-clock';
import type { AwsSettings, CredentialsProvider } from './settings';

type SharedConfig = Pick<
  DynamoDBClientConfig,
  | 'region'
  | 'endpoint'
  | 'ignoreConfiguredEndpointUrls'
  | 'profile'
  | 'credentials'
  | 'maxAttempts'
  | 'retryMode'
  | 'requestHandler'
>;

/** The configuration that all clients share. @param provider replaces the settings' credentials */
export function clientConfig(
  settings: AwsSettings,
  service: Service,
  provider?: CredentialsProvider,
): SharedConfig {
  silenceNodeVersionNotice();
  const { timeouts } = settings;
  const endpoint = serverOf(settings, service);
  const credentials = provider ? askedEachTime(provider) : settings.credentials;
  return {
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    // The SDK would search the profile of AWS_PROFILE, whatever profile is in use.
    ...(settings.endpoints === undefined ? {} : { ignoreConfiguredEndpointUrls: true }),
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: settings.maxAttempts,
    retryMode: 'standard',
    requestHandler: new RequestHandler(timeouts, settings.usesProxies),
  };
}

/** Marks the provider as memoized: otherwise the SDK would cache the credentials until they expire by the local clock. */
function askedEachTime(provider: CredentialsProvider): CredentialsProvider & { readonly memoized: true } {
  return Object.assign((options?: { readonly forceRefresh?: boolean }) => provider(options), {
    memoized: true as const,
  });
}

/** Turns off the SDK's notice that it will need Node 22 from 2027 on, by its own switch. Other warnings stay. */
export function silenceNodeVersionNotice(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

interface MiddlewareStack {
  add(
    middleware: (
      next: (args: never) => Promise<{ response: unknown }>,
    ) => (args: never) => Promise<{ response: unknown }>,
    options: { step: 'deserialize'; priority: 'low'; name: string; override: boolean },
  ): void;
}

/** Gives the clock the `Date` of every response that comes from the service itself, including errors. */
export function setClock(stack: unknown, clock: AnsweredClock): void {
  (stack as MiddlewareStack).add(
    (next) => async (args) => {
      const result = await next(args);
      const headers = (result.response as { headers?: Record<string, string | undefined> }).headers ?? {};
      // The response of a gateway or proxy has no request id, and the time of another clock.
      if (headers['x-amzn-requestid'] ?? headers['x-amz-request-id']) clock.answered(headers['date']);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'tellClock', override: true },
  );
}
