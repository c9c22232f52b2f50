package live

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/role"
)

// readBaseRules reads the committed role for any kind.
func readBaseRules(root string) ([]rbacv1.PolicyRule, error) {
	file := filepath.Join(root, "config", "rbac", "controller.yaml")
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the role of the controller: %w", err)
	}
	committed := &rbacv1.ClusterRole{}
	if err := yaml.UnmarshalStrict(content, committed); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return committed.Rules, nil
}

// GeneratedRole is what maasctl rbac makes of the pin of a kind, and of what the
// kinds read that it hands objects on to. Without a pin it is what it would be:
// list and watch on each type that the kind reads.
func GeneratedRole(f *cases.Folder, types []Resource) ([]rbacv1.PolicyRule, error) {
	pin, err := readPin(f)
	if err != nil {
		return nil, err
	}
	if pin.Contracts == nil {
		for _, t := range types {
			pin.Contracts = append(pin.Contracts, contract.Contract{Group: t.Group, Kind: t.Kind, Plural: t.Plural})
		}
		return role.Of("", f.Kind.Types(), pin).Rules, nil
	}
	beside := &contract.Pin{}
	for _, t := range types {
		if !f.Kind.Reads(t.GroupKind) {
			beside.Contracts = append(beside.Contracts, contract.Contract{Group: t.Group, Kind: t.Kind, Plural: t.Plural})
		}
	}
	return role.Of("", f.Kind.Types(), pin, beside).Rules, nil
}

// readPin reads the pin of a kind, which is empty where there is none.
func readPin(f *cases.Folder) (*contract.Pin, error) {
	content, err := folder.ReadPinFile(f.FS, folder.PinFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &contract.Pin{}, nil
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", f.File(folder.PinFile), err)
	}
	pin, err := contract.ReadPin(f.File(folder.PinFile), content)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.File(folder.PinFile), err)
	}
	return pin, nil
}

// grant gives a user exactly the base role and the rules. What the kind reads
// has to be in the rules, also what the base role has for another purpose.
func (s *stage) grant(ctx context.Context, user string, rules []rbacv1.PolicyRule) error {
	base := slices.Clone(s.base)
	for _, t := range s.types {
		base = without(base, t.Group, t.Plural)
	}
	return s.bind(ctx, user, append(base, rules...))
}

// bind gives a user exactly the rules. A user has one role.
func (c *Cluster) bind(ctx context.Context, user string, rules []rbacv1.PolicyRule) error {
	granted := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: user}, Rules: rules}
	if slices.Contains(c.users, user) {
		if err := c.client.Update(ctx, granted); err != nil {
			return fmt.Errorf("changing the role of %s: %w", user, err)
		}
		return nil
	}
	c.users = append(c.users, user)
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: user},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: user},
	}
	for _, object := range []client.Object{granted, binding} {
		if err := alreadyThere(c.client.Create(ctx, object)); err != nil {
			return fmt.Errorf("granting a role to %s: %w", user, err)
		}
	}
	return nil
}

func (c *Cluster) revoke(ctx context.Context, user string) error {
	named := metav1.ObjectMeta{Name: user}
	return errors.Join(
		client.IgnoreNotFound(c.client.Delete(ctx, &rbacv1.ClusterRoleBinding{ObjectMeta: named})),
		client.IgnoreNotFound(c.client.Delete(ctx, &rbacv1.ClusterRole{ObjectMeta: named})),
	)
}

// without gives the rules without one resource.
func without(rules []rbacv1.PolicyRule, group, resource string) []rbacv1.PolicyRule {
	var rest []rbacv1.PolicyRule
	for _, rule := range rules {
		rule = *rule.DeepCopy()
		if slices.Contains(rule.APIGroups, group) {
			rule.Resources = slices.DeleteFunc(rule.Resources, func(name string) bool { return name == resource })
		}
		if len(rule.Resources) > 0 {
			rest = append(rest, rule)
		}
	}
	return rest
}
