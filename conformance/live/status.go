package live

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/evaluation"
)

// model makes the MaaSModel of a case: it is called as its referent is, and
// lives beside it, as in evaluation.Of.
func (s *stage) model(ctx context.Context, c cases.Case) (*v1alpha1.MaaSModel, error) {
	name, namespace := "model", s.namespaces[namespaceOfModels]
	if c.Referent != nil {
		name = c.Referent.GetName()
		namespace = cmp.Or(s.namespaces[c.Referent.GetNamespace()], namespace)
	}
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: v1alpha1.MaaSModelSpec{
			ModelRef: v1alpha1.ModelReference{Kind: s.kind.Name(), Name: name}, EndpointOverride: c.Override,
		},
	}
	if err := s.client.Create(ctx, model); err != nil {
		return nil, fmt.Errorf("creating the MaaSModel %s/%s: %w", namespace, name, err)
	}
	return model, nil
}

func (s *stage) deleteModel(ctx context.Context, model *v1alpha1.MaaSModel) error {
	if err := s.client.Delete(ctx, model); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("deleting the MaaSModel %s/%s: %w", model.Namespace, model.Name, err)
	}
	return nil
}

// await polls until a judge finds nothing wrong with the model's status, and
// gives what is wrong with it after all. The error means that the cluster
// cannot be asked.
func (c *Cluster) await(ctx context.Context, model *v1alpha1.MaaSModel, judge func(v1alpha1.MaaSModelStatus) (string, error)) (string, error) {
	fault := ""
	err := wait.PollUntilContextTimeout(ctx, pollEvery, c.options.Patience, true, func(ctx context.Context) (bool, error) {
		err := c.client.Get(ctx, client.ObjectKeyFromObject(model), model)
		if err == nil {
			fault, err = judge(model.Status)
		} else if apierrors.IsNotFound(err) {
			err = fmt.Errorf("the MaaSModel was deleted by somebody else: %w", err)
		}
		return err == nil && fault == "", err
	})
	switch {
	case err == nil:
		return "", nil
	case ctx.Err() != nil || fault == "" || !errors.Is(err, context.DeadlineExceeded):
		return "", err
	}
	return fmt.Sprintf("after %s the status of the MaaSModel still differs:\n%s", c.options.Patience, fault), nil
}

// reason wants a reason of the condition Ready.
func reason(want string) func(v1alpha1.MaaSModelStatus) (string, error) {
	return func(status v1alpha1.MaaSModelStatus) (string, error) {
		ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
		switch {
		case ready == nil:
			return "  it is empty: the controller does not resolve the model, or may not write its status", nil
		case ready.Reason != want:
			return fmt.Sprintf("  conditions.Ready.reason: expected %s, found %s: %s", want, ready.Reason, ready.Message), nil
		}
		return "", nil
	}
}

// evaluate says what the pure core decides of the objects as they are stored.
func (s *stage) evaluate(ctx context.Context, p *play, previous v1alpha1.Phase) (evaluation.Result, error) {
	return evaluation.Of(ctx, s.machine, evaluation.Question{
		Kind: s.kind, Referent: p.referent, Related: p.related, Previous: previous, Override: p.Override,
	})
}

// follows waits until the status is what the pure core says.
func (s *stage) follows(ctx context.Context, model *v1alpha1.MaaSModel, p *play, previous v1alpha1.Phase) (string, error) {
	settled, err := s.evaluate(ctx, p, previous)
	if err != nil {
		return "", err
	}
	want := settled.Settled.Status
	return s.await(ctx, model, func(got v1alpha1.MaaSModelStatus) (string, error) { return differences(want, got), nil })
}

// differences between two statuses, but for times and for generations of the
// model, a line each.
func differences(want, got v1alpha1.MaaSModelStatus) string {
	if len(got.Conditions) == 0 {
		return "  it is empty: the controller does not resolve the model, or may not write its status"
	}
	var all []string
	note := func(field string, want, got any) {
		if !reflect.DeepEqual(want, got) {
			all = append(all, fmt.Sprintf("  %s: expected %v, found %v", field, want, got))
		}
	}
	note("phase", want.Phase, got.Phase)
	note("endpoint", want.Endpoint, got.Endpoint)
	note("kind", want.Kind, got.Kind)
	note("kindRevision", want.KindRevision, got.KindRevision)
	note("referent", show(want.Referent), show(got.Referent))
	note("model", show(want.Model), show(got.Model))
	for _, w := range want.Conditions {
		g := meta.FindStatusCondition(got.Conditions, w.Type)
		if g == nil {
			g = &metav1.Condition{}
		}
		note("conditions."+w.Type, fmt.Sprintf("%s %s: %s", w.Status, w.Reason, w.Message), fmt.Sprintf("%s %s: %s", g.Status, g.Reason, g.Message))
	}
	return strings.Join(all, "\n")
}

// show has what pointers lead to: where they do is another place for equal values.
func show[T any](value *T) string {
	if value == nil {
		return "none"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
