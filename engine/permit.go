package engine

import (
	"context"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
)

// permit asks the API server whether this process may list and watch a resource
// in all namespaces, so that a watch that would be refused is not started. The
// error is a Forbidden where it may not.
func permit(ctx context.Context, client authorizationclient.SelfSubjectAccessReviewInterface, resource schema.GroupVersionResource) error {
	for _, verb := range []string{"list", "watch"} {
		review, err := client.Create(ctx, &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb: verb, Group: resource.Group, Version: resource.Version, Resource: resource.Resource,
			},
		}}, metav1.CreateOptions{})
		switch {
		case apierrors.IsForbidden(err):
			return nil // Who may not even ask finds out by trying.
		case err != nil:
			return fmt.Errorf("asking for the permission to %s %s: %w", verb, resource.GroupResource(), err)
		case !review.Status.Allowed:
			return apierrors.NewForbidden(resource.GroupResource(), "", fmt.Errorf("the verb %q is not granted", verb))
		}
	}
	return nil
}
