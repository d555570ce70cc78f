import { own, qualified } from '../relational/sql';

/** The SQL name of a temporary table of this session, which no table of a file can be taken for, nor the other way round. */
export function temporary(name: string): string {
  return qualified({ catalog: 'temp', schema: 'main', table: own(name) });
}
