import { crashes } from './crashes';

crashes('DuckDB');
