import { exactness } from './exact-into';

exactness('duckdb');
