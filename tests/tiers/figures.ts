/** Figure: random schedules in which a heal was published. */
export const HEALED = 'published a heal';

const figures = new Map<string, number>();

/** Counts something that the tests of this process reached, for the soak to report. */
export function reached(figure: string): void {
  figures.set(figure, (figures.get(figure) ?? 0) + 1);
}

/** The figures since the last call, by name. */
export function takeFigures(): Readonly<Record<string, number>> {
  const taken = Object.fromEntries(figures);
  figures.clear();
  return taken;
}
