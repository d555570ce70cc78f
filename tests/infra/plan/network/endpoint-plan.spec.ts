import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Endpoints } from '../../../../infra';
import {
  type EndpointFacts,
  type FoundEndpoint,
  planEndpoints,
} from '../../../../infra/plan/network/endpoint-plan';
import { neededEndpoints } from '../../../../infra/plan/network/endpoint-services';
import { seed, sized } from '../../../seeds';

const SERVICES = neededEndpoints({ pullsFromEcr: false, assumesRole: false });
const ROUTES = ['rtb-a', 'rtb-b'];

const gateway = (key: string, routeTableIds: readonly string[] = ROUTES): FoundEndpoint => ({
  id: `vpce-${key}-gateway`,
  key,
  kind: 'Gateway',
  privateDns: false,
  routeTableIds,
  dnsName: undefined,
  owner: 'unknown',
});
const inside = (key: string, privateDns = true): FoundEndpoint => ({
  ...gateway(key, []),
  id: `vpce-${key}-interface`,
  kind: 'Interface',
  privateDns,
  dnsName: `vpce.${key}.example`,
});
const own = (endpoint: FoundEndpoint): FoundEndpoint => ({ ...endpoint, owner: 'own' });

const ALL = [
  gateway('dynamodb'),
  gateway('s3'),
  inside('dynamodb-streams', false),
  inside('logs'),
  inside('secretsmanager'),
];
const without = (key: string) => ALL.filter((one) => one.key !== key);

const planned = (mode: EndpointFacts['mode'], found: readonly FoundEndpoint[]) =>
  planEndpoints({
    mode,
    services: SERVICES,
    routeTableIds: ROUTES,
    found,
    ownTag: { key: 'dynamodb-replicator', value: 'orders-dev' },
    cli: { region: 'eu-west-1' },
  });

const { Create, CreateMissing, Existing } = Endpoints;

