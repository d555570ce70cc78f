import { listValue } from '@duckdb/node-api';
import type { DeadLetter } from '../../item/dead-letter';
import { BOOKKEEPING } from './bookkeeping';
import type { Transaction } from './session';

export type Stage = 'visible' | 'shadow' | 'changes' | 'verify';

export const DEAD_LETTERS = `${BOOKKEEPING}.dead_letters`;

export async function writeLetters(
  transaction: Transaction,
  pipeline: string,
  stage: Stage,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  await transaction.run(
    `INSERT INTO ${DEAD_LETTERS} (pipeline, stage, key, reason, sequence_number, item)
       SELECT $1, $2, unnest($3::VARCHAR[]), unnest($4::VARCHAR[]), unnest($5::VARCHAR[]), unnest($6::VARCHAR[])`,
    [
      pipeline,
      stage,
      listValue(letters.map(({ keyText }) => keyText)),
      listValue(letters.map(({ reason }) => reason)),
      listValue(letters.map(({ sequenceNumber }) => sequenceNumber)),
      listValue(letters.map(({ item }) => item)),
    ],
  );
}

export async function deleteLetters(
  transaction: Transaction,
  pipeline: string,
  ...stages: Stage[]
): Promise<void> {
  const list = stages.map((stage) => `'${stage}'`).join(', ');
  await transaction.run(`DELETE FROM ${DEAD_LETTERS} WHERE pipeline = $1 AND stage IN (${list})`, [pipeline]);
}

export async function countLetters(
  transaction: Transaction,
  pipeline: string,
  stage: Stage,
): Promise<number> {
  const [row] = await transaction.rows(
    `SELECT count(*) AS letters FROM ${DEAD_LETTERS} WHERE pipeline = $1 AND stage = '${stage}'`,
    [pipeline],
  );
  return Number(row?.['letters']);
}
