package authors_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kubeconfig leads to the cluster of a row.
const kubeconfig = "kubeconfig.yaml"

// clusters are API servers that a stranger runs, or can write objects of: what
// they answer and warn of is shown to whoever asks them.
func clusters() []attack {
	const why = "what an API server says steers the terminal of whoever asks it"
	// Of warnings client-go passes on what has no control characters.
	const marks = "x\u202eevil\u2066\u200by"
	const text = "x\x1b[2J\x1b]0;owned\a" + marks
	var all []attack
	for command, says := range map[string]string{
		"check kinds": "listing the CRDs", "pin --upstream example/widgets@v1 kinds/Widget": "listing the CRDs", "explain --kinds-dir kinds granite": "reading the MaaSModel",
	} {
		for answer, status := range map[string]int{"refuses": http.StatusForbidden, "fails": http.StatusInternalServerError, "gives something else": http.StatusOK} {
			exit := 1
			if command == "check kinds" && answer == "fails" {
				exit = 2 // what cannot be read; a cluster that refuses is asked for its OpenAPI document
			}
			all = append(all, attack{
				name: "clusters/" + command + " of one that " + answer, why: why, exit: exit, says: []string{says},
				command: append(strings.Fields(command), "--kubeconfig", kubeconfig),
				author: func(s *scene) {
					server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						w.Header().Set("Content-Type", "application/json")
						w.Header().Set("Warning", `299 - "`+marks+`"`)
						w.WriteHeader(status)
						_ = json.NewEncoder(w).Encode(metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Code: int32(status), Message: text, Reason: text})
					}))
					s.t.Cleanup(server.Close)
					s.write(kubeconfig, "apiVersion: v1\nkind: Config\nclusters: [{name: x, cluster: {server: "+server.URL+"}}]\n"+
						"contexts: [{name: x, context: {cluster: x, namespace: llm}}]\ncurrent-context: x\n")
				},
			})
		}
	}
	return all
}
