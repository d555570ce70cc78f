import { Command } from 'commander';
import assert from 'node:assert/strict';
import { addOptions, optionsOf } from '../../acceptance/options';
import { WrongUse } from '../../runtime/verbs/exit-codes';
import { command } from './command';
import { Laboratory } from './laboratory';
import { exporting, lasting, writing } from './sample-checks';

const CHECKS = [writing, exporting, lasting];
const RUN = { kind: 'run', mode: 'quick', resume: undefined, only: [], yes: false, report: '.' };

function read(...words: string[]) {
  const program = addOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  return optionsOf(program.parse(words, { from: 'user' }), CHECKS);
}

describe('acceptance: the command line', () => {
  const rows: readonly (readonly [words: string, options: object])[] = [
    ['', RUN],
    ['--quick --yes', { ...RUN, yes: true }],
    ['--long --region eu-west-1', { ...RUN, mode: 'long', region: 'eu-west-1' }],
    ['--ttl --report docs', { ...RUN, mode: 'ttl', report: 'docs' }],
    ['--only E19,E10', { ...RUN, only: ['E19', 'E10'] }],
    ['--only e19,e10', { ...RUN, only: ['E19', 'E10'] }],
    ['--long --only e1', { ...RUN, mode: 'long', only: ['E1'] }],
    ['--resume ab12cd34 --yes', { ...RUN, mode: undefined, resume: 'ab12cd34', yes: true }],
    ['--cleanup ab12cd34', { kind: 'cleanup', suffix: 'ab12cd34' }],
    [
      '--cleanup replicator-acceptance-ab12cd34 --region us-east-1',
      { kind: 'cleanup', suffix: 'ab12cd34', region: 'us-east-1' },
    ],
  ];
  for (const [words, options] of rows)
    it(words || 'nothing', () => {
      assert.deepEqual(read(...words.split(' ').filter((word) => word !== '')), options);
    });

  const wrong: readonly (readonly [words: string, message: RegExp])[] = [
    ['--quik', /unknown option '--quik'\n\(Did you mean --quick\?\)/],
    ['--quick --long', /option '--quick' cannot be used with option '--long'/],
    ['--resume ab12cd34 --ttl', /option '--resume <SUFFIX>' cannot be used with option '--ttl'/],
    ['--cleanup ab12cd34 --resume ab12cd34', /cannot be used with option/],
    ['--cleanup', /argument missing/],
    ['--cleanup orders', /--cleanup orders is not the suffix of a run: 8 lower-case letters and digits/],
    ['--resume AB12CD34', /--resume AB12CD34 is not the suffix/],
    ['--only E91', /there is no check E91; did you mean E19\?\nThe checks are E10, E19, E1\./],
    ['--only E1', /a --quick run does not ask E1; this does: npm run acceptance -- --long --only E1/],
    ['--only E10,,E19', /--only E10,,E19: the name of a check is missing/],
    ['--only E10,', /the name of a check is missing/],
    ['--only=', /the name of a check is missing\. Give names with commas between: --only E8,E9/],
    ['more', /too many arguments/],
  ];
  for (const [words, message] of wrong)
    it(`${words}: wrong use, and nothing is called`, async () => {
      const laboratory = new Laboratory();
      let calls = 0;
      laboratory.before = () => void (calls += 1);
      const { code, said } = await command(laboratory, words.split(' '), { checks: CHECKS, reports: false });
      assert.equal(code, 2);
      assert.match(said, message);
      assert.equal(calls, 0);
    });

  it('a check that does not exist is wrong use, as an error, too', () => {
    assert.throws(() => read('--only', 'nothing'), WrongUse);
  });
});
