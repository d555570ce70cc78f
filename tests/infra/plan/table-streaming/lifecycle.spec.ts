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
  account: '222222222222',
  connection: {},
  viewType: 'NEW_AND_OLD_IMAGES',
  replaceExistingStream: false,
  onDestroy: 'Leave',
};

const streamArn = (number: number) => `arn:aws:dynamodb:eu-west-1:222222222222:table/orders/stream/${number}`;

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
  account = '222222222222';

  constructor(viewType?: string) {
    if (viewType !== undefined) this.begin(viewType);
  }

  begin(viewType: string): void {
    this.stream = { enabled: true, viewType, arn: streamArn(++this.streams) };
  }

  describe(): Promise<TableState> {
    if (!this.exists) return Promise.reject(new Failure('ResourceNotFoundException'));
    if (this.updatingLooks > 0 && --this.updatingLooks === 0) this.status = 'ACTIVE';
    const arn = `arn:aws:dynamodb:eu-west-1:${this.account}:table/orders`;
    return Promise.resolve({
      status: this.status,
      arn,
      stream: { ...this.stream },
      replicas: this.replicas,
    });
  }

  callerAccount(): Promise<string> {
    return Promise.resolve(this.account);
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
        streamArn: streamArn(1),
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
      assert.equal(state.streamArn, streamArn(2));
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

  describe('of another account than the provider’s', () => {
    const WRONG = {
      message:
        'Table orders: the AWS provider works in account 222222222222, but the credentials for turning on its stream are for account ' +
        "123456789012. Nothing was changed. They come from the provider's keys, profile and roles, or else from the environment: " +
        'give both the same account.',
    };
    const elsewhere = (table: FakeTable) => {
      table.account = '123456789012';
      table.calls.length = 0;
      return table;
    };

    it('is refused by create, update, read and delete, and not changed', async () => {
      const table = new FakeTable();
      const state = await stateOf(table, { onDestroy: 'Restore' });
      elsewhere(table).stream.enabled = false;
      table.recovery = false;
      await assert.rejects(create(inputs, table), WRONG);
      await assert.rejects(update(state, inputs, table), WRONG);
      await assert.rejects(read(state, table), WRONG);
      table.stream.enabled = true;
      await assert.rejects(remove(state, table), WRONG);
      assert.deepEqual(table.calls, []);
    });

    it('is refused too where that account has no such table', async () => {
      const table = new FakeTable();
      const state = await stateOf(table, { onDestroy: 'Restore' });
      elsewhere(table).exists = false;
      await assert.rejects(create(inputs, table), WRONG);
      await assert.rejects(remove(state, table), WRONG);
    });

    it('is of no interest to a delete that has nothing to do', async () => {
      const table = new FakeTable();
      await remove(await stateOf(table), elsewhere(table));
    });

    it('is refused for a state of 0.1.0 by the account of its stream', async () => {
      const { account: _, connection: __, ...old } = await stateOf(new FakeTable(), { onDestroy: 'Restore' });
      const table = elsewhere(new FakeTable('NEW_AND_OLD_IMAGES'));
      table.stream.arn = old.streamArn;
      await assert.rejects(read(old, table), WRONG);
      await assert.rejects(remove(old, table), WRONG);
      assert.deepEqual(table.calls, []);
    });

    it('that a provider changes to is another table', async () => {
      const state = await stateOf(new FakeTable());
      assert.deepEqual(diff(state, { ...inputs, account: '123456789012' }), {
        changed: ['account'],
        replaces: ['account'],
      });
    });

    it('is another table for a state of 0.1.0 too, which a matching account only completes', async () => {
      const { account: _, connection: __, ...old } = await stateOf(new FakeTable());
      assert.deepEqual(diff(old, inputs), { changed: ['account'], replaces: [] });
      assert.deepEqual(diff(old, { ...inputs, account: '123456789012' }).replaces, ['account']);
      assert.deepEqual(diff({ ...old, streamArn: '' }, inputs), { changed: ['account'], replaces: [] });
    });
  });

  describe('credentials', () => {
    it('that change are saved, and replace nothing', async () => {
      const keys = { accessKey: 'A', secretKey: 'S', token: 'T' };
      const table = new FakeTable();
      const state = await create({ ...inputs, keys }, table);
      const next = { ...inputs, connection: { profile: 'prod' }, keys: { ...keys, token: 'U' } };
      assert.deepEqual(diff(state, next), { changed: ['connection', 'keys'], replaces: [] });
      table.calls.length = 0;
      assert.deepEqual(await update(state, next, table), {
        ...state,
        connection: next.connection,
        keys: next.keys,
      });
      assert.deepEqual(table.calls, []);
    });

    it('that differ only in the order of their properties, or in empty ones, are the same', async () => {
      const connection = { profile: 'prod', endpoints: { sts: 'http://sts', dynamodb: 'http://db' } };
      const state = await stateOf(new FakeTable(), { connection, keys: null });
      const reordered = { endpoints: { dynamodb: 'http://db', sts: 'http://sts' }, profile: 'prod' };
      assert.deepEqual(diff(state, { ...inputs, connection: reordered, keys: {} }).changed, []);
    });
  });

  it('is not replaced for a value that a preview does not know', async () => {
    const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
    const news = { ...inputs, table: unknown, region: unknown, account: unknown };
    assert.deepEqual(diff(await stateOf(new FakeTable()), news), {
      changed: ['table', 'region', 'account'],
      replaces: [],
    });
  });

  it('is not updated for credentials that a preview does not know', async () => {
    const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
    const news = { ...inputs, connection: unknown, keys: unknown } as unknown as StreamingInputs;
    assert.deepEqual(diff(await stateOf(new FakeTable()), news), { changed: [], replaces: [] });
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
      assert.equal(state.streamArn, streamArn(2));
      assert.deepEqual(state.enabledByUs, { stream: false, recovery: true });
    });

    it('enables a stream that others turned off', async () => {
      const table = new FakeTable();
      const before = await stateOf(table);
      table.stream.enabled = false;
      const state = await update(await read(before, table), inputs, table);
      assert.deepEqual([state.streamArn, state.enabledByUs.stream], [streamArn(2), true]);
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
