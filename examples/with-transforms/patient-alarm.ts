import type * as pulumi from '@pulumi/pulumi';

/** Lets the lag alarm wait for half an hour of lag, so that a nightly import raises none. */
export const patientAlarm: pulumi.ResourceTransform = ({ type, name, props, opts }) =>
  type === 'aws:cloudwatch/metricAlarm:MetricAlarm' && name.endsWith('-lag')
    ? { props: { ...props, evaluationPeriods: 30, datapointsToAlarm: 30 }, opts }
    : undefined;
