/** The modules of docs/ARCHITECTURE.md. Imports point one way. */

/** Top-level module → the others that it may import. A folder that is not listed may import nothing, and nothing may import it. */
const TOP = {
  folder: '',
  modules: {
    cost: [],
    simulator: [],
    runtime: ['cost'],
    demo: ['runtime', 'simulator'],
    planning: ['review', 'runtime', 'cost'],
    command: ['runtime', 'demo', 'planning', 'simulator'],
    policy: [],
    infra: [],
    review: ['infra', 'policy', 'cost'],
    posture: ['review', 'infra'],
    image: [],
    bench: ['runtime', 'simulator', 'demo', 'cost'],
    acceptance: ['runtime', 'cost'],
    examples: ['infra'],
  },
  /** The few files that a module may import from others. */
  agreed: {
    infra: ['runtime/config(/|\\.ts$)', 'runtime/observe/metrics\\.ts$', 'runtime/aws/cli-command\\.ts$'],
    review: ['runtime/observe/metrics\\.ts$'],
    acceptance: ['infra/plan/iam/statements\\.ts$'],
  },
  seesAll: ['tests'],
};

/** `config` is a folder and the file of the same name. */
const RUNTIME = {
  folder: 'runtime/',
  modules: {
    item: [],
    observe: [],
    aws: ['item', 'observe'],
    destinations: ['item'],
    config: ['destinations'],
    stream: ['aws', 'observe'],
    export: ['aws', 'destinations', 'item', 'observe'],
    pipeline: ['aws', 'destinations', 'export', 'item', 'observe', 'stream'],
    control: ['destinations', 'observe', 'pipeline'],
  },
  agreed: {
    // Settings are read once, at the top. A pipeline is given the values.
    pipeline: ['runtime/config\\.ts$'],
  },
  /** Above the modules and the files that assemble them. */
  seesAll: ['verbs'],
  /** Files that any module may import, as they import none. */
  leaves: [
    'abort',
    'backoff',
    'clock',
    'errors',
    'mutex',
    'semaphore',
    'turns',
    'setting-values',
    'stray-errors',
    'version',
  ],
  /** Files that assemble the modules. */
  assembly: ['check', 'check-fix', 'container', 'index', 'open', 'replicate', 'replicator'],
};

const INFRA = {
  folder: 'infra/',
  modules: {
    arguments: [],
    plan: ['arguments'],
    validate: ['arguments', 'plan'],
    components: ['arguments', 'plan', 'validate'],
    stack: ['arguments', 'plan', 'validate', 'components'],
  },
  leaves: ['errors', 'package-folder'],
  assembly: ['automation', 'automation-workspace', 'component-host', 'index', 'plugin'],
};

/** Rules of one folder: a module imports only what it may, leaves import leaves, and everything in the folder is listed. */
function rulesOf({ folder, modules, agreed = {}, seesAll = [], leaves = [], assembly = [] }) {
  const named = (names) => `^${folder}(${names.join('|')})(/|\\.ts$)`;
  const anything = folder === '' ? '^[^/]+/' : `^${folder}[^/]+(/|\\.ts$)`;
  const outside = ['(^|/)node_modules/'];
  const prefix = folder.replace('/', '-');
  const leavesToo = leaves.length === 0 ? [] : [named(leaves)];
  const listed = [...Object.keys(modules), ...seesAll, ...leaves, ...assembly];
  return [
    ...Object.entries(modules).map(([importer, known]) => ({
      name: `${prefix}${importer}-imports-${known.length === 0 ? 'no-other-module' : known.join('-and-')}`,
      from: { path: named([importer]) },
      to: {
        path: anything,
        pathNot: [
          ...outside,
          ...leavesToo,
          named([importer, ...known]),
          ...(agreed[importer] ?? []).map((file) => `^${file}`),
        ],
        dependencyTypesNot: ['core'],
      },
    })),
    ...leavesToo.map((path) => ({
      name: `${prefix}leaves-import-no-module`,
      from: { path },
      to: { path: anything, pathNot: [...outside, path] },
    })),
    {
      name: `${prefix}modules-are-listed`,
      comment: 'Add what is new to this file and to docs/ARCHITECTURE.md.',
      from: {},
      to: { path: anything, pathNot: [...outside, named(listed)], dependencyTypesNot: ['core'] },
    },
    {
      name: `${prefix}modules-that-are-not-listed-import-nothing`,
      from: { path: anything, pathNot: [named(listed)] },
      to: {},
    },
  ];
}

