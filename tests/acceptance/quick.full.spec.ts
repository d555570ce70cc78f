import assert from 'node:assert/strict';
import { CHECKS } from '../../acceptance/checks';
import { LIFE } from '../../acceptance/life';
import { everyday } from '../../simulator';
import { command, leftIn, suffixIn } from './command';
import { Laboratory } from './laboratory';
import { documentedPolicy, permit } from './permissions';

const MINUTE = 60_000;

describe('acceptance: the whole quick run', () => {
  it('with the documented permissions everything that it asks holds within 90 minutes, and nothing is left', async () => {
    const laboratory = new Laboratory({ knobs: everyday });
    permit(laboratory, documentedPolicy());
    await laboratory.open();
    try {
      const begunAt = laboratory.clock.now();
      const { code, said, report, text } = await command(laboratory, ['--quick', '--yes'], {
        checks: [...CHECKS, LIFE],
      });
      assert.equal(code, 0, said);
      assert.ok(laboratory.clock.now() - begunAt <= 90 * MINUTE);
      assert.deepEqual(leftIn(laboratory), []);
      const entries = [...(report?.assumptions ?? []), ...(report?.others ?? [])];
      const quick = entries
        .flatMap((entry) => ('checks' in entry ? entry.checks : [entry]))
        .filter(({ mode }) => mode === 'quick');
      const unanswered = quick.filter(({ verdict }) => verdict === 'not asked').map(({ because }) => because);
      assert.deepEqual(unanswered, [
        'An export would have to be 90 days old.',
        'It takes more than 300 exports at once, which other work in the account would feel.',
        'It would leave a KMS key in the account: AWS deletes one no sooner than after 7 days.',
      ]);
      assert.ok(quick.filter(({ verdict }) => verdict === 'holds').length >= 20);
      const [life] = report?.others.filter(({ name }) => name === 'life') ?? [];
      assert.ok(Number(life?.observed['healLines']) > 0 && Number(life?.observed['comparedRows']) > 0);
      for (const secret of [suffixIn(said), laboratory.simulator.accountId, 'arn:aws', 'ASIA'])
        assert.ok(!`${JSON.stringify(report)}${text}`.includes(secret), secret);
    } finally {
      await laboratory.close();
    }
  });
});
