// Writes the Python SDK of a package from its schema, with Pulumi's own generator: `generate SCHEMA FOLDER`.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// A reference to a resource of another package: package, version, and token with its slashes escaped.
var foreign = regexp.MustCompile(`"/(\w+)/v([0-9.]+)/schema\.json#/resources/([^"]+)"`)

// others loads packages that the schema refers to, with no more than the names of the referenced resources.
type others struct {
	text []byte
}

func (o others) LoadPackageV2(_ context.Context, wanted *schema.PackageDescriptor) (*schema.Package, error) {
	spec := schema.PackageSpec{
		Name:      wanted.Name,
		Meta:      &schema.MetadataSpec{ModuleFormat: "(.*)(?:/[^/]*)"},
		Resources: map[string]schema.ResourceSpec{},
	}
	for _, match := range foreign.FindAllStringSubmatch(string(o.text), -1) {
		if match[1] == wanted.Name {
			spec.Version = match[2]
			spec.Resources[strings.ReplaceAll(match[3], "%2F", "/")] = schema.ResourceSpec{}
		}
	}
	return schema.ImportSpec(spec, nil, o, schema.ValidationOptions{})
}

func (o others) LoadPackage(name string, version *semver.Version) (*schema.Package, error) {
	return o.LoadPackageV2(context.Background(), &schema.PackageDescriptor{Name: name, Version: version})
}

func (o others) LoadPackageReferenceV2(
	ctx context.Context, wanted *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	loaded, err := o.LoadPackageV2(ctx, wanted)
	if err != nil {
		return nil, err
	}
	return loaded.Reference(), nil
}

func (o others) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	return o.LoadPackageReferenceV2(context.Background(), &schema.PackageDescriptor{Name: name, Version: version})
}

func generate(file, folder string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	loader := others{text}
	bound, problems, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if problems.HasErrors() {
		return problems
	}
	files, err := python.GeneratePackage("dynamodb-replicator", bound, nil, loader)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate SCHEMA FOLDER")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
