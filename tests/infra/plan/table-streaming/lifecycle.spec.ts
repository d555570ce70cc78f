import assert from 'node:assert/strict';
import type { RecoveryState, TableClient, TableState } from '../../../../infra/plan/table-streaming/client';
import {
  create,
  diff,
  read,
  remove,
  type StreamingInputs,
  type StreamingState,
  update,
} from '../../../../infra/plan/table-streaming/lifecycle';

const inputs: StreamingInputs = {
  table: 'orders',
  region: 'eu-west-1',
  viewType: 'NEW_AND_OLD_IMAGES',
  replaceExistingStream: false,
  onDestroy: 'Leave',
};

class Failure extends Error {
  constructor(override readonly name: string) {
    super(name);
  }
}

/** A table that behaves like DynamoDB's: a change takes some polls and blocks others meanwhile; each stream has its own ARN. */
class FakeTable implements TableClient {
  readonly calls: string[] = [];
  streams = 0;
  updatingLooks = 0;
  status = 'ACTIVE';
  replicas = 0;
  recovery = false;
  backupsUnavailable = 0;
  stream: { enabled: boolean; viewType?: string; arn?: string } = { enabled: false };
  exists = true;

  constructor(viewType?: string) {
    if (viewType !== undefined) this.begin(viewType);
  }

  begin(viewType: string): void {
    this.stream = { enabled: true, viewType, arn: `stream-${++this.streams}` };
  }

  describe(): Promise<TableState> {
    if (!this.exists) return Promise.reject(new Failure('ResourceNotFoundException'));
    if (this.updatingLooks > 0 && --this.updatingLooks === 0) this.status = 'ACTIVE';
    return Promise.resolve({ status: this.status, stream: { ...this.stream }, replicas: this.replicas });
  }

  describeRecovery(): Promise<RecoveryState> {
    return Promise.resolve({ enabled: this.recovery });
  }

  enableStream(_: string, viewType: string): Promise<void> {
    return this.change('enable', () => {
      if (this.stream.enabled) throw new Failure('ValidationException');
      this.begin(viewType);
    });
  }

  disableStream(): Promise<void> {
    return this.change('disable', () => {
      this.stream = { ...this.stream, enabled: false };
    });
  }

  enableRecovery(): Promise<void> {
    if (this.backupsUnavailable-- > 0)
      return Promise.reject(new Failure('ContinuousBackupsUnavailableException'));
    this.calls.push('recovery');
    this.recovery = true;
    return Promise.resolve();
  }

  pause(): Promise<void> {
    this.calls.push('pause');
    return Promise.resolve();
  }

  private change(name: string, work: () => void): Promise<void> {
    if (this.status !== 'ACTIVE') return Promise.reject(new Failure('ResourceInUseException'));
    this.calls.push(name);
    work();
    this.status = 'UPDATING';
    this.updatingLooks = 2;
    return Promise.resolve();
  }
}

const stateOf = async (table: FakeTable, changes: Partial<StreamingInputs> = {}): Promise<StreamingState> =>
  create({ ...inputs, ...changes }, table);

const changesOf = (table: FakeTable) => table.calls.filter((call) => call !== 'pause');

