import * as pulumi from '@pulumi/pulumi';

/** The outputs that a component registers at the end of its constructor: those its class declares and that are set. */
export function outputsOf(component: pulumi.ComponentResource): pulumi.Inputs {
  const outputs = Object.entries(component).filter(([, value]) => pulumi.Output.isInstance(value));
  return Object.fromEntries(outputs.filter(([name]) => name !== 'urn')) as pulumi.Inputs;
}
