import assert from 'node:assert/strict';
import { report } from '../../bench/report/report';
import { EMPTY, round } from './results';

const MEASURED = {
  ...EMPTY,
  bulk: [
    { contender: 'gunzip', shape: 'flat', rounds: [round(0.25), round(0.5), round(0.25)] },
    {
      contender: 'scanner',
      shape: 'flat',
      rounds: [round(0.4), round(0.8, { peakBytes: 95e6 }), round(0.5)],
    },
    { contender: 'json-parse', shape: 'flat', rounds: [round(2), round(2), round(2)] },
  ],
  missing: [{ contender: 'boto3', shape: undefined, why: 'BENCH_PYTHON is not set' }],
} as const;

/** The cells of the line that begins so. */
function cells(text: string, beginning: string): string[] {
  const line = text.split('\n').find((one) => one.startsWith(`| ${beginning}`)) ?? '';
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('bench: the report', () => {
  const text = report(MEASURED, '## Notes\n\nA remark.\n');

  it('says on what machine, with which command, and how often', () => {
    assert.match(text, /npm run bench -- --quick/);
    assert.match(text, /3 rounds/);
    assert.match(text, /2 cores \(A processor\), 8 GiB, Linux 6, Node 20\.20\.2; load average 0\.5 .* 2\.0/s);
  });

  it('has the median of the rounds, the largest memory, ratios by round, and the noise', () => {
    assert.deepEqual(cells(text, '**our decode**'), [
      '**our decode**',
      '200.0',
      '400.0',
      '2.5',
      '95',
      '0.63',
      '4.00',
      '±31 %',
    ]);
    assert.deepEqual(cells(text, 'gunzip only').slice(5), ['1.00', '8.00', '±25 %']);
  });

  it('puts the measured figure beside each one to reach, with whether it is', () => {
    assert.deepEqual(cells(text, 'decode vs gunzip').slice(2), ['flat 63 %', 'yes']);
    assert.deepEqual(cells(text, 'decode vs `JSON.parse`').slice(2), ['flat 4.0×', 'yes']);
  });

  it('leaves the row of what could not be measured empty, and says why', () => {
    assert.deepEqual(cells(text, 'boto3').slice(1), ['–', '–', '–', '–', '–', '–', '–']);
    assert.match(text, /^- boto3 `TypeDeserializer`: BENCH_PYTHON is not set$/m);
    assert.match(report(EMPTY, ''), /decode vs gunzip only .*not measured/);
  });

  it('ends with what people have found', () => {
    assert.ok(text.endsWith('## Notes\n\nA remark.\n'));
  });
});
