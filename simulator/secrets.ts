import type { SimulatorClock } from './clock';
import type { Random } from './random';
import { ServiceError } from './service-error';
import { optionalText, requiredText } from './tables/request';
import type { Input } from './tables/request';

interface Version {
  readonly id: string;
  readonly value: string | Buffer;
  /** Epoch ms. */
  readonly createdAt: number;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  /** Oldest first. */
  readonly versions: Version[];
  isMarkedForDeletion: boolean;
}

/** Identifies a stored secret and its version. */
export interface StoredSecret {
  readonly arn: string;
  readonly versionId: string;
}

interface SecretsDependencies {
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

const SUFFIX_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const notFound = (what: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Secrets Manager can't find the specified ${what}`);

/** The part of Secrets Manager that reads secrets. Tests create them in-process with `put`. */
export class Secrets {
  /** Wire operations by name. @throws ServiceError */
  readonly operations: Readonly<Record<string, (input: Input) => unknown>> = {
    GetSecretValue: (input) => this.getSecretValue(input),
  };
  private readonly secrets = new Map<string, Secret>();

  constructor(private readonly deps: SecretsDependencies) {}

  /**
   * Creates or rotates a secret: the value becomes its AWSCURRENT version, and the one before AWSPREVIOUS.
   * @throws ServiceError ValidationException for a name that AWS rejects, InvalidRequestException for a secret that is
   *   marked for deletion
   */
  put(name: string, value: string | Uint8Array): StoredSecret {
    const { clock, random } = this.deps;
    const secret = this.secrets.get(name) ?? this.create(name);
    checkUsable(secret);
    const id = random.uuid();
    secret.versions.push({
      id,
      value: typeof value === 'string' ? value : Buffer.from(value),
      createdAt: clock.now(),
    });
    return { arn: secret.arn, versionId: id };
  }

  /** From then on the secret cannot be read ("Delete an AWS Secrets Manager secret"). @throws ServiceError */
  scheduleDeletion(name: string): void {
    this.find(name).isMarkedForDeletion = true;
  }

  /** The ARN that a policy must name for this id, whether or not the secret exists. */
  arnOf(id: string): string {
    const { region, accountId } = this.deps;
    const found = this.lookUp(id);
    if (found) return found.arn;
    return id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${region}:${accountId}:secret:${id}`;
  }

  private create(name: string): Secret {
    if (!/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name)) {
      throw new ServiceError(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    }
    const { random, region, accountId } = this.deps;
    const suffix = Array.from({ length: 6 }, () => random.pick([...SUFFIX_CHARACTERS])).join('');
    const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
    const secret = { name, arn, versions: [], isMarkedForDeletion: false };
    this.secrets.set(name, secret);
    return secret;
  }

  private getSecretValue(input: Input): unknown {
    const secret = this.find(requiredText(input, 'SecretId'));
    checkUsable(secret);
    const { id, value, createdAt } = wantedVersion(
      secret,
      optionalText(input, 'VersionId'),
      optionalText(input, 'VersionStage'),
    );
    const stages = stagesOf(secret, id);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      ...(typeof value === 'string' ? { SecretString: value } : { SecretBinary: value.toString('base64') }),
      ...(stages.length > 0 ? { VersionStages: stages } : {}),
      CreatedDate: createdAt / 1000,
    };
  }

  private find(id: string): Secret {
    const found = this.lookUp(id);
    if (!found) throw notFound('secret.');
    return found;
  }

  /** By name, by ARN, or by the ARN without its suffix ("Finding a secret from a partial ARN"). */
  private lookUp(id: string): Secret | undefined {
    return (
      this.secrets.get(id) ??
      [...this.secrets.values()].find(({ arn }) => arn === id || arn.replace(/-[A-Za-z0-9]{6}$/, '') === id)
    );
  }
}

/** @throws ServiceError InvalidRequestException */
function checkUsable(secret: Secret): void {
  if (!secret.isMarkedForDeletion) return;
  throw new ServiceError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/** The staging labels of a version; none if two later versions exist. */
function stagesOf({ versions }: Secret, versionId: string): string[] {
  if (versionId === versions.at(-1)?.id) return ['AWSCURRENT'];
  return versionId === versions.at(-2)?.id ? ['AWSPREVIOUS'] : [];
}

function wantedVersion(secret: Secret, id: string | undefined, stage: string | undefined): Version {
  const isLabelled = (version: Version, label: string): boolean =>
    stagesOf(secret, version.id).includes(label);
  if (id === undefined) {
    const label = stage ?? 'AWSCURRENT';
    const labelled = secret.versions.find((version) => isLabelled(version, label));
    if (!labelled) throw notFound(`secret value for staging label: ${label}`);
    return labelled;
  }
  const version = secret.versions.find((each) => each.id === id);
  if (!version) throw notFound(`secret value for VersionId: ${id}`);
  if (stage !== undefined && !isLabelled(version, stage)) {
    throw new ServiceError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  return version;
}
