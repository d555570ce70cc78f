import type { DeadLetter } from '../../item/dead-letter';
import { BOOKKEEPING } from './bookkeeping';
import type { Transaction } from './session';
import type { TableWriter, WrittenColumn } from './table-writer';

export type Stage = 'visible' | 'shadow' | 'changes' | 'verify';

export const DEAD_LETTERS = `${BOOKKEEPING}.dead_letters`;

const NAMES = ['pipeline', 'stage', 'key', 'reason', 'sequence_number', 'item'] as const;
const COLUMNS: readonly WrittenColumn[] = NAMES.map((name) => ({ name, type: { storage: 'text' } }));
const PLACES = NAMES.map((_, place) => place);

export class DeadLetterWriter {
  private writer: TableWriter | undefined;

  constructor(
    private readonly transaction: Transaction,
    private readonly pipeline: string,
    private readonly stage: Stage,
  ) {}

  async append(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const writer = (this.writer ??= await this.transaction.write(
      { schema: BOOKKEEPING, table: 'dead_letters' },
      COLUMNS,
    ));
    const rows = letters.map(({ keyText, reason, sequenceNumber, item }) => [
      this.pipeline,
      this.stage,
      keyText,
      reason,
      sequenceNumber,
      item,
    ]);
    await this.transaction.append(() => writer.append(rows, PLACES));
  }

  async finish(): Promise<void> {
    if (this.writer !== undefined) await this.transaction.finish(this.writer);
    this.writer = undefined;
  }
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
