import type { ExportWindow } from '../../aws/services';
import type { Item } from '../../item/attribute-value';
import { keyOfText } from '../../item/item-key';
import type { Change } from '../changes';
import { whileUnavailable } from '../destination-retry';
import type { GenerationRun } from '../generation-run';
import { REREAD_REACH_MS } from '../watermark';
import { edgesOf } from './windows';

/** AWS API reference, BatchGetItem: at most 100 keys. */
const MOST_KEYS = 100;
const SECOND = 1_000;

export interface Reread {
  /** r: epoch ms on the service's clock when the last key had been read. */
  readonly at: number;
  readonly keys: number;
  /** Those that do not exist. */
  readonly absent: number;
  readonly readUnits: number;
}

/**
 * Reads again, consistently, the keys whose last write the exports may lack (rule G3), and stages a delete of each that does not exist. It
 * reads at most `heal.readUnitsPerSecond`.
 * @throws AwsFault
 */
export async function readKeysAgain(run: GenerationRun, windows: readonly ExportWindow[]): Promise<Reread> {
  const { context, store, writer, committer, signal } = run;
  const { aws, clock, events, pipeline, settings, table } = context;
  const { generation, published } = committer.current.checkpoint;
  const { keySchema } = writer.catalog.options;
  const since = (windows[0] as ExportWindow).from - REREAD_REACH_MS;
  const rule = {
    since,
    untimed: published === undefined || published.exportTime > since,
    edges: edgesOf(windows),
  };
  const progress = (keys: number) => events.emit('heal.reread', { pipeline, keys });
  let [keys, absent, readUnits] = [0, 0, 0];
  progress(keys);
  const take = async (found: readonly string[]): Promise<void> => {
    const gone: Item[] = [];
    for (let i = 0; i < found.length; i += MOST_KEYS) {
      const asked = found.slice(i, i + MOST_KEYS).map((text) => keyOfText(text, keySchema));
      const read = await aws.readKeys(table.name, asked, signal);
      const present = new Set(read.present.map((key) => writer.catalog.keyText(key)));
      gone.push(...asked.filter((key) => !present.has(writer.catalog.keyText(key))));
      keys += asked.length;
      readUnits += read.readUnits;
      progress(keys);
      await clock.sleep((read.readUnits / settings.heal.readUnitsPerSecond) * SECOND, signal);
    }
    if (gone.length === 0) return;
    const createdAt = Math.floor(aws.clock.now() / SECOND) * SECOND;
    const deletes = gone.map((key): Change => ({ keys: key, newImage: undefined, createdAt }));
    await whileUnavailable(context, signal, () => writer.stage(generation, once(deletes), undefined, signal));
    absent += gone.length;
  };
  await whileUnavailable(context, signal, async () => {
    [keys, absent, readUnits] = [0, 0, 0];
    await store.findKeys(rule, take, signal);
  });
  return { at: aws.clock.now(), keys, absent, readUnits };
}

async function* once<Value>(value: Value): AsyncGenerator<Value, void, undefined> {
  yield value;
}
