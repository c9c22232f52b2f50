package soak

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

// follow notes every endpoint that a MaaSModel has, for as short as it may be: looks
// miss those in between. It returns when ctx ends.
func (t *tokens) follow(ctx context.Context, client dynamic.Interface) {
	models := client.Resource(modelType).Namespace(namespace)
	endpoints := map[string]string{}
	for version := ""; ctx.Err() == nil; {
		if version == "" {
			version = t.relist(ctx, models, endpoints)
		}
		following, err := models.Watch(ctx, metav1.ListOptions{ResourceVersion: version, AllowWatchBookmarks: true})
		if err != nil {
			// What happens until the next list is not known, so it has to be from there.
			if ctx.Err() == nil && wait(ctx, writePause) && apierrors.IsResourceExpired(err) {
				version = ""
			}
			continue
		}
		for event := range following.ResultChan() {
			object, ok := event.Object.(*unstructured.Unstructured)
			if !ok || event.Type == watch.Error { // its version is too old, most of the time
				version = ""
				break
			}
			version = object.GetResourceVersion()
			if event.Type != watch.Bookmark {
				t.note(endpoints, object)
			}
		}
		following.Stop()
	}
}

// relist takes all models as they are, and gives the version of the list.
func (t *tokens) relist(ctx context.Context, models dynamic.ResourceInterface, endpoints map[string]string) string {
	for wait(ctx, writePause) {
		attempt, cancel := context.WithTimeout(ctx, snapshotWithin)
		list, err := models.List(attempt, metav1.ListOptions{})
		cancel()
		if err != nil {
			continue
		}
		for i := range list.Items {
			t.note(endpoints, &list.Items[i])
		}
		return list.GetResourceVersion()
	}
	return ""
}

// note notes the endpoint that a model has, and the one that it had until now.
func (t *tokens) note(endpoints map[string]string, model *unstructured.Unstructured) {
	now, host := time.Now(), hostIn(text(model, "status", "endpoint"))
	t.publish(now, []string{endpoints[model.GetName()], host})
	endpoints[model.GetName()] = host
}
