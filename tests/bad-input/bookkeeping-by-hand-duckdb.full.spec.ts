import { bookkeepingByHand } from './bookkeeping-by-hand';

bookkeepingByHand('DuckDB');
