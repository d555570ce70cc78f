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
      from: { path: '^runtime/(?!cli|container\\.ts$)' },
      to: { path: '^runtime/cli' },
    },
    {
      name: 'image-only-packs',
      comment: 'What is packed is read as files, never loaded.',
      severity: 'error',
      from: { path: '^image/' },
      to: { path: '^(runtime|simulator|infra|tests|policy)/' },
    },
    {
      name: 'infra-knows-settings-metrics-and-commands-only',
      comment:
        'The stack and the container agree by the settings schema and the list of metrics, and spell commands for people alike; ' +
        'nothing else is shared.',
      severity: 'error',
      from: { path: '^infra/' },
      to: {
        path: '^(runtime|simulator|tests|policy)/',
        pathNot: '^runtime/(config(/|\\.ts$)|observe/metrics\\.ts$|aws/cli-command\\.ts$)',
      },
    },
    {
      name: 'infra-needs-pulumi-only',
      comment: 'The AWS SDK is loaded lazily by the one dynamic resource, which calls DynamoDB itself.',
      severity: 'error',
      from: { path: '^infra/', pathNot: '^infra/(table-streaming/sdk-client|team-tables)\\.ts$' },
      to: {
        path: 'node_modules/',
        pathNot: 'node_modules/@pulumi/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'yaml-is-read-for-tables-only',
      severity: 'error',
      from: { path: '^infra/', pathNot: '^infra/team-tables\\.ts$' },
      to: { path: 'node_modules/yaml/' },
    },
    {
      name: 'policy-stands-alone',
      comment: 'The pack is of use to other stacks, and is installed by itself.',
      severity: 'error',
      from: { path: '^policy/' },
      to: { pathNot: '^policy/|(^|node_modules/)@pulumi/(policy|aws)(/|$)' },
    },
    {
      name: 'only-the-tools-look-at-a-stack-from-outside',
      severity: 'error',
      from: { path: '^(runtime|simulator|infra|policy)/' },
      to: { path: '^(review|posture)/' },
    },
    {
      name: 'iam-and-plans-are-pure',
      comment: 'What is decided about rights, container, alarms and dashboard can be tested without Pulumi.',
      severity: 'error',
      from: {
        path: '^infra/(iam/|(alarms|container|dashboard|environment|errors|fargate-size|image-address|names|table-requirements)\\.ts$|network/(reachability|endpoint-services)\\.ts$|table-streaming/lifecycle\\.ts$)',
      },
      to: { path: 'node_modules/@(pulumi|aws-sdk)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
