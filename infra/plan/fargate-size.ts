import { CpuArchitecture } from '../arguments/choices';

/** Sizes of a Fargate task. Source: Amazon ECS Developer Guide, "Task CPU and memory" (Linux). Pure. */

interface Sizes {
  readonly cpu: number;
  readonly memoryMiB: readonly number[];
}

const GiB = 1024;

function steps(leastGiB: number, mostGiB: number, stepGiB: number): readonly number[] {
  const count = (mostGiB - leastGiB) / stepGiB + 1;
  return Array.from({ length: count }, (_, index) => (leastGiB + index * stepGiB) * GiB);
}

export const FARGATE_SIZES: readonly Sizes[] = [
  { cpu: 256, memoryMiB: [512, 1 * GiB, 2 * GiB] },
  { cpu: 512, memoryMiB: steps(1, 4, 1) },
  { cpu: 1024, memoryMiB: steps(2, 8, 1) },
  { cpu: 2048, memoryMiB: steps(4, 16, 1) },
  { cpu: 4096, memoryMiB: steps(8, 30, 1) },
  { cpu: 8192, memoryMiB: steps(16, 60, 4) },
  { cpu: 16384, memoryMiB: steps(32, 120, 8) },
];

/** Default size of a task. */
export const DEFAULT_SIZE = { cpu: 512, memoryMiB: 1024 } as const;
export const DEFAULT_ARCHITECTURE = CpuArchitecture.Arm64;

/** Why Fargate does not support the size; `undefined` if it does. */
export function sizeProblem(
  cpu: number,
  memoryMiB: number,
): { readonly argument: 'cpu' | 'memoryMiB'; readonly problem: string } | undefined {
  const sizes = FARGATE_SIZES.find((size) => size.cpu === cpu);
  if (sizes === undefined) {
    const known = FARGATE_SIZES.map((size) => size.cpu).join(', ');
    return {
      argument: 'cpu',
      problem: `Fargate does not support ${cpu}; choose one of ${known} (1024 is one vCPU)`,
    };
  }
  if (sizes.memoryMiB.includes(memoryMiB)) return undefined;
  return {
    argument: 'memoryMiB',
    problem: `Fargate does not support ${memoryMiB} with cpu ${cpu}; choose ${listed(sizes.memoryMiB)}`,
  };
}

function listed(values: readonly number[]): string {
  const [first, second, ...rest] = values as [number, number, ...number[]];
  const last = rest.at(-1);
  if (rest.length <= 1 || last === undefined) return values.join(', ');
  return `${first} to ${last} in steps of ${second - first}`;
}