describe('a stream and recovery on a table that others manage', () => {
  describe('create', () => {
    it('turns both on, waiting for the table in between', async () => {
      const table = new FakeTable();
      const state = await stateOf(table);
      assert.deepEqual(table.calls, ['enable', 'recovery', 'pause']);
      assert.deepEqual(state, {
        ...inputs,
        streamArn: 'stream-1',
        enabledByUs: { stream: true, recovery: true },
        drift: [],
      });
    });

    it('adopts a suitable stream, and remembers that it did not create it', async () => {
      const table = new FakeTable('NEW_AND_OLD_IMAGES');
      table.recovery = true;
      const state = await stateOf(table);
      assert.deepEqual(table.calls, []);
      assert.deepEqual(state.enabledByUs, { stream: false, recovery: false });
    });

    it('adopts a stream of old and new images if new images are wanted', async () => {
      const table = new FakeTable('NEW_AND_OLD_IMAGES');
      await stateOf(table, { viewType: 'NEW_IMAGE' });
      assert.deepEqual(changesOf(table), ['recovery']);
    });

    it('refuses to replace a stream without replaceExistingStream', async () => {
      const table = new FakeTable('KEYS_ONLY');
      await assert.rejects(stateOf(table), {
        message:
          'Table orders has a stream of view type KEYS_ONLY, but NEW_AND_OLD_IMAGES is needed. Changing the view type takes a new stream ' +
          'in place of the present one, which cuts off its other readers (Lambda functions, replicators). If there are none, set ' +
          'replaceExistingStream: true.',
      });
      assert.deepEqual(table.calls, []);
    });

    it('replaces it with replaceExistingStream, one change at a time', async () => {
      const table = new FakeTable('KEYS_ONLY');
      const state = await stateOf(table, { replaceExistingStream: true });
      assert.deepEqual(changesOf(table), ['disable', 'enable', 'recovery']);
      assert.equal(state.streamArn, 'stream-2');
      assert.equal(state.enabledByUs.stream, true);
    });

    it('never replaces the stream of a table with replicas', async () => {
      const table = new FakeTable('KEYS_ONLY');
      table.replicas = 1;
      await assert.rejects(stateOf(table, { replaceExistingStream: true }), {
        message:
          'Table orders has replicas, which need its stream of view type KEYS_ONLY, so the stream cannot be replaced.',
      });
    });

    it('waits for a table that is being changed, and for the backups of a new one', async () => {
      const table = new FakeTable();
      table.status = 'UPDATING';
      table.updatingLooks = 4;
      table.backupsUnavailable = 3;
      const state = await stateOf(table);
      assert.equal(state.enabledByUs.recovery, true);
      assert.deepEqual(changesOf(table), ['enable', 'recovery']);
    });

    it('gives up on a table that does not become active, and on one that is being deleted', async () => {
      const table = new FakeTable();
      table.status = 'UPDATING';
      await assert.rejects(stateOf(table), {
        message: 'Table orders did not become ACTIVE within 5 minutes.',
      });
      table.status = 'DELETING';
      await assert.rejects(stateOf(table), {
        message: 'Table orders is DELETING; its stream cannot be changed.',
      });
    });
  });

  describe('read and diff', () => {
    it('report nothing if nothing changed', async () => {
      const table = new FakeTable();
      const state = await read(await stateOf(table), table);
      assert.deepEqual(state.drift, []);
      assert.deepEqual(diff(state, inputs), { changed: [], replaces: [] });
    });

    const drifts: readonly (readonly [string, (table: FakeTable) => void, readonly string[]])[] = [
      ['a stream that is off', (table) => (table.stream.enabled = false), ['the stream is off']],
      ['another stream', (table) => table.begin('NEW_AND_OLD_IMAGES'), ['it is another stream']],
      [
        'another stream of an unusable type',
        (table) => table.begin('KEYS_ONLY'),
        ['its view type is KEYS_ONLY', 'it is another stream'],
      ],
      ['recovery that is off', (table) => (table.recovery = false), ['point-in-time recovery is off']],
    ];
    for (const [what, change, drift] of drifts) {
      it(`see ${what}, and the stream's ARN as what may differ`, async () => {
        const table = new FakeTable();
        const before = await stateOf(table);
        change(table);
        const state = await read(before, table);
        assert.deepEqual(state.drift, drift);
        assert.deepEqual(diff(state, inputs).changed, ['streamArn']);
      });
    }

    it('replace the resource for another table only', async () => {
      const state = await stateOf(new FakeTable());
      assert.deepEqual(diff(state, { ...inputs, table: 'others' }), {
        changed: ['table'],
        replaces: ['table'],
      });
      assert.deepEqual(diff(state, { ...inputs, viewType: 'NEW_IMAGE', onDestroy: 'Restore' }), {
        changed: ['viewType', 'onDestroy'],
        replaces: [],
      });
    });
  });

  describe('update', () => {
    it('fixes drift, and remembers what it turned on', async () => {
      const table = new FakeTable();
      const before = await stateOf(table);
      table.recovery = false;
      const state = await update(await read(before, table), inputs, table);
      assert.deepEqual(state, before);
    });

    it('adopts a stream that others recreated, and does not count it as its own', async () => {
      const table = new FakeTable();
      const before = await stateOf(table);
      table.begin('NEW_AND_OLD_IMAGES');
      const state = await update(await read(before, table), inputs, table);
      assert.equal(state.streamArn, 'stream-2');
      assert.deepEqual(state.enabledByUs, { stream: false, recovery: true });
    });

    it('enables a stream that others turned off', async () => {
      const table = new FakeTable();
      const before = await stateOf(table);
      table.stream.enabled = false;
      const state = await update(await read(before, table), inputs, table);
      assert.deepEqual([state.streamArn, state.enabledByUs.stream], ['stream-2', true]);
    });
  });

  describe('delete', () => {
    const removed = async (
      prepare: (table: FakeTable) => void,
      onDestroy = 'Restore',
      viewType?: string,
    ): Promise<FakeTable> => {
      const table = new FakeTable(viewType);
      const state = await stateOf(table, { onDestroy });
      prepare(table);
      table.calls.length = 0;
      await remove(state, table);
      return table;
    };
    const nothing = () => undefined;

    it('leaves everything on', async () => {
      const table = await removed(nothing, 'Leave');
      assert.deepEqual([table.stream.enabled, table.recovery], [true, true]);
    });

    it('with Restore, turns off the stream that it turned on, but never recovery', async () => {
      const table = await removed(nothing);
      assert.deepEqual([table.stream.enabled, table.recovery], [false, true]);
    });

    it('leaves a stream that it only adopted', async () => {
      const table = await removed(nothing, 'Restore', 'NEW_AND_OLD_IMAGES');
      assert.equal(table.stream.enabled, true);
    });

    it('leaves a stream that others have created since', async () => {
      const table = await removed((one) => one.begin('NEW_AND_OLD_IMAGES'));
      assert.equal(table.stream.enabled, true);
    });

    it('leaves the stream of a table that now has replicas', async () => {
      const table = await removed((one) => (one.replicas = 2));
      assert.equal(table.stream.enabled, true);
    });

    it('does nothing for a table that no longer exists', async () => {
      const table = await removed((one) => (one.exists = false));
      assert.deepEqual(table.calls, []);
    });
  });
});
