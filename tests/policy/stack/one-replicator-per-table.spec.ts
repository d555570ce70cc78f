import { oneReplicatorPerTable } from '../../../policy/rules/stack/one-replicator-per-table';
import { consumer } from '../consumer';
import { examine, UNKNOWN } from '../examine';

const ORDERS = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
const TWO = [...consumer(), ...consumer({ name: 'two', tables: ['customers', 'orders'] })];

examine(oneReplicatorPerTable, {
  violating: {
    'two services on one table': { given: TWO, finds: [`app and two follow ${ORDERS}`] },
    'a reason for another table': {
      given: TWO,
      config: { reasons: { [`${ORDERS}2`]: 'moving to another warehouse' } },
      finds: [`app and two follow ${ORDERS}`],
    },
  },
  satisfying: {
    'one service per table': { given: [...consumer(), ...consumer({ name: 'two', tables: ['customers'] })] },
    'two services with a reason': {
      given: TWO,
      config: { reasons: { [ORDERS]: 'moving to another warehouse' } },
    },
  },
  unknown: { 'what their roles may': { given: consumer({ policy: UNKNOWN }) } },
});
