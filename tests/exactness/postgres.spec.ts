import { exactness } from './exact-into';

exactness('postgres');
