package identity_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/identity"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

const patience = 30 * time.Second

// keeping is a Store at work, and the ConfigMap that it keeps names of the
// namespace "ours" in.
type keeping struct {
	env  *testenv.Env
	book *identity.Book
	key  client.ObjectKey
}

// keep starts a Store in a namespace of its own, which somebody may have made
// ready before.
func keep(t *testing.T, prepare func(*keeping)) *keeping {
	t.Helper()
	env := server.Env(t)
	k := &keeping{env: env, book: identity.New(identity.DefaultLimits())}
	k.key = client.ObjectKey{Namespace: env.Namespace(t), Name: "maas-ids.ours"}
	core, err := corev1client.NewForConfig(env.Config)
	if err != nil {
		t.Fatal(err)
	}
	prepare(k)
	store := &identity.Store{Book: k.book, ConfigMaps: core.ConfigMaps(k.key.Namespace), Namespace: k.key.Namespace,
		Clock: clock.RealClock{}, Log: slog.New(slog.DiscardHandler)}
	stored, err := store.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k.book.Restore(stored, nil, at(0))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- store.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the store ended with: %v", err)
		}
	})
	return k
}

func (k *keeping) use(name string)  { k.book.ID(identity.Object{Namespace: "ours", Name: name}, nil) }
func (k *keeping) gone(name string) { k.book.Gone("ours", name, at(0)) }

// held says whether a name is held for "ours": a stranger cannot have it.
func (k *keeping) held(name string) bool {
	names, _ := k.book.Names("ours")
	_, held := names[name]
	return held
}

func (k *keeping) patch(t *testing.T, patch string) {
	t.Helper()
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: k.key.Namespace, Name: k.key.Name}}
	if err := k.env.Client.Patch(t.Context(), object, client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		t.Fatal(err)
	}
}

func (k *keeping) delete(t *testing.T) {
	t.Helper()
	if err := k.env.Client.Delete(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: k.key.Namespace, Name: k.key.Name}}); err != nil {
		t.Fatal(err)
	}
}

// expect waits for what is stored, nil for no ConfigMap at all.
func (k *keeping) expect(t *testing.T, want map[string]string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		object := &corev1.ConfigMap{}
		err := k.env.Client.Get(t.Context(), k.key, object)
		if apierrors.IsNotFound(err) && want == nil {
			return nil
		}
		if err != nil {
			return err
		}
		if want == nil {
			return fmt.Errorf("the ConfigMap is there, with %v", object.Data)
		}
		if diff := cmp.Diff(want, object.Data); diff != "" || object.Labels[identity.Label] != "true" {
			return fmt.Errorf("labels %v, data (-want +got):\n%s", object.Labels, diff)
		}
		return nil
	})
}

// since is how a name that went at the second 0 is stored.
func since() string { return at(0).Format(time.RFC3339) }

// What others do to the ConfigMap while the Store is at work.
func TestStoreAmongOthers(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*testing.T, *keeping)
		happens func(*testing.T, *keeping)
		want    map[string]string
		// held and free are names that are so then.
		held, free string
	}{
		"deleted whole: what is in use is stored again, the rest is released": {
			happens: func(t *testing.T, k *keeping) { k.delete(t) },
			want:    map[string]string{"used": ""}, held: "used", free: "unused",
		},
		"the label is taken away: it is put back, and nothing is released": {
			happens: func(t *testing.T, k *keeping) { k.patch(t, `{"metadata":{"labels":null}}`) },
			want:    map[string]string{"used": "", "unused": since()}, held: "unused",
		},
		"a name is added by hand": {
			happens: func(t *testing.T, k *keeping) { k.patch(t, `{"data":{"wanted":"`+since()+`"}}`) },
			want:    map[string]string{"used": "", "unused": since(), "wanted": since()}, held: "wanted",
		},
		"edited at the moment of a write": {
			happens: func(t *testing.T, k *keeping) {
				k.use("more")
				k.patch(t, `{"data":{"unused":null},"metadata":{"annotations":{"by":"hand"}}}`)
				k.use("still")
			},
			want: map[string]string{"used": "", "more": "", "still": ""}, held: "more", free: "unused",
		},
		"a value that means nothing is written over": {
			happens: func(t *testing.T, k *keeping) { k.patch(t, `{"data":{"used":"nobody"}}`) },
			want:    map[string]string{"used": "", "unused": since()}, held: "used",
		},
		"no name is left: the ConfigMap goes": {
			happens: func(t *testing.T, k *keeping) {
				k.gone("used")
				k.expect(t, map[string]string{"used": since(), "unused": since()})
				k.patch(t, `{"data":null}`)
			},
			want: nil, free: "used",
		},
		"somebody had made it before, without the label": {
			prepare: func(t *testing.T, k *keeping) {
				object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: k.key.Namespace, Name: k.key.Name}, Data: map[string]string{"reserved": since()}}
				if err := k.env.Client.Create(t.Context(), object); err != nil {
					t.Fatal(err)
				}
			},
			happens: func(*testing.T, *keeping) {},
			want:    map[string]string{"used": "", "unused": since(), "reserved": since()}, held: "reserved",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := keep(t, func(k *keeping) {
				if test.prepare != nil {
					test.prepare(t, k)
				}
			})
			k.use("used")
			k.use("unused")
			k.gone("unused")
			if test.prepare == nil {
				k.expect(t, map[string]string{"used": "", "unused": since()})
			}
			test.happens(t, k)
			k.expect(t, test.want)
			// What somebody else has written is there before it is taken notice of.
			testenv.Eventually(t, patience, func() error {
				if test.held != "" && !k.held(test.held) || test.free != "" && k.held(test.free) {
					names, _ := k.book.Names("ours")
					return fmt.Errorf("held are %v, want %q and not %q", names, test.held, test.free)
				}
				return nil
			})
		})
	}
}

// The most that one namespace can have is stored by a real API server.
func TestFullConfigMapIsStored(t *testing.T) {
	k := keep(t, func(*keeping) {})
	for i := range 5000 {
		k.use(fmt.Sprintf("%0253d", i))
	}
	_, over := k.book.Names("ours")
	testenv.Eventually(t, patience, func() error {
		if counts := k.book.Counts(); counts.Unstored != over {
			return fmt.Errorf("counts are %+v, want %d unstored", counts, over)
		}
		return nil
	})
	// One more write, of the object as it is stored: managedFields included.
	k.book.Gone("ours", fmt.Sprintf("%0253d", 0), at(0))
	k.use("one-more")
	testenv.Eventually(t, patience, func() error {
		_, over := k.book.Names("ours")
		if counts := k.book.Counts(); counts.Unstored != over {
			return fmt.Errorf("counts are %+v, want %d unstored", counts, over)
		}
		return nil
	})
}
