package page_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/page"
)

// A kind-spec that says everything, and how its page says that.
func TestDescription(t *testing.T) {
	content, err := os.ReadFile("../testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spec := &v1alpha1.ModelKindSpec{}
	if err := yaml.UnmarshalStrict(content, spec); err != nil {
		t.Fatal(err)
	}
	want := "| reads | type | freshness |" + `
| --- | --- | --- |
| the referent | Route.example.com v1, v1beta1 | each condition's own generation |
| gateway, called of taken: $.name$ in namespace of taken: $.namespace$, else the value $namespace$ | Gateway.example.com v1 | $.status.observedGeneration$ |
| pods, labelled $app={name}$ | Pod v1 | not known |
| backend, of the referent's name | Service v1 | not known |

| entry | of | where | first |
| --- | --- | --- | --- |
| taken, all | $.status.parents[*]$ | condition $Accepted$ is True, of any generation **and** $.kind$ is $Gateway$, or is not there |  |
| listener, the first | of gateway: $.spec.listeners[*]$ | agrees with taken in $.name$ with $.sectionName$, $.namespace$ (left out: the value $namespace$), each where both have it **and** $.hostname$ has a host in common with $.spec.hostnames[*]$ | $.protocol$ is $HTTPS$, then $.protocol$ is $HTTP$ or $TLS$ |

| value | is the first of |
| --- | --- |
| $context$ | of pods: $.spec.containers[*].args$, the group of $len=(\d+)$<br>always $4096$ |

## Health

The first rule that holds decides.

| rule | when | backend is |
| --- | --- | --- |
| | the status is of another generation | Progressing |
| $refused$ | all of taken: condition $Accepted$ is False, for the reason $A$, $B$ or $C$ | Failed, for the reason in the message of condition $Accepted$, else $.status.message$ |
| $served$ | of backend in version $v1$: it is there **and** there is no condition $Lost$ | Ready |
| $handed$ | backend is there | as $Service$ says of backend |
| | none of these | Progressing |

## Endpoint

The first candidate that yields a valid URL wins.

| candidate | is |
| --- | --- |
| $listener$ | scheme: of listener: $.protocol$, in lower case<br>host: $.spec.hostnames[*]$, as far as it has hosts in common with of listener: $.hostname$, else of gateway: $.address$<br>port: of listener: $.port$<br>while any of taken: $.name$ is there |
| $handed$ | as $Service$ says of backend |
| $plain$ | $.status.address$, with $http://$ before it unless it has a scheme, with port $80$ unless it has one |

A caller is let in when $GET$ of the endpoint's $/v1/models$ gives $200$ or $4xx$, and a 2xx is JSON.

While it is Servable it is not asked: it is listed to those whom it has let in within the last ten minutes.

`
	got := strings.NewReplacer("`$", "$", "`", "$").Replace(page.Described(spec))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
}
