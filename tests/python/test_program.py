"""Runs program.py over Pulumi's mocks, with the SDK that is generated from infra/schema.json."""

import unittest

import pulumi

TYPE = "dynamodb-replicator:index:DynamoDBReplicator"
registered = {}


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        registered[args.typ] = args.inputs
        outputs = {"bucketName": "exports"} if args.typ == TYPE else {}
        return f"{args.name}-id", {**args.inputs, **outputs}

    def call(self, args):
        raise NotImplementedError(args.token)


pulumi.runtime.set_mocks(Mocks())

import program  # noqa: E402 -- it registers its resources with the mocks


class Program(unittest.TestCase):
    @pulumi.runtime.test
    def test_registers_the_component_with_the_names_of_the_schema(self):
        def check(bucket):
            self.assertEqual(bucket, "exports")
            inputs = registered[TYPE]
            invoices, payments = inputs["tables"]
            self.assertEqual(invoices["management"], "Managed")
            self.assertIn("table", invoices)
            self.assertEqual(payments, {"name": "payments"})
            self.assertEqual(inputs["network"], {"vpcName": "main"})
            # The mocks wrap what contains a secret.
            postgres = inputs["destination"]["value"]["postgres"]
            self.assertEqual(postgres["user"], "replicator")

        return program.deployed.bucket_name.apply(check)


if __name__ == "__main__":
    unittest.main()
