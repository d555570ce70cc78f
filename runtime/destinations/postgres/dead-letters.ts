import { createHash } from 'node:crypto';
import type { DatedDeadLetter } from '../../item/dead-letter';
import type { TableRole } from '../destination';
import { integer } from '../relational/sql';
import { BOOKKEEPING } from './bookkeeping';
import type { Statement } from './connection/round-trip';
import type { Transaction } from './connection/transaction';
import { byteaArray, textArray } from './rows/arrays';

export const DEAD_LETTERS = `${BOOKKEEPING}.dead_letters`;

/** The digest of a key text, which may be too long for an index. */
export function digestOf(keyText: string): Buffer {
  return createHash('sha256').update(keyText).digest();
}

export function insertDeadLetters(
  number: number,
  stage: TableRole,
  deadLetters: readonly DatedDeadLetter[],
): Statement {
  return {
    sql: `INSERT INTO ${DEAD_LETTERS} (number, stage, digest, key, reason, sequence_number, item, source_time)
      SELECT ${integer(number)}, '${stage}', digest, key, reason, sequence_number, item, source_time::timestamptz
      FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        AS __r_new (digest, key, reason, sequence_number, item, source_time)`,
    values: [
      byteaArray(deadLetters.map(({ keyText }) => digestOf(keyText))),
      textArray(deadLetters.map(({ keyText }) => keyText)),
      textArray(deadLetters.map(({ reason }) => reason)),
      textArray(deadLetters.map(({ sequenceNumber }) => sequenceNumber)),
      textArray(deadLetters.map(({ item }) => item)),
      textArray(
        deadLetters.map(({ sourceTime }) =>
          sourceTime === null ? null : new Date(sourceTime).toISOString(),
        ),
      ),
    ],
  };
}

/** @param digests of the keys whose dead letters are deleted, as a `bytea[]` */
export function deleteDeadLettersOf(number: number, stage: TableRole, digests: Buffer): Statement {
  return {
    sql: `DELETE FROM ${DEAD_LETTERS} WHERE number = ${integer(number)} AND stage = '${stage}' AND digest = ANY ($1::bytea[])`,
    values: [digests],
  };
}

export async function hasDeadLetters(
  transaction: Transaction,
  number: number,
  stage: TableRole,
): Promise<boolean> {
  const [row] = await transaction.rows(
    `SELECT EXISTS (SELECT FROM ${DEAD_LETTERS} WHERE number = ${integer(number)} AND stage = '${stage}') AS found`,
  );
  return row?.['found'] === 't';
}
