import { ReplicatorError } from '../errors';
import type { ConfigurationFiles } from './configuration-files';
import type { Service } from './operations';
import type { Profile } from './profiles';
import type { AwsSettings } from './settings';

/** The environment or a configuration file has an invalid address. */
export class UnusableEndpoint extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly endpoint: string) {
    super(
      `The address "${endpoint}" in AWS_ENDPOINT_URL (or a variable such as AWS_ENDPOINT_URL_S3, or endpoint_url of the profile) is ` +
        `invalid. Expected an http:// or https:// address, such as http://localhost:4566.`,
    );
  }
}

/** A profile names a section of services that the configuration file does not have. */
export class UnknownServices extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly section: string) {
    super(
      `The profile in use has "services = ${section}", but ~/.aws/config (or the file that AWS_CONFIG_FILE names) has no section ` +
        `[services ${section}]. Add it, or remove that line from the profile.`,
    );
  }
}

/** Addresses of services that are not AWS's own. */
export type Addresses = NonNullable<AwsSettings['endpoints']>;

/** The names of services in configuration files. In capital letters they end the names of variables. */
const NAMES: Readonly<Record<Service, string>> = {
  dynamodb: 'dynamodb',
  streams: 'dynamodb_streams',
  s3: 's3',
  sts: 'sts',
  secrets: 'secrets_manager',
};

/**
 * The addresses that the environment and the profile name, as the AWS CLI reads them. The SDK reads them from the profile of
 * AWS_PROFILE only, even if it is given another one.
 * @throws UnusableEndpoint, UnknownServices
 */
export function configuredEndpoints(
  environment: NodeJS.ProcessEnv,
  { config }: Pick<ConfigurationFiles, 'config'>,
  profile: Profile = {},
): Addresses {
  if ((environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? profile.ignoresEndpoints) === 'true') return {};
  const services = servicesOf(config, profile);
  const found = Object.entries(NAMES).flatMap(([service, name]) => {
    const address =
      environment[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] ||
      environment['AWS_ENDPOINT_URL'] ||
      services?.get(`${name}.endpoint_url`) ||
      profile.endpoint;
    return address ? [[service, valid(address)]] : [];
  });
  return Object.fromEntries(found) as Addresses;
}

function servicesOf(
  config: ConfigurationFiles['config'],
  { services }: Profile,
): ReadonlyMap<string, string> | undefined {
  if (services === undefined) return undefined;
  const isIt = (name: string) => /^services\s+(['"]?)(.*)\1$/.exec(name)?.[2] === services;
  const section = config.find(({ name }) => isIt(name));
  if (section === undefined) throw new UnknownServices(services);
  return section.values;
}

function valid(address: string): string {
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address)) throw new UnusableEndpoint(address);
  return address;
}

/** The common address of all services; `undefined` when they differ or some are AWS's own. */
export function commonOf({ dynamodb, streams, s3, sts }: Addresses): string | undefined {
  return [streams, s3, sts].every((one) => one === dynamodb) ? dynamodb : undefined;
}

/** The address of a service; `undefined` when it is AWS's own. */
export function serverOf(settings: Partial<AwsSettings>, service: Service): string | undefined {
  const { endpoint, streamsEndpoint, endpoints } = settings;
  return (service === 'streams' ? streamsEndpoint : undefined) ?? endpoint ?? endpoints?.[service];
}
