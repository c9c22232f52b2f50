package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/object"
)

// demoFS has the objects of the demo: the MaaSModels, and their backends at
// three times of their lives.
//
//go:embed demo/*.yaml
var demoFS embed.FS

// demoBackends are the servers behind the models; the MaaSModels are in
// demo/models.yaml under the same names.
func demoBackends() []backend {
	return []backend{
		{model: "granite", base: "/llm/granite", admits: []string{aliceToken, bobToken}},
		{model: "qwen", base: "/openai", admits: []string{aliceToken}},
		{model: "mistral", base: "", admits: []string{bobToken}},
	}
}

// settleWithin is how long the models may take to follow their backends at
// each stage; less than a second is usual.
const settleWithin = time.Minute

// stage is one step of the demo: what is applied, and what the models then say.
type stage struct {
	file, what string
	reasons    []string
}

func stages() []stage {
	return []stage{
		{"models", "apply three MaaSModels, whose backends do not exist yet", []string{v1alpha1.ReasonReferentNotFound}},
		{"created", "create the backends", []string{v1alpha1.ReasonGenerationStale, v1alpha1.ReasonBackendProgressing}},
		{"starting", "the backends load their models", []string{v1alpha1.ReasonBackendProgressing}},
		{"ready", "the backends are ready", []string{v1alpha1.ReasonReady}},
	}
}

// demo applies the MaaSModels and walks their backends to Ready, as operators
// do; urls has the backends' servers by model. Backends of an earlier run go
// first: their servers are gone.
func demo(ctx context.Context, c client.WithWatch, urls map[string]string, say io.Writer) error {
	backends, err := readStage("created", urls)
	if err != nil {
		return err
	}
	for _, backend := range backends {
		if err := client.IgnoreNotFound(c.Delete(ctx, backend)); err != nil {
			return fmt.Errorf("deleting the backend %s of an earlier run: %w", backend.GetName(), err)
		}
	}
	changes, err := c.Watch(ctx, &v1alpha1.MaaSModelList{})
	if err != nil {
		return fmt.Errorf("watching MaaSModels: %w", err)
	}
	defer changes.Stop()
	latest := map[string]*v1alpha1.MaaSModel{}
	for _, s := range stages() {
		fmt.Fprintf(say, "      %s\n", s.what)
		objects, err := readStage(s.file, urls)
		if err != nil {
			return err
		}
		if err := object.Apply(ctx, c, objects...); err != nil {
			return err
		}
		if err := s.await(ctx, changes, latest, urls); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(urls)) {
			status := latest[name].Status
			fmt.Fprintf(say, "        %-8s %-10s %-20s %s\n", name, status.Phase, readyReason(status), status.Endpoint)
		}
	}
	return nil
}

// readStage reads the objects of a stage; a model's name in capitals stands for
// the URL of its server.
func readStage(name string, urls map[string]string) ([]*unstructured.Unstructured, error) {
	content, err := demoFS.ReadFile("demo/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the demo: %w", err)
	}
	text := string(content)
	for model, url := range urls {
		text = strings.ReplaceAll(text, strings.ToUpper(model), url)
	}
	objects, err := object.Read([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("reading demo/%s.yaml: %w", name, err)
	}
	return objects, nil
}

// await follows the changes until every model has got where the stage leads.
func (s stage) await(ctx context.Context, changes watch.Interface, latest map[string]*v1alpha1.MaaSModel, urls map[string]string) error {
	timeout := time.NewTimer(settleWithin)
	defer timeout.Stop()
	for {
		waiting := s.waitingFor(latest, urls)
		if len(waiting) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timeout.C:
			return fmt.Errorf("after %s the status of %s does not show that %s: see controller.log", settleWithin, strings.Join(waiting, ", "), s.what)
		case change, open := <-changes.ResultChan():
			if !open {
				return errors.New("the API server closed the watch on MaaSModels")
			}
			if model, ok := change.Object.(*v1alpha1.MaaSModel); ok {
				latest[model.Name] = model
			}
		}
	}
}

func (s stage) waitingFor(latest map[string]*v1alpha1.MaaSModel, urls map[string]string) []string {
	var waiting []string
	for _, name := range slices.Sorted(maps.Keys(urls)) {
		model := latest[name]
		if model == nil || !slices.Contains(s.reasons, readyReason(model.Status)) ||
			model.Status.Phase == v1alpha1.PhaseReady && !strings.HasPrefix(model.Status.Endpoint, urls[name]) {
			waiting = append(waiting, name)
		}
	}
	return waiting
}

func readyReason(status v1alpha1.MaaSModelStatus) string {
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return ""
	}
	return ready.Reason
}