/** What else the modules of the runtime may not import. */
const within = [
  {
    name: 'only-the-container-starts-a-verb',
    from: { path: '^runtime/(?!container\\.ts$)[^/]+\\.ts$' },
    to: { path: '^runtime/verbs/' },
  },
  {
    name: 'verbs-know-no-entry',
    comment: 'The container and the public API are above them.',
    from: { path: '^runtime/' },
    to: { path: '^runtime/(container|index)\\.ts$' },
  },
  {
    name: 'a-pipeline-reads-no-settings',
    comment: 'It imports only their types.',
    from: { path: '^runtime/pipeline/' },
    to: { path: '^runtime/config\\.ts$', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'item-is-pure',
    from: { path: '^runtime/item/' },
    to: { pathNot: '^runtime/item/|^(node:)?(buffer|crypto)$' },
  },
  {
    name: 'a-destination-is-known-by-its-kind',
    comment: 'Whatever depends on the kind of a destination is in its folder.',
    from: {
      path: '^(demo|planning|command|review|infra|runtime)/',
      pathNot: '^runtime/destinations/([^/]+/|kinds\\.ts$)',
    },
    to: { path: '^runtime/destinations/[^/]+/' },
  },
  {
    name: 'kinds-are-a-list',
    from: { path: '^runtime/destinations/kinds\\.ts$' },
    to: { path: '^runtime/destinations/[^/]+/', pathNot: '/kind\\.ts$' },
  },
  {
    name: 'destinations-share-what-is-relational',
    from: { path: '^runtime/destinations/([^/]+)/' },
    to: { path: '^runtime/destinations/[^/]+/', pathNot: '^runtime/destinations/($1|relational)/' },
  },
];

/** Third-party packages, and the only places that may import them or their types. */
const packages = [
  {
    name: 'pulumi-stays-in-the-stack',
    from: { pathNot: '^(infra|policy|review|posture|examples|tests)/' },
    to: { path: 'node_modules/@pulumi/' },
  },
  {
    name: 'a-driver-stays-in-its-destination',
    comment: 'Some contenders of the benchmark use a driver directly.',
    from: { pathNot: '^(runtime/destinations/duckdb|bench|tests)/' },
    to: { path: 'node_modules/@duckdb/' },
  },
  {
    name: 'so-does-that-of-postgres',
    from: { pathNot: '^(runtime/destinations/postgres|bench|tests)/' },
    to: { path: ['node_modules/(@types/)?pg/', 'node_modules/(@types/)?pg-[^/]+/'] },
  },
  {
    name: 'the-sdk-stays-in-aws',
    comment:
      'The stack has one resource that calls DynamoDB itself, and `acceptance` asks AWS how it behaves.',
    from: { pathNot: '^(runtime/aws|infra/components/table-streaming|acceptance|tests)/' },
    to: { path: 'node_modules/@(aws-sdk|smithy)/' },
  },
  {
    name: 'policy-stands-alone',
    comment: 'Other stacks use the pack too, and install it alone.',
    from: { path: '^policy/' },
    to: { pathNot: '^policy/|(^|node_modules/)@pulumi/(policy|aws)(/|$)' },
  },
];

/** What the modules of the stack may import. */
const stack = [
  {
    name: 'a-plan-is-pure',
    comment:
      'Decisions about permissions, container, alarms and dashboard can be tested without Pulumi and without files.',
    from: { path: '^infra/plan/' },
    to: { pathNot: '^(infra|runtime)/|node_modules/zod/|^(node:)?crypto$' },
  },
  {
    name: 'infra-needs-pulumi-only',
    comment:
      'The one dynamic resource, which calls DynamoDB itself, loads the AWS SDK lazily. The stack reads YAML files.',
    from: { path: '^infra/', pathNot: '^infra/(components/table-streaming|stack)/' },
    to: { path: 'node_modules/', pathNot: 'node_modules/@pulumi/', dependencyTypesNot: ['type-only'] },
  },
];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    ...[TOP, RUNTIME, INFRA].flatMap(rulesOf).map((rule) => ({ severity: 'error', ...rule })),
    ...[...within, ...packages, ...stack].map((rule) => ({ severity: 'error', ...rule })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist|dist-bench)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
