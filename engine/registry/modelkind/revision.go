package modelkind

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/registry"
)

const (
	// label is on the ControllerRevisions that keep specs, with the ModelKind's name.
	label = "maas.opendatahub.io/modelkind"
	// prefix of their names; the ModelKind's name follows, and one of the slots.
	prefix = "maas-kind."
)

// slots end the names of the ControllerRevisions of a ModelKind: what one has
// cannot be changed, and the old one stays until the status names the new one.
func slots() [2]string { return [2]string{".a", ".b"} }

// kept is what the data of a ControllerRevision holds.
type kept struct {
	Spec json.RawMessage `json:"spec"`
}

// digest is the same for equal specs, however they are written.
func digest(spec []byte) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(spec))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", fmt.Errorf("reading a spec: %w", err)
	}
	canonical, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("writing a spec: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// revisionOf keeps a spec of a ModelKind. It goes when the ModelKind goes.
func revisionOf(resource *Resource, serving *registry.Stored, key types.NamespacedName) (*appsv1.ControllerRevision, error) {
	data, err := json.Marshal(kept{Spec: serving.Spec})
	if err != nil {
		return nil, fmt.Errorf("encoding a spec: %w", err)
	}
	isController := true
	return &appsv1.ControllerRevision{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: key.Namespace, Name: key.Name, Labels: map[string]string{label: resource.Name},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: v1alpha1.GroupVersion.String(), Kind: "ModelKind", Name: resource.Name, UID: resource.UID, Controller: &isController,
			}},
		},
		Data: runtime.RawExtension{Raw: data}, Revision: serving.Generation,
	}, nil
}

// lastGood is the ModelKind as it was when it was in force last, of what a
// ControllerRevision has. The error says why it cannot be that: the status says
// which spec it was, and the controller alone writes statuses.
func lastGood(resource *Resource, found *appsv1.ControllerRevision) (*Resource, error) {
	said := resource.Status.LastGood
	owner := metav1.GetControllerOf(found)
	switch {
	case said == nil:
		return nil, errors.New("the status names none")
	case owner == nil || owner.Kind != "ModelKind" || owner.Name != resource.Name:
		return nil, errors.New("it is not of this ModelKind")
	case owner.UID != resource.UID:
		return nil, errors.New("it is of an earlier ModelKind of this name")
	case said.Generation > resource.Generation:
		return nil, fmt.Errorf("it is of generation %d, and the ModelKind of %d", said.Generation, resource.Generation)
	}
	var content kept
	err := json.Unmarshal(found.Data.Raw, &content)
	if err == nil {
		var got string
		if got, err = digest(content.Spec); err == nil && got == said.Digest {
			return &Resource{
				TypeMeta: resource.TypeMeta, Spec: content.Spec,
				ObjectMeta: metav1.ObjectMeta{Name: resource.Name, UID: resource.UID, Generation: said.Generation},
			}, nil
		}
	}
	return nil, errors.Join(errors.New("it has another spec than the one that was in force"), err)
}
