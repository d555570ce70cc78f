import { crashes } from './crashes';

crashes('PostgreSQL');
