import assert from 'node:assert/strict';
import * as aws from '@pulumi/aws';
import { type TerraformPlan, terraformPlan, typeOf } from '../../posture/terraform-plan';
import { recordProgram } from '../../review/record-program';

async function planOf(program: () => void): Promise<TerraformPlan> {
  return terraformPlan(await recordProgram({ stack: 'dev' }, program));
}

const valuesOf = (plan: TerraformPlan, address: string) =>
  plan.planned_values.root_module.resources.find((one) => one.address === address)?.values;

describe('a recorded stack as a Terraform plan', () => {
  for (const [token, type] of [
    ['aws:iam/rolePolicy:RolePolicy', 'aws_iam_role_policy'],
    ['aws:ec2/securityGroup:SecurityGroup', 'aws_security_group'],
    ['aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule', 'aws_vpc_security_group_ingress_rule'],
    ['aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', 'aws_s3_bucket_public_access_block'],
  ] as const) {
    it(`names ${token} ${type}`, () => {
      assert.equal(typeOf(token), type);
    });
  }

  it('writes blocks as lists with singular names, and keeps maps and texts unchanged', async () => {
    const plan = await planOf(() => {
      new aws.ecs.Service('app', {
        desiredCount: 1,
        tags: { costCenter: '1' },
        networkConfiguration: { assignPublicIp: false, subnets: ['a', 'b'] },
        capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
      });
    });
    assert.deepEqual(valuesOf(plan, 'aws_ecs_service.app'), {
      desired_count: 1,
      tags: { costCenter: '1' },
      network_configuration: [{ assign_public_ip: false, subnets: ['a', 'b'] }],
      capacity_provider_strategy: [{ capacity_provider: 'FARGATE', weight: 1 }],
    });
  });

  it('has a reference to the resource that a value comes from, for checks of the graph', async () => {
    const plan = await planOf(() => {
      const bucket = new aws.s3.Bucket('exports', { bucket: 'all-exports' });
      new aws.s3.BucketPublicAccessBlock('exports', { bucket: bucket.id, blockPublicAcls: true });
      new aws.s3.BucketVersioning('other', {
        bucket: 'elsewhere',
        versioningConfiguration: { status: 'Enabled' },
      });
    });
    const expressions = (address: string) =>
      (plan.configuration.root_module.resources as { address: string; expressions: object }[]).find(
        (one) => one.address === address,
      )?.expressions;
    assert.deepEqual(expressions('aws_s3_bucket_public_access_block.exports'), {
      bucket: { references: ['aws_s3_bucket.exports.id', 'aws_s3_bucket.exports'] },
    });
    assert.deepEqual(expressions('aws_s3_bucket_versioning.other'), {});
  });

  it('leaves out resources that are not AWS’s', async () => {
    const plan = await planOf(() => {
      new aws.Provider('aws', { region: 'eu-west-1' });
    });
    assert.deepEqual(plan.planned_values.root_module.resources, []);
  });
});
