import assert from 'node:assert/strict';
import { z } from 'zod';

/**
 * Checks a line of CloudWatch's embedded metric format against its specification.
 * Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format" with its JSON schema, and the units of
 * MetricDatum in the CloudWatch API reference.
 */

const UNITS = [
  ...['Seconds', 'Microseconds', 'Milliseconds'],
  ...['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'],
  ...['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits', 'Percent', 'Count'],
  ...['Bytes/Second', 'Kilobytes/Second', 'Megabytes/Second', 'Gigabytes/Second', 'Terabytes/Second'],
  ...['Bits/Second', 'Kilobits/Second', 'Megabits/Second', 'Gigabits/Second', 'Terabits/Second'],
  ...['Count/Second', 'None'],
] as const;

const Directive = z.strictObject({
  Namespace: z.string().min(1).max(1024),
  Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
  Metrics: z
    .array(
      z.strictObject({
        Name: z.string().min(1).max(1024),
        Unit: z.enum(UNITS).optional(),
        StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
      }),
    )
    .max(100),
});

const Root = z.looseObject({
  _aws: z.looseObject({ Timestamp: z.int().min(0), CloudWatchMetrics: z.array(Directive) }),
});

/** One figure of a line as CloudWatch records it: once for each set of dimensions. */
export interface Datum {
  readonly namespace: string;
  readonly timestamp: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly name: string;
  readonly unit: string | undefined;
  readonly value: number;
}

const MOST_BYTES = 256 * 1024;

/** The figures of a line. @throws AssertionError, ZodError when it does not follow the specification */
export function figuresOf(line: string): Datum[] {
  assert.ok(!line.includes('\n'), 'a log event is one line');
  assert.ok(Buffer.byteLength(line) <= MOST_BYTES);
  const root = Root.parse(JSON.parse(line));
  const { Timestamp, CloudWatchMetrics } = root._aws;
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name, Unit }) => {
        const value = root[Name];
        assert.ok(typeof value === 'number' && Number.isFinite(value), `${Name} is ${String(value)}`);
        const dimensions = names.map((name) => {
          const text = root[name];
          assert.ok(typeof text === 'string' && text.length >= 1 && text.length <= 1024, name);
          return [name, text] as const;
        });
        return {
          namespace: Namespace,
          timestamp: Timestamp,
          dimensions: Object.fromEntries(dimensions),
          name: Name,
          unit: Unit,
          value,
        };
      }),
    ),
  );
}
