import * as pulumi from '@pulumi/pulumi';

/** What a component registers at the end of its constructor: each output that its class declares and that it has. */
export function outputsOf(component: pulumi.ComponentResource): pulumi.Inputs {
  const outputs = Object.entries(component).filter(([, value]) => pulumi.Output.isInstance(value));
  return Object.fromEntries(outputs.filter(([name]) => name !== 'urn')) as pulumi.Inputs;
}
