/** The rooms of docs/ARCHITECTURE.md: imports point one way. */

/** What the rooms at the top may import of each other; what is missing here may not. */
const ROOMS = {
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
  examples: ['infra'],
};

/** The few files of a room that others agree with it by. */
const AGREED = {
  infra: ['runtime/config(/|\\.ts$)', 'runtime/observe/metrics\\.ts$', 'runtime/aws/cli-command\\.ts$'],
  review: ['runtime/observe/metrics\\.ts$'],
};

/** A rule for each room: it imports no other one than those it may. @param above rooms that none of these may import */
function onlyKnown(rooms, { folder, above, agreed = {} }) {
  return Object.entries(rooms).map(([room, known]) => {
    const others = [...Object.keys(rooms), ...above].filter((one) => one !== room && !known.includes(one));
    const name = `${room}-imports-${known.length === 0 ? 'no-other-room' : known.join('-and-')}`;
    return {
      name: `${folder.replace('/', '-')}${name}`,
      severity: 'error',
      from: { path: `^${folder}${room}/` },
      to: {
        path: `^${folder}(${others.join('|')})/`,
        ...(agreed[room] && { pathNot: `^(${agreed[room].join('|')})` }),
      },
    };
  });
}

/** What the rooms of the runtime may import of each other. */
const RUNTIME_ROOMS = {
  item: [],
  observe: [],
  aws: ['item', 'observe'],
  destinations: ['item'],
  config: ['destinations'],
  stream: ['aws', 'observe'],
  export: ['aws', 'destinations', 'item', 'observe'],
  pipeline: ['aws', 'destinations', 'export', 'item', 'observe', 'stream'],
  control: ['destinations', 'observe', 'pipeline'],
};

/** What else the rooms of the runtime may not import. */
const within = [
  {
    name: 'rooms-know-no-assembly',
    comment: 'What puts the rooms together is above them.',
    from: { path: '^runtime/(?!verbs/)[^/]+/' },
    to: { path: '^runtime/(check|check-fix|container|index|open|replicate|replicator)\\.ts$' },
  },
  {
    name: 'only-the-container-starts-a-verb',
    from: { path: '^runtime/(?!container\\.ts$)[^/]+\\.ts$' },
    to: { path: '^runtime/verbs/' },
  },
  {
    name: 'item-is-pure',
    from: { path: '^runtime/item/' },
    to: { pathNot: '^runtime/item/|^(node:)?(buffer|crypto)$' },
  },
  {
    name: 'a-destination-is-known-by-its-kind',
    comment: 'What is decided by the kind of a destination stands in its folder.',
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

/** Packages that stay in one room. */
const packages = [
  {
    name: 'pulumi-stays-in-the-stack',
    from: { path: '^(cost|simulator|runtime|demo|planning|command|bench)/' },
    to: { path: '@pulumi' },
  },
  {
    name: 'a-driver-stays-in-its-destination',
    from: {
      path: '^(cost|simulator|runtime|planning|command|infra|review)/',
      pathNot: '^runtime/destinations/duckdb/',
    },
    to: { path: '@duckdb' },
  },
  {
    name: 'so-does-that-of-postgres',
    from: {
      path: '^(cost|simulator|runtime|planning|command|infra|review)/',
      pathNot: '^runtime/destinations/postgres/',
    },
    to: { path: 'node_modules/pg(-copy-streams)?/' },
  },
  {
    name: 'the-sdk-stays-in-aws',
    from: { path: '^(cost|simulator|runtime|demo|planning|command|review)/', pathNot: '^runtime/aws/' },
    to: { path: 'node_modules/@(aws-sdk|smithy)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'policy-stands-alone',
    comment: 'The pack is of use to other stacks, and is installed by itself.',
    from: { path: '^policy/' },
    to: { pathNot: '^policy/|(^|node_modules/)@pulumi/(policy|aws)(/|$)' },
  },
];

/** What the rooms of the stack may import. */
const stack = [
  {
    name: 'a-plan-is-pure',
    comment: 'What is decided about rights, container, alarms and dashboard can be tested without Pulumi.',
    from: { path: '^infra/plan/' },
    to: { path: 'node_modules/|^infra/(components|stack)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'a-component-knows-no-stack',
    from: { path: '^infra/(components|validate|arguments)/' },
    to: { path: '^infra/stack/' },
  },
  {
    name: 'arguments-are-only-described',
    from: { path: '^infra/(arguments|validate)/' },
    to: { path: '^infra/(components|stack)/' },
  },
  {
    name: 'infra-needs-pulumi-only',
    comment:
      'The AWS SDK is loaded lazily by the one dynamic resource, which calls DynamoDB itself; the stack reads files of YAML.',
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
    ...onlyKnown(ROOMS, { folder: '', above: ['tests'], agreed: AGREED }),
    ...onlyKnown(RUNTIME_ROOMS, { folder: 'runtime/', above: ['verbs'] }),
    ...[...within, ...packages, ...stack].map((rule) => ({ severity: 'error', ...rule })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
