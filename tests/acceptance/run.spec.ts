import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../acceptance/check';
import { readAssumptions } from '../../acceptance/assumptions';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import { command, leftIn, suffixIn } from './command';
import { Laboratory } from './laboratory';
import { crashing, differing, exporting, failing, lasting, nothing, writing } from './sample-checks';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ALL = [writing, exporting, differing, failing, lasting];

/** A terminal that is interrupted after this time. */
function interruptedAfter(ms: number, { clock }: Laboratory): FakeTerminal {
  const terminal = new FakeTerminal();
  clock.sleep(ms).then(
    () => terminal.interrupt(),
    () => undefined,
  );
  return terminal;
}

describe('acceptance: a run', () => {
  it('reports each assumption of SPEC.md in order, without ids of the account, and leaves nothing', async () => {
    const laboratory = new Laboratory();
    const { code, said, report, text } = await command(laboratory, ['--yes'], { checks: ALL });
    assert.equal(code, 1, 'one differs');
    assert.deepEqual(leftIn(laboratory), []);
    const numbers = readAssumptions().map(({ number }) => number);
    assert.ok(numbers.length >= 26);
    assert.deepEqual(
      report?.assumptions.map(({ number }) => number),
      numbers,
    );
    const verdicts = Object.fromEntries(
      report?.assumptions.map(({ number, verdict }) => [number, verdict]) ?? [],
    );
    assert.deepEqual(
      [verdicts['E10'], verdicts['E19'], verdicts['E7'], verdicts['E14'], verdicts['E1'], verdicts['E2']],
      ['holds', 'holds', 'differs', 'not asked', 'not asked', 'not asked'],
    );
    const [e14] = report?.assumptions.find(({ number }) => number === 'E14')?.checks ?? [];
    assert.equal(e14?.because, 'The credentials may not call s3:PutObject.');
    const [e1] = report?.assumptions.find(({ number }) => number === 'E1')?.checks ?? [];
    assert.match(e1?.because ?? '', /`npm run acceptance -- --long --only E1`/);
    const suffix = suffixIn(said);
    for (const written of [JSON.stringify(report), text ?? ''])
      for (const secret of [suffix, laboratory.simulator.accountId, 'arn:aws'])
        assert.ok(!written.includes(secret), `${secret}: ${written}`);
    assert.match(said, /E7 \(quick\) differs: In replicator-acceptance-\w+ a number had 41 digits/);
    assert.match(said, /1 differ \(E7\)/);
    assert.match(said, new RegExp(`Deleted bucket replicator-acceptance-${suffix} with \\d+ objects`));
    assert.match(text ?? '', /^## E7: differs$/m);
  });

  it('two runs of the same seed write the same report', async () => {
    const reports = [];
    for (const _ of [1, 2]) {
      const { report } = await command(new Laboratory(), ['--yes'], { checks: ALL });
      reports.push(JSON.stringify(report));
    }
    assert.equal(reports[0], reports[1]);
  });

  it('ends well when everything asked holds', async () => {
    const laboratory = new Laboratory();
    const { code, report } = await command(laboratory, ['--yes', '--only', 'E10'], { checks: ALL });
    assert.equal(code, 0);
    const [e19] = report?.assumptions.find(({ number }) => number === 'E19')?.checks ?? [];
    assert.match(e19?.because ?? '', /did not ask/);
    assert.deepEqual(leftIn(laboratory), []);
  });

  const failed: readonly (readonly [what: string, checks: readonly Check[]])[] = [
    ['nothing was asked', [failing]],
    ['a check crashed', [writing, crashing]],
    ['all checks crashed', [crashing]],
    ['no check makes a call', [nothing]],
  ];
  for (const [what, checks] of failed)
    it(`fails if ${what}, though nothing differs`, async () => {
      const { code, report } = await command(new Laboratory(), ['--yes'], { checks });
      assert.equal(code, 1);
      assert.ok(report !== undefined && !JSON.stringify(report).includes('hasFailed'));
      assert.ok(!JSON.stringify(report).includes('differs'));
    });

  it('a check that crashed is asked again when the run is resumed', async () => {
    const laboratory = new Laboratory();
    let tries = 0;
    const check: Check = { ...writing, run: (lab) => (tries++ === 0 ? crashing : writing).run(lab) };
    const terminal = interruptedAfter(HOUR, laboratory);
    const first = await command(laboratory, ['--long', '--yes'], { checks: [check, lasting], terminal });
    assert.match(first.said, /E10 \(quick\) not asked: It failed: TypeError: no such thing/);
    const second = await command(laboratory, ['--resume', suffixIn(first.said)], {
      checks: [check, lasting],
    });
    assert.equal(second.code, 0, second.said);
    assert.equal(tries, 2);
  });

  it('says cost, time and names first, and creates nothing without consent', async () => {
    for (const [answer, code] of [
      [undefined, 2],
      [false, 4],
    ] as const) {
      const laboratory = new Laboratory();
      let calls = 0;
      laboratory.before = () => void (calls += 1);
      const terminal = new FakeTerminal({}, answer);
      const ended = await command(laboratory, [], { checks: ALL, terminal });
      assert.equal(ended.code, code);
      assert.match(ended.said, /at most 90 minutes and costs at most \$\d+\.\d\d/);
      assert.match(ended.said, /Nothing was created/);
      assert.equal(calls, 0);
    }
    const laboratory = new Laboratory();
    const terminal = new FakeTerminal({}, true);
    const { code } = await command(laboratory, ['--only', 'E10'], { checks: ALL, terminal });
    assert.equal(code, 0);
    assert.deepEqual(terminal.questions, ['Begin?']);
  });

  it('an answer that takes longer than the run may is not asked, and the rest counts', async () => {
    const laboratory = new Laboratory({ knobs: { exportDurationMs: [2 * HOUR, 2 * HOUR] } });
    const begunAt = laboratory.clock.now();
    const { code, report } = await command(laboratory, ['--yes'], { checks: [writing, exporting] });
    assert.equal(code, 0);
    const verdicts = report?.assumptions.filter(({ checks }) => checks.length > 0);
    assert.deepEqual(
      verdicts?.map(({ number, verdict, checks }) => [number, verdict, checks[0]?.because]),
      [
        ['E10', 'holds', undefined],
        ['E19', 'not asked', 'The run did not end within 90 minutes.'],
      ],
    );
    assert.ok(laboratory.clock.now() - begunAt < 2.5 * HOUR);
    assert.deepEqual(leftIn(laboratory), []);
  });

  it('Ctrl-C ends a quick run soon, reports what it has, and leaves nothing', async () => {
    for (const ms of [0, 1, 4_000, 3 * MINUTE]) {
      const laboratory = new Laboratory({ knobs: { tableCreatingMs: 5_000 } });
      const terminal = interruptedAfter(ms, laboratory);
      const { code } = await command(laboratory, ['--yes'], { checks: ALL, terminal });
      assert.equal(code, 4, String(ms));
      assert.deepEqual(leftIn(laboratory), [], String(ms));
    }
  });

  it('a clock that is off is refused before anything is made', async () => {
    const laboratory = new Laboratory();
    const { now } = laboratory.clock;
    const off = Object.assign(Object.create(laboratory.clock), {
      now: () => now.call(laboratory.clock) + 7_000,
    }) as typeof laboratory.clock;
    const surroundings = Object.assign(Object.create(laboratory), { clock: off }) as Laboratory;
    const { code, said } = await command(surroundings, ['--yes'], { checks: ALL });
    assert.equal(code, 1);
    assert.match(said, /This machine’s clock is [67] s ahead of AWS’s/);
    assert.deepEqual(leftIn(laboratory), []);
  });

  it('waits for a role that cannot be used at once', async () => {
    const laboratory = new Laboratory();
    const answer = { kind: 'error', type: 'AccessDenied', status: 403 } as const;
    laboratory.simulator.faults.add({ operation: 'AssumeRole', times: 4, answer });
    const { code } = await command(laboratory, ['--yes', '--only', 'E10'], { checks: ALL });
    assert.equal(code, 0);
  });

  it('a resumed run asks only what has no answer, and remembers', async () => {
    const laboratory = new Laboratory();
    const asked: string[] = [];
    const checks: readonly Check[] = [writing, lasting].map((check) => ({
      ...check,
      run: (lab) => {
        asked.push(check.id);
        return check.run(lab);
      },
    }));
    const terminal = interruptedAfter(10 * HOUR, laboratory);
    const first = await command(laboratory, ['--long', '--yes'], { checks, terminal });
    assert.equal(first.code, 4);
    const suffix = suffixIn(first.said);
    assert.match(first.said, new RegExp(`acceptance -- --resume ${suffix} --region eu-west-1`));
    assert.ok(leftIn(laboratory).length > 0);
    await laboratory.clock.advance(HOUR);
    const second = await command(laboratory, ['--resume', suffix], { checks });
    assert.equal(second.code, 0, second.said);
    assert.deepEqual(asked, ['E10', 'E1', 'E1']);
    const e1 = second.report?.assumptions.find(({ number }) => number === 'E1')?.checks[0];
    assert.deepEqual(e1?.observed, {
      hours: 24,
      wasResumed: true,
      table: 'replicator-acceptance-(suffix)-lasting',
    });
    assert.equal(second.report?.assumptions.find(({ number }) => number === 'E10')?.verdict, 'holds');
    assert.deepEqual(leftIn(laboratory), []);
  });

  it('an unknown run cannot be resumed, and nothing is said of what is kept', async () => {
    const { code, said } = await command(new Laboratory(), ['--resume', 'zzzzzzzz'], { checks: ALL });
    assert.equal(code, 1);
    assert.match(said, /^There is no run zzzzzzzz in eu-west-1/);
    assert.doesNotMatch(said, /kept/);
  });

  for (const words of [['--yes'], ['--resume', 'zzzzzzzz']])
    it(`${words.join(' ')} with credentials that AWS rejects: says how to renew them, and tries nothing else`, async () => {
      const laboratory = new Laboratory();
      const answer = { kind: 'error', type: 'ExpiredToken', status: 403 } as const;
      laboratory.simulator.faults.add({ operation: 'GetCallerIdentity', answer });
      let calls = 0;
      laboratory.before = () => void (calls += 1);
      const { code, said } = await command(laboratory, words, { checks: ALL });
      assert.equal(code, 1);
      assert.match(
        said,
        /AWS rejects the credentials \(ExpiredToken.*Renew them with .*\nNothing was created\.\n$/,
      );
      assert.doesNotMatch(said, /Deleting|kept|Unexpected/);
      assert.equal(calls, 1);
    });

  it('Ctrl-C before the first call: nothing was created, and nothing is deleted', async () => {
    const laboratory = new Laboratory();
    const terminal = new FakeTerminal();
    terminal.interrupt();
    const { code, said } = await command(laboratory, ['--yes'], { checks: ALL, terminal });
    assert.equal(code, 4);
    assert.match(said, /Nothing was created\.\n$/);
    assert.doesNotMatch(said, /Deleting/);
  });

  it('a run that is stopped before an answer leaves an earlier report as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'acceptance-earlier-'));
    try {
      const file = join(folder, 'acceptance-report.md');
      writeFileSync(file, 'earlier');
      const laboratory = new Laboratory();
      const stopped = await command(laboratory, ['--yes', '--report', folder], {
        checks: [{ ...lasting, mode: 'quick' }],
        terminal: interruptedAfter(5 * MINUTE, laboratory),
        reports: false,
      });
      assert.equal(stopped.code, 4);
      assert.match(stopped.said, /stopped before there was an answer, so no report was written/);
      assert.equal(readFileSync(file, 'utf8'), 'earlier');
      const whole = await command(new Laboratory(), ['--yes', '--report', folder], {
        checks: [writing],
        reports: false,
      });
      assert.equal(whole.code, 0);
      assert.match(readFileSync(file, 'utf8'), /^## E10: holds$/m);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('a folder that cannot have the report is wrong use, before anything is called', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'acceptance-place-'));
    try {
      writeFileSync(join(folder, 'file'), '');
      mkdirSync(join(folder, 'taken', 'acceptance-report.json'), { recursive: true });
      for (const place of ['file', 'file/below', 'taken']) {
        const laboratory = new Laboratory();
        let calls = 0;
        laboratory.before = () => void (calls += 1);
        const words = ['--yes', '--report', join(folder, place)];
        const { code, said } = await command(laboratory, words, { checks: ALL, reports: false });
        assert.equal(code, 2, place);
        assert.match(
          said,
          /the report cannot be written there \(.* is not a (file|folder)\).*Nothing was created/,
        );
        assert.equal(calls, 0);
      }
      const { code } = await command(new Laboratory(), ['--yes', '--report', join(folder, 'new', 'place')], {
        checks: [writing],
        reports: false,
      });
      assert.equal(code, 0);
      assert.ok(existsSync(join(folder, 'new', 'place', 'acceptance-report.json')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
