package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/browser"
)

// TestPageInBrowser has Chromium open the page of APIs in each state that the page has
// words for. What has to be seen is written in conformance/browser. With
// MAAS_SCREENSHOTS=FOLDER pictures of it are written there.
func TestPageInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("installs a browser, which takes longer than all other tests of the API")
	}
	browser.Run(t, startPages(t))
}

// startPages starts the APIs, and gives their addresses as variables.
func startPages(t *testing.T) []string {
	chats, silent, down := startChat(t, true), startChat(t, false), startBackend(t, status(http.StatusBadGateway))
	gone := startBackend(t, status(http.StatusOK))
	models := catalogOfPage(chats.URL, silent.URL)
	up := startService(t, loopback(), models...)
	gaps := startService(t, loopback(), model("a/granite", chats.URL), model("a/mistral", down.URL))
	unavailable := startService(t, loopback(), model("a/granite", down.URL))
	thousands := startService(t, loopback(), catalogOfThousands(chats.URL)...)
	gone.Close()

	// What a test posts here is done to the first of them.
	control := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/add":
			up.show(t, append(models, model("a/newcomer", chats.URL))...)
		case "/reset":
			up.show(t, models...)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	return []string{
		"MAAS_URL=" + up.URL, "MAAS_GAPS_URL=" + gaps.URL, "MAAS_DOWN_URL=" + unavailable.URL, "MAAS_MANY_URL=" + thousands.URL,
		"MAAS_CONTROL_URL=" + control.URL, "MAAS_CHAT_URL=" + chats.URL, "MAAS_SILENT_URL=" + silent.URL, "MAAS_GONE_URL=" + gone.URL,
	}
}

// startChat is a backend of chat models that lets alice in; where a page may read
// what it answers, it says so to every origin.
func startChat(t *testing.T, readable bool) *backend {
	return startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if readable {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type")
		}
		var asked struct {
			Model    string
			Messages []struct{ Content string }
		}
		switch {
		case r.Method == http.MethodOptions:
		case r.Header.Get("Authorization") != "Bearer alice":
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method != http.MethodPost:
			_, _ = io.WriteString(w, `{"data":[{"id":"ibm-granite/granite-3.3-8b-instruct","max_model_len":4096}]}`)
		case json.NewDecoder(r.Body).Decode(&asked) != nil || len(asked.Messages) == 0:
			w.WriteHeader(http.StatusBadRequest)
		default:
			content, _ := json.Marshal(fmt.Sprintf("%s heard: %s", asked.Model, asked.Messages[0].Content)) // a string always marshals
			_, _ = io.WriteString(w, `{"choices":[{"message":{"role":"assistant","content":`+string(content)+`}}]}`)
		}
	})
}

// catalogOfPage has a model in each state, and some that are hostile.
func catalogOfPage(chats, silent string) []*v1alpha1.MaaSModel {
	with := func(info v1alpha1.ModelInfo) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) { m.Status.Model = &info }
	}
	kindOf := func(name string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) { m.Status.Kind = name }
	}
	pending := func(m *v1alpha1.MaaSModel) {
		m.Status.Phase = v1alpha1.PhasePending
		m.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: "BackendProgressing", Message: "2 of 3 replicas are ready."}}
	}
	return []*v1alpha1.MaaSModel{
		model("llm/granite", chats+"/llm/granite", with(v1alpha1.ModelInfo{
			DisplayName: "Granite 3.3 8B Instruct", Description: "A model for chat, tools and retrieval, for text in twelve languages.", Type: "chat",
			ContextLength: 131072, MaxOutputTokens: 8192, Capabilities: []string{"chat", "tools"}, Aliases: []string{"ibm-granite/granite-3.3-8b-instruct"},
			UseCase: "assistants", InputModalities: []string{"text"}, OutputModalities: []string{"text"}, Quantization: "fp8",
			Source: "https://huggingface.co/ibm-granite/granite-3.3-8b-instruct",
		})),
		model("llm/qwen", silent+"/qwen/v1", with(v1alpha1.ModelInfo{DisplayName: "Qwen 3 32B", Description: "Reasons before it answers.", Type: "chat", ContextLength: 40960, Capabilities: []string{"chat", "reasoning"}})),
		model("search/bge-m3", chats+"/bge", kindOf("Deployment"), with(v1alpha1.ModelInfo{DisplayName: "BGE M3", Description: "Embeddings of text in a hundred languages.", Type: "embedding", ContextLength: 8192, Capabilities: []string{"embeddings"}})),
		model("search/reranker", chats+"/rerank", kindOf("Deployment"), with(v1alpha1.ModelInfo{Type: "rerank", Description: "Sorts passages by how well they answer a question."})),
		model("voice/whisper", chats+"/whisper", kindOf("InferenceService"), with(v1alpha1.ModelInfo{DisplayName: "Whisper large v3", Type: "transcription", Description: "Speech to text."})),
		model("llm/llama", chats+"/llama", pending, with(v1alpha1.ModelInfo{DisplayName: "Llama 3.3 70B", Description: "Comes up at the moment.", Type: "chat", ContextLength: 131072, Capabilities: []string{"chat", "tools"}})),
		model("hostile/script", chats+"/x", with(v1alpha1.ModelInfo{DisplayName: "<script>document.title='owned'</script>", Description: `<img src=x onerror="document.title='owned'">`, Type: "chat"})),
		model("hostile/turned", chats+"/y", with(v1alpha1.ModelInfo{DisplayName: "gpt\u202e4-x\u200b", Description: "right\u202eto left and\u2066 back", Type: "chat"})),
	}
}

// catalogOfThousands are 10,000 models, as rich as models are.
func catalogOfThousands(endpoint string) []*v1alpha1.MaaSModel {
	models := many(endpoint, 10_000)
	types := []string{"chat", "embedding", "completion", "rerank"}
	for i, m := range models {
		m.CreationTimestamp = metav1.NewTime(time.Unix(1_700_000_000+int64(i)*60, 0))
		m.Status.Model = &v1alpha1.ModelInfo{
			DisplayName: fmt.Sprintf("Model number %d", i), Description: "A text for people of the length that such texts have, which is about a hundred letters.",
			Type: types[i%len(types)], ContextLength: int64(4096 * (1 + i%32)), Capabilities: []string{"chat", "tools"}, Aliases: []string{fmt.Sprintf("org/model-%d", i)},
		}
	}
	return models
}