describe('the plan of VPC endpoints', () => {
  const creations: readonly (readonly [
    what: string,
    found: readonly FoundEndpoint[],
    created: Readonly<Record<string, readonly string[]>>,
  ])[] = [
    ['of nothing', ALL, {}],
    ['of what is not there', without('logs'), { logs: [] }],
    ['of a gateway that is not there', without('s3'), { s3: ROUTES }],
    [
      'of a gateway for the route tables without one',
      [...without('s3'), gateway('s3', ['rtb-a'])],
      { s3: ['rtb-b'] },
    ],
    [
      'of a gateway beside one of other subnets',
      [...without('s3'), gateway('s3', ['rtb-of-others'])],
      { s3: ROUTES },
    ],
    [
      'of no gateway where two share the route tables',
      [...without('s3'), gateway('s3', ['rtb-a']), gateway('s3', ['rtb-b'])],
      {},
    ],
    [
      'of a gateway beside an interface without private DNS',
      [...without('s3'), inside('s3', false)],
      { s3: ROUTES },
    ],
    ['of no gateway where an interface has private DNS', [...without('dynamodb'), inside('dynamodb')], {}],
    [
      'of an interface beside one without private DNS',
      [...without('logs'), inside('logs', false)],
      { logs: [] },
    ],
    [
      'of its own again',
      ALL.map(own),
      Object.fromEntries(SERVICES.map(({ key, kind }) => [key, kind === 'Gateway' ? ROUTES : []])),
    ],
  ];
  for (const [what, found, created] of creations) {
    it(`for CreateMissing consists ${what}`, () => {
      const { create, streams, problem } = planned(CreateMissing, found);
      assert.deepEqual(
        Object.fromEntries(create.map(({ service, routeTableIds }) => [service.key, routeTableIds])),
        created,
      );
      assert.equal(problem, undefined);
      const kept = found.find(({ key, owner }) => key === 'dynamodb-streams' && owner !== 'own');
      assert.equal(streams?.id, kept?.id);
    });
  }

  const refusals: readonly (readonly [
    what: string,
    mode: EndpointFacts['mode'],
    found: readonly FoundEndpoint[],
    problem: string | undefined,
  ])[] = [
    ['accepts no endpoints', Create, [], undefined],
    ['accepts its own endpoints', Create, ALL.map(own), undefined],
    ['accepts a gateway of other subnets', Create, [gateway('s3', ['rtb-of-others'])], undefined],
    [
      'accepts interfaces without private DNS',
      Create,
      [inside('logs', false), inside('dynamodb-streams', false)],
      undefined,
    ],
    ['accepts an interface of a service that gets a gateway', Create, [inside('s3')], undefined],
    [
      'refuses a second gateway on a route table and a second private DNS name',
      Create,
      [gateway('s3', ['rtb-b', 'rtb-of-others']), { ...inside('logs'), owner: 'replicator' }],
      'network.endpoints is Create, but the VPC already has a gateway com.amazonaws.eu-west-1.s3 (vpce-s3-gateway) on rtb-b; ' +
        'an interface com.amazonaws.eu-west-1.logs with private DNS (vpce-logs-interface). AWS allows one gateway of a service on a ' +
        'route table, and one interface with private DNS for a service in a VPC. To use these and create only the others, set ' +
        'network.endpoints to CreateMissing; but if this replicator created them, with version 0.1.0 or under another name, mark them as its own: aws ec2 ' +
        'create-tags --resources vpce-s3-gateway vpce-logs-interface --tags Key=dynamodb-replicator,Value=orders-dev --region eu-west-1',
    ],
    ['accepts what is there', Existing, ALL, undefined],
    [
      'accepts an interface with private DNS for a gateway',
      Existing,
      [...without('s3'), inside('s3')],
      undefined,
    ],
    [
      'lists what is not there',
      Existing,
      [inside('logs')],
      'network.endpoints is Existing, but the VPC has no endpoint com.amazonaws.eu-west-1.dynamodb, com.amazonaws.eu-west-1.s3, ' +
        'com.amazonaws.eu-west-1.dynamodb-streams, com.amazonaws.eu-west-1.secretsmanager. To create what is missing, set ' +
        'network.endpoints to CreateMissing',
    ],
    [
      'lists what the task does not reach, with the commands that change it',
      Existing,
      [
        gateway('dynamodb', ['rtb-a']),
        inside('s3', false),
        ...without('logs').filter(({ kind }) => kind === 'Interface'),
        own(inside('logs')),
      ],
      'network.endpoints is Existing, but the gateway com.amazonaws.eu-west-1.dynamodb (vpce-dynamodb-gateway) is not in the subnets’ ' +
        'route tables rtb-b (aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-dynamodb-gateway --add-route-table-ids rtb-b ' +
        '--region eu-west-1); the interface com.amazonaws.eu-west-1.s3 (vpce-s3-interface) has no private DNS, so AWS’s host name does ' +
        'not lead to it (aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3-interface --private-dns-enabled --region eu-west-1); the ' +
        'only endpoint com.amazonaws.eu-west-1.logs (vpce-logs-interface) is this replicator’s own, which Existing deletes. To create ' +
        'what is missing, set network.endpoints to CreateMissing',
    ],
  ];
  for (const [what, mode, found, problem] of refusals) {
    it(`for ${mode} ${what}`, () => assert.equal(planned(mode, found).problem, problem));
  }

  const anyEndpoint: fc.Arbitrary<FoundEndpoint> = fc
    .record({
      key: fc.constantFrom(...SERVICES.map(({ key }) => key)),
      isGateway: fc.boolean(),
      privateDns: fc.boolean(),
      routeTableIds: fc.subarray([...ROUTES, 'rtb-of-others']),
      owner: fc.constantFrom('own' as const, 'replicator' as const, 'unknown' as const),
    })
    .map(({ key, isGateway, privateDns, routeTableIds, owner }) =>
      isGateway && ['dynamodb', 's3'].includes(key)
        ? { ...gateway(key, routeTableIds), owner }
        : { ...inside(key, privateDns && key !== 'dynamodb-streams'), owner },
    );

  it('for CreateMissing, together with what exists, suffices for Existing, and AWS refuses none of it', () => {
    fc.assert(
      fc.property(fc.array(anyEndpoint, { maxLength: 12 }), (found) => {
        const { create } = planned(CreateMissing, found);
        const others = found.filter(({ owner }) => owner !== 'own');
        const created = create.map(({ service, routeTableIds }) =>
          service.kind === 'Gateway'
            ? gateway(service.key, routeTableIds)
            : inside(service.key, service.privateDns),
        );
        assert.equal(planned(Existing, [...others, ...created]).problem, undefined);
        for (const one of created) {
          for (const other of others.filter(({ key, kind }) => key === one.key && kind === one.kind)) {
            assert.ok(!(one.privateDns && other.privateDns), one.id);
            assert.ok(!one.routeTableIds.some((id) => other.routeTableIds.includes(id)), one.id);
          }
        }
      }),
      { seed: seed(), numRuns: sized(300) },
    );
  });
});
