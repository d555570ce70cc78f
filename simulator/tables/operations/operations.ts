import type { Input } from '../request';

/** Operations in wire format, by name: plain JSON in and out. @throws ServiceError */
export type Operations = Readonly<Record<string, (input: Input) => unknown>>;
