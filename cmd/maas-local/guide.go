package main

import (
	"fmt"
	"io"
	"strings"
)

const guideText = `
MaaS is running. Ctrl-C stops it.

  The API lists for every caller the models whose backend lets that caller in.
  Alice may use granite and qwen:
    curl -s -H 'Authorization: Bearer ALICE' http://LISTEN/v1/models
  Bob may use granite and mistral:
    curl -s -H 'Authorization: Bearer BOB' http://LISTEN/v1/models
  The same in a browser, for the token ALICE or BOB:
    http://LISTEN/

  The cluster, with any kubectl:
    export KUBECONFIG=KUBECONFIG_FILE
    kubectl get maasmodels -A
    kubectl describe maasmodel -n llm granite
  What is decided about a model, and why; the demo's backends are at loopback addresses:
    go run ./cmd/maasctl explain -n llm --allow-cidr 127.0.0.0/8 granite
  Let a backend fail, or delete it, and look again:
    kubectl delete inferenceservices.serving.kserve.io -n llm qwen

  Logs of the controller, the API, kube-apiserver and etcd: DATA/*.log
  Start anew: make clean
`

func guide(say io.Writer, address, kubeconfig, dataDir string) error {
	_, err := fmt.Fprint(say, strings.NewReplacer(
		"ALICE", aliceToken, "BOB", bobToken, "LISTEN", address, "KUBECONFIG_FILE", kubeconfig, "DATA", dataDir,
	).Replace(guideText))
	return err
}
