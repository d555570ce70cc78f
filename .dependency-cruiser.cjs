/** The rooms of docs/ARCHITECTURE.md: imports point one way. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'simulator-is-independent',
      comment: 'The simulator is the oracle: what it shared with the runtime, both could get wrong unseen.',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(runtime|tests|bench|infra|policy)/' },
    },
    {
      name: 'runtime-stands-alone',
      severity: 'error',
      from: { path: '^runtime/' },
      to: { path: '^(tests|bench|infra|policy)/|@pulumi' },
    },
    {
      name: 'bench-measures-what-is-shipped',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^(tests|infra|policy)/' },
    },
    {
      name: 'only-two-commands-start-the-simulator',
      severity: 'error',
      from: { path: '^runtime/', pathNot: '^runtime/cli/(demo|simulator)\\.ts$' },
      to: { path: '^simulator/' },
    },
    {
      name: 'item-is-pure',
      severity: 'error',
      from: { path: '^runtime/item/' },
      to: { pathNot: '^runtime/item/|^(node:)?(buffer|crypto)$' },
    },
    {
      name: 'stream-knows-no-destination',
      severity: 'error',
      from: { path: '^runtime/(stream|aws)/' },
      to: { path: '^runtime/(pipeline|destinations|cli|replicator)' },
    },
    {
      name: 'destination-knows-no-pipeline',
      severity: 'error',
      from: { path: '^runtime/destinations/' },
      to: { path: '^runtime/(pipeline|stream|export|aws|cli|replicator)' },
    },
    {
      name: 'a-driver-stays-in-its-destination',
      severity: 'error',
      from: { path: '^runtime/', pathNot: '^runtime/destinations/duckdb/' },
      to: { path: '@duckdb' },
    },
    {
      name: 'so-does-that-of-postgres',
      severity: 'error',
      from: { path: '^runtime/', pathNot: '^runtime/destinations/postgres/' },
      to: { path: 'node_modules/pg(-copy-streams)?/' },
    },
    {
      name: 'the-sdk-stays-in-aws',
      severity: 'error',
      from: { path: '^runtime/', pathNot: '^runtime/aws/' },
      to: { path: 'node_modules/@(aws-sdk|smithy)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pipeline-knows-no-command',
      severity: 'error',
      from: { path: '^runtime/(pipeline|replicator)' },
      to: { path: '^runtime/cli' },
    },
    {
      name: 'cli-is-the-top',
      severity: 'error',
      from: { path: '^runtime/(?!cli)' },
      to: { path: '^runtime/cli' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
