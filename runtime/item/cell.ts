import type { AttributeValue } from './attribute-value';
import type { Cell, ColumnType } from './column';
import type { Dialect } from './dialect';
import { bytesText, documentText, numberText } from './document';
import { UnreadableValue } from './malformed';

/**
 * The cell of a value in a column that is wide enough for it.
 * @throws UnreadableValue if the value is invalid, or the engine cannot hold it (rule D1)
 */
export function cellOf(value: AttributeValue, type: ColumnType, dialect: Dialect): Cell {
  if ('NULL' in value) return null;
  switch (type.kind) {
    case 'text':
      if ('S' in value) return representable(value.S, 'text', dialect);
      break;
    case 'number':
      if ('N' in value) return numberText(value.N);
      break;
    case 'binary':
      if ('B' in value) return value.B;
      break;
    case 'boolean':
      if ('BOOL' in value) return value.BOOL;
      break;
    case 'json':
      // Refused as in a text column, so that it does not matter when the column widened.
      if ('S' in value) representable(value.S, 'text', dialect);
      return representable(documentText(value), 'json', dialect);
  }
  if ('unreadable' in value || 'N' in value) documentText(value);
  throw new RangeError(
    `a value of type ${Object.keys(value).join()} in a ${type.kind} column: observe it first`,
  );
}

/** @throws UnreadableValue with the engine's reason */
export function representable(text: string, kind: 'text' | 'json', dialect: Dialect): string {
  const reason = dialect.unrepresentable(text, kind);
  if (reason !== undefined) throw new UnreadableValue(reason);
  return text;
}

/**
 * Converts a cell when its column widens: to exactly the cell that its value would have had in the wider column. A
 * destination may do this in SQL; the conformance suite compares it with this definition.
 * @throws RangeError if `to` is not wider than `from`
 */
export function convertCell(cell: Cell, from: ColumnType, to: ColumnType): Cell {
  if (cell === null || from.kind === to.kind) return cell;
  if (to.kind !== 'json') throw new RangeError(`a ${from.kind} column cannot become a ${to.kind} column`);
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  if (typeof cell !== 'string') return bytesText(cell);
  return from.kind === 'number' ? cell : JSON.stringify(cell);
}
