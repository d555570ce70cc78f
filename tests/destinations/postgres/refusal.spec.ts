import assert from 'node:assert/strict';
import {
  CommitsLost,
  DestinationUnavailable,
  DestinationUnusable,
} from '../../../runtime/destinations/errors';
import { ServerError } from '../../../runtime/destinations/postgres/connection/server-error';
import { explainRefusal, refusalIn } from '../../../runtime/destinations/postgres/objects/refusal';
import type { TableObject } from '../../../runtime/destinations/postgres/objects/table-object';

const TABLE = { schema: 'public', table: 'orders' };

const index: TableObject = {
  label: 'index "by_note"',
  named: { constraint: 'by_note' },
  reasons: [
    { codes: ['54'], because: 'it cannot hold it', fix: 'DROP INDEX by_note;' },
    { codes: ['22'], because: 'it computes', fix: 'DROP INDEX by_note;' },
  ],
};
const trigger: TableObject = {
  label: 'trigger "audit"',
  named: { routine: 'log_it' },
  reasons: [
    { codes: [''], inFunction: true, because: 'it may refuse', fix: 'DROP TRIGGER audit ON orders;' },
  ],
};
const other: TableObject = { ...trigger, label: 'trigger "other"', named: { routine: 'other_one' } };
const OBJECTS = [index, trigger, other];

type Fields = ConstructorParameters<typeof ServerError>[0];

/** The message for an error of the server, and the class of error that it was classified as. */
function said(
  fields: Partial<Fields> & { code: string },
  Kind = DestinationUnusable,
  objects = OBJECTS,
): Error | undefined {
  const error = new Kind('as it was', { cause: new ServerError({ message: 'said', ...fields }) });
  const refusal = refusalIn(error);
  return refusal && explainRefusal(refusal, TABLE, objects);
}

describe('destination postgres: what refused a row', () => {
  it('is the object that the error names', () => {
    const { message = '' } = said({ code: '54000', constraint: 'by_note' }) ?? {};
    assert.equal(
      message,
      'PostgreSQL refused a write to table "public"."orders" (SQLSTATE 54000). Cause: index "by_note"; it cannot hold it. ' +
        'DROP INDEX by_note; then start the replicator again.',
    );
    const where = 'PL/pgSQL-Funktion log_it() Zeile 1 bei RAISE';
    assert.match(said({ code: 'P0001', where })?.message ?? '', /Cause: trigger "audit"; it may refuse/);
  });

  it('is one of all candidates when the error names none', () => {
    const { message = '' } = said({ code: '22P02', where: 'somewhere' }) ?? {};
    assert.match(
      message,
      /Cause: one of these: \(1\) index .* \(2\) trigger "audit".* \(3\) trigger "other"/,
    );
  });

  it('stops the pipeline if it certainly refuses rows, although the error would be retried', () => {
    const policy: TableObject = {
      label: 'row-level security',
      named: {},
      reasons: [{ codes: ['42501'], because: 'it applies', fix: 'DROP POLICY p;', inCheck: 'refuses' }],
    };
    const seen = said({ code: '42501' }, DestinationUnavailable as never, [index, policy]);
    assert.ok(seen instanceof DestinationUnusable, String(seen));
    assert.match(seen.message, /DROP POLICY p; then start the replicator again\.$/);
  });

  it('is retried if the error was', () => {
    const seen = said({ code: '42501', where: 'log_it' }, DestinationUnavailable as never);
    assert.ok(seen instanceof DestinationUnavailable);
    assert.match(seen.message, /trigger "audit".*Retrying\.$/);
  });

  it('is nothing when no object is a candidate, and the error stays unchanged', () => {
    assert.equal(said({ code: '22P02', position: '8' }), undefined, 'it is about a statement of ours');
    assert.equal(said({ code: '40001', where: 'log_it' }), undefined);
    assert.equal(said({ code: '53100' }), undefined);
    assert.equal(refusalIn(new CommitsLost('orders')), undefined);
    assert.equal(refusalIn(new DestinationUnusable('of another cause')), undefined);
    assert.equal(said({ code: '23505', constraint: 'unknown' })?.message, 'as it was');
  });
});
