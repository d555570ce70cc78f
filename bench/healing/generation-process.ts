import { type GenerationPlan, type MeasuredGeneration, measureGeneration } from './measure-generation';

/** From the parent: first a plan, then the end. */
export type GenerationOrder = GenerationPlan | 'stop';

/** To the parent: the pace of time, the measured generation, or what stopped it. */
export type GenerationMessage =
  | { readonly pace: number }
  | { readonly measured: MeasuredGeneration }
  | { readonly failure: string };

const stop = new AbortController();

process.on('message', (order: GenerationOrder) => {
  if (order === 'stop') return stop.abort(new Error('measured'));
  const tell = (message: GenerationMessage, then: () => void = () => undefined) =>
    void process.send?.(message, then);
  measureGeneration(order, {
    onPace: (pace) => tell({ pace }),
    onMeasured: (measured) => tell({ measured }),
    signal: stop.signal,
  }).then(
    () => process.exit(0),
    (error: unknown) => {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ failure }, () => process.exit(1));
    },
  );
});
process.once('disconnect', () => process.exit(1));
