import * as aws from '@pulumi/aws';
import { streamConsumerAlarms } from '../../../policy/rules/monitoring/stream-consumer-alarms';
import { consumer, SINGLE } from '../consumer';
import { examine, given, UNKNOWN } from '../examine';

const alarm = (metricName: string, inputs: object = {}) =>
  given(aws.cloudwatch.MetricAlarm, { metricName, ...inputs }, { name: metricName });
const LAG = alarm('ReplicationLag');
const SILENCE = alarm('Heartbeat', { treatMissingData: 'breaching' });
const NO_LAG = 'service app follows a stream, but no alarm watches its lag';
const NO_SILENCE = 'service app follows a stream, but no alarm fires when it is silent';

examine(streamConsumerAlarms, {
  violating: {
    'no alarm': { given: consumer(), finds: [NO_LAG, NO_SILENCE] },
    'an alarm that is off': {
      given: [
        ...consumer(),
        { ...LAG, outputs: { metricName: 'ReplicationLag', actionsEnabled: false } },
        SILENCE,
      ],
      finds: [NO_LAG],
    },
    'silence that does not fire an alarm': {
      given: [...consumer(), LAG, alarm('Heartbeat')],
      finds: [NO_SILENCE],
    },
    'one alarm for two services': {
      given: [...consumer(), ...consumer({ name: 'two' }), LAG, SILENCE],
      finds: [
        'service two follows a stream, but no alarm fires when it is silent',
        'service two follows a stream, but no alarm watches its lag',
      ],
    },
  },
  satisfying: {
    'both alarms': { given: [...consumer(), LAG, SILENCE] },
    'a paused service whose silence fires no alarm': {
      given: [...consumer({ service: { ...SINGLE, desiredCount: 0 } }), LAG, alarm('Heartbeat')],
    },
    'metrics that the configuration names': {
      given: [...consumer(), alarm('Behind'), alarm('Alive', { treatMissingData: 'breaching' })],
      config: { lagMetrics: ['Behind'], heartbeatMetrics: ['Alive'] },
    },
    'no stream': { given: consumer({ actions: ['s3:GetObject'] }) },
    'an attached policy': {
      given: [
        ...consumer({ policy: '{"Statement":[]}' }),
        given(aws.iam.RolePolicyAttachment, { role: 'app-role', policyArn: 'arn:none' }),
      ],
    },
  },
  unknown: { 'what its role may': { given: [...consumer({ policy: UNKNOWN }), LAG, SILENCE] } },
});
