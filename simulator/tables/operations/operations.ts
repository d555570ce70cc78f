import type { Input } from '../request';

/** Wire operations by name: plain JSON in and out. @throws ServiceError */
export type Operations = Readonly<Record<string, (input: Input) => unknown>>;
