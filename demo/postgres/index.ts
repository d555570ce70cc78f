export { findInstallations } from './binaries';
export type { Installation } from './binaries';
export { freePort, LocalPostgres, NoPostgres } from './local-postgres';
export type { LocalPostgresOptions } from './local-postgres';
