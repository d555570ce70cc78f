import { changesConformance } from './conformance/changes';
import { crashConformance } from './conformance/crashes';
import { generationsConformance } from './conformance/generations';
import { healKeysConformance } from './conformance/heal-keys';
import { healStagesConformance } from './conformance/heal-stages';
import { healsConformance } from './conformance/heals';
import { keysConformance } from './conformance/keys';
import { leasesConformance } from './conformance/leases';
import { loadsConformance } from './conformance/loads';
import { namesConformance } from './conformance/names';
import { randomConformance } from './conformance/random';
import { valuesConformance } from './conformance/values';
import { verifyConformance } from './conformance/verify';
import { wideningConformance } from './conformance/widening';
import type { Fixture, OperableFixture } from './fixture';

/**
 * What every destination has to do (runtime/destinations/destination.ts), until its first publish.
 * @param open returns an empty one
 */
export function conformance(name: string, open: () => Promise<Fixture>): void {
  destination(name, open, [valuesConformance, keysConformance, wideningConformance, loadsConformance]);
}

/** What it has to do after the first publish. */
export function conformanceOnceLoaded(name: string, open: () => Promise<Fixture>): void {
  destination(name, open, [changesConformance, generationsConformance, leasesConformance, verifyConformance]);
}

/** How it closes a gap in a published table. */
export function conformanceOfHeals(name: string, open: () => Promise<Fixture>): void {
  destination(name, open, [healStagesConformance, healKeysConformance, healsConformance]);
}

/** What it has to do in any order of events, killed at any moment. @param walks random walks for each delete mode */
export function conformanceInAnyOrder(name: string, open: () => Promise<Fixture>, walks: number): void {
  destination(name, open, [crashConformance, (opened) => randomConformance(opened, walks)]);
}

/** What it has to do with any names of tables, columns and schemas. */
export function conformanceOfNames(name: string, open: () => Promise<OperableFixture>): void {
  destination(name, open, [namesConformance]);
}

function destination<Opened extends Fixture>(
  name: string,
  open: () => Promise<Opened>,
  parts: readonly ((open: () => Promise<Opened>) => void)[],
): void {
  describe(`destination ${name}`, () => {
    const fixtures: Opened[] = [];
    const opened = async () => {
      const fixture = await open();
      fixtures.push(fixture);
      return fixture;
    };
    afterEach(async () => {
      for (const fixture of fixtures.splice(0)) await fixture.cleanup();
    });
    for (const part of parts) part(opened);
  });
}
