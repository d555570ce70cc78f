import { ReplicatorError } from '../errors';
import { version } from '../version';
import { CONTROL_VERBS, type ControlVerb } from './protocol';

/** A request from one process to another. */
export interface ControlRequest {
  readonly verb: ControlVerb;
  /** The source table; undefined for all. */
  readonly table: string | undefined;
  /** For a verify: the share of the export's files. An older replicator ignores it and compares all. */
  readonly sample?: number | undefined;
}

/** Increased by a change that older readers would misunderstand. Version 0.1.0 wrote no format. */
const FORMAT = 1;

/** The answer to a request that this version does not understand. */
export class RequestUnreadable extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The running replicator (version ${version()}) does not understand the request: ${reason}. Nothing was done. Use the same ` +
        `version: npx pulumi-dynamodb-replicator@${version()} --help`,
      options,
    );
  }
}

export function writeRequest({ verb, table, sample }: ControlRequest): string {
  return JSON.stringify({ format: FORMAT, verb, table, sample });
}

/**
 * Parses a request from loopback or a mailbox.
 * @param named the verb if the text names none, as in requests of version 0.1.0 over loopback
 * @throws RequestUnreadable
 */
export function readRequest(text: string, named?: string): ControlRequest {
  const { format = FORMAT, verb = named, table, sample } = fieldsOf(text);
  if (format !== FORMAT) {
    const newer = typeof format === 'number' && format > FORMAT;
    throw new RequestUnreadable(newer ? 'it comes from a newer version' : 'its format is unknown');
  }
  const known = CONTROL_VERBS.find((one) => one === verb);
  if (known === undefined) throw new RequestUnreadable(`its command is none of ${CONTROL_VERBS.join(', ')}`);
  if (table !== undefined && table !== null && typeof table !== 'string')
    throw new RequestUnreadable('its table is not a name');
  if (sample === undefined) return { verb: known, table: table ?? undefined };
  if (typeof sample !== 'number' || !(sample > 0 && sample <= 1))
    throw new RequestUnreadable('its sample is not a share');
  return { verb: known, table: table ?? undefined, sample };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new RequestUnreadable('it is not JSON', { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new RequestUnreadable('it is not a JSON object');
  return parsed as Record<string, unknown>;
}
