import { changesConformance } from './conformance/changes';
import { crashConformance } from './conformance/crashes';
import { generationsConformance } from './conformance/generations';
import { keysConformance } from './conformance/keys';
import { leasesConformance } from './conformance/leases';
import { loadsConformance } from './conformance/loads';
import { randomConformance } from './conformance/random';
import { valuesConformance } from './conformance/values';
import { verifyConformance } from './conformance/verify';
import { wideningConformance } from './conformance/widening';
import type { Fixture } from './fixture';

/**
 * What every destination must do (runtime/destinations/destination.ts).
 * @param open gives an empty one
 * @param walks random walks for each way of deleting
 */
export function conformance(name: string, open: () => Promise<Fixture>, walks: number): void {
  describe(`destination ${name}`, () => {
    const fixtures: Fixture[] = [];
    const opened = async () => {
      const fixture = await open();
      fixtures.push(fixture);
      return fixture;
    };
    afterEach(async () => {
      for (const fixture of fixtures.splice(0)) await fixture.cleanup();
    });
    valuesConformance(opened);
    keysConformance(opened);
    wideningConformance(opened);
    loadsConformance(opened);
    changesConformance(opened);
    generationsConformance(opened);
    leasesConformance(opened);
    verifyConformance(opened);
    crashConformance(opened);
    randomConformance(opened, walks);
  });
}
