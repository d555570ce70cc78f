import { DestinationUnavailable, DestinationUnusable } from '../../errors';
import { causeOf, oneOf } from '../../relational/causes';
import { qualified, type TableName } from '../../relational/sql';
import { ServerError } from '../connection/server-error';
import type { NameInError, Reason, TableObject } from './table-object';

/** Errors of the server, a connection or a transaction. No object on a table causes them. */
const NOT_OF_ROWS = ['08', '25', '26', '28', '3D', '40', '53', '55', '57', '58', 'F0', 'XX001', 'XX002'];

/** An error that an object on the table may have caused, and what the server reported. */
export interface Refusal {
  readonly error: DestinationUnusable | DestinationUnavailable;
  readonly fault: ServerError;
}

export function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof DestinationUnusable) && !(error instanceof DestinationUnavailable)) return undefined;
  const { cause: fault } = error;
  if (!(fault instanceof ServerError) || fault.isOfStatement || hasCode(fault, NOT_OF_ROWS)) return undefined;
  return { error, fault };
}

/**
 * The error with the object that refused the rows, or with all that may have. Unchanged if there is none. An object
 * that certainly refuses rows stops the pipeline: no retry helps until somebody changes it.
 */
export function explainRefusal(
  { error, fault }: Refusal,
  table: TableName,
  objects: readonly TableObject[],
): DestinationUnusable | DestinationUnavailable {
  const causes = causesOf(fault, objects);
  if (causes.length === 0) return error;
  const whys = causes.map(({ object, reason }) => causeOf(object.label, reason));
  const isFatal = error.kind === 'fatal' || causes.some(({ reason }) => reason.inCheck === 'refuses');
  const Kind = isFatal ? DestinationUnusable : DestinationUnavailable;
  return new Kind(
    `PostgreSQL refused a write to table ${qualified(table)} (SQLSTATE ${fault.code}). Cause: ${oneOf(whys)} ` +
      (isFatal ? 'then start the replicator again.' : 'Retrying.'),
    { cause: fault },
  );
}

interface Cause {
  readonly object: TableObject;
  readonly reason: Reason;
}

function causesOf(fault: ServerError, objects: readonly TableObject[]): readonly Cause[] {
  const named = objects.filter((object) => isNamed(object.named, fault));
  return (named.length > 0 ? named : objects).flatMap((object) => {
    const reason = object.reasons.find((each) => isReason(each, fault));
    return reason === undefined ? [] : [{ object, reason }];
  });
}

function isNamed({ constraint, column, routine }: NameInError, fault: ServerError): boolean {
  if (routine !== undefined) return fault.mentions(routine);
  if (constraint !== undefined) return constraint === fault.constraint;
  return column !== undefined && column === fault.column;
}

function isReason({ codes, inFunction }: Reason, fault: ServerError): boolean {
  return (inFunction ?? fault.isInFunction) === fault.isInFunction && hasCode(fault, codes);
}

function hasCode({ code }: ServerError, codes: readonly string[]): boolean {
  return codes.some((one) => code.startsWith(one));
}
