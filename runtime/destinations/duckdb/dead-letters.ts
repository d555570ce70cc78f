import type { DatedDeadLetter } from '../../item/dead-letter';
import type { TableRole } from '../destination';
import { BOOKKEEPING, textList } from './bookkeeping';
import type { Transaction } from './session';

export const DEAD_LETTERS = `${BOOKKEEPING}.dead_letters`;

export async function insertDeadLetters(
  transaction: Transaction,
  pipeline: string,
  role: TableRole,
  deadLetters: readonly DatedDeadLetter[],
): Promise<void> {
  if (deadLetters.length === 0) return;
  await transaction.run(
    `INSERT INTO ${DEAD_LETTERS} (pipeline, stage, key, reason, sequence_number, item, source_time)
       SELECT $1, $2, unnest($3::VARCHAR[]), unnest($4::VARCHAR[]), unnest($5::VARCHAR[]), unnest($6::VARCHAR[]),
         epoch_ms(unnest($7::VARCHAR[])::BIGINT)`,
    [
      pipeline,
      role,
      textList(deadLetters.map(({ keyText }) => keyText)),
      textList(deadLetters.map(({ reason }) => reason)),
      textList(deadLetters.map(({ sequenceNumber }) => sequenceNumber)),
      textList(deadLetters.map(({ item }) => item)),
      textList(deadLetters.map(({ sourceTime }) => (sourceTime === null ? null : String(sourceTime)))),
    ],
  );
}
