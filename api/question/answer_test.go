package question

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/catalog"
)

func TestAnswer(t *testing.T) {
	for query, test := range map[string]struct {
		want []string
		why  string
	}{
		"":                                      {[]string{"alto", "b/alto", "bass", "clef"}, "all that the caller may use"},
		"kind=llmisvc":                          {[]string{"alto", "b/alto"}, "of a kind"},
		"kind=llmisvc,InferenceService":         {[]string{"alto", "b/alto", "bass"}, "of any of two"},
		"kind=Brandnew":                         {[]string{"clef"}, "of a kind that is not in force and is shown"},
		"namespace=a":                           {[]string{"alto", "clef"}, "of a namespace"},
		"namespace=a,b,nobody":                  {[]string{"alto", "b/alto", "bass", "clef"}, "of any of several, of which one has nothing"},
		"namespace=s":                           {[]string{}, "of one where all is hidden"},
		"type=embedding,chat":                   {[]string{"alto", "b/alto", "bass"}, "of types; where none is known it is neither"},
		"type=image":                            {[]string{}, "of a type of which the only one is hidden"},
		"capability=tools":                      {[]string{"alto", "clef"}, "among capabilities"},
		"capability=json_mode":                  {[]string{"alto"}, "among features"},
		"capability=/v1/chat/completions":       {[]string{"alto"}, "among endpoints"},
		"capability=chat,json_mode":             {[]string{"alto"}, "all of them, wherever each is"},
		"capability=chat,spying":                {[]string{}, "all of them, which only a hidden one has"},
		"capability=Tools":                      {[]string{}, "as they are written"},
		"ready=false":                           {[]string{"b/alto"}, "not ready"},
		"ready=true&kind=llmisvc":               {[]string{"alto"}, "two filters"},
		"q=ALTO":                                {[]string{"alto", "b/alto"}, "in ids, whatever the case"},
		"q=français":                            {[]string{"b/alto"}, "in descriptions, beyond ASCII too"},
		"q=zeta":                                {[]string{"alto"}, "in names"},
		"q=org%2Falias":                         {[]string{"b/alto"}, "in aliases"},
		"q=lora":                                {[]string{"b/alto"}, "in adapters"},
		"q=brandn":                              {[]string{"clef"}, "in kinds"},
		"q=embed":                               {[]string{"bass"}, "in types"},
		"q=retrieval":                           {[]string{"bass"}, "in use cases"},
		"q=hf:":                                 {[]string{"bass"}, "in sources"},
		"q=tools+chat":                          {[]string{"alto"}, "in capabilities, each word somewhere"},
		"q=alto+beta":                           {[]string{"b/alto"}, "words in different texts"},
		"q=altob":                               {[]string{}, "no word across two texts"},
		"q=treasure":                            {[]string{}, "not in what is hidden"},
		"q=%3Cscript%3E":                        {[]string{"clef"}, "markup is text"},
		"q=.*":                                  {[]string{}, "a text is no pattern"},
		"q=json_mode":                           {[]string{}, "features are not searched"},
		"q=+":                                   {[]string{"alto", "b/alto", "bass", "clef"}, "no words let all pass"},
		"sort=-id":                              {[]string{"clef", "bass", "b/alto", "alto"}, "backwards"},
		"sort=name":                             {[]string{"clef", "b/alto", "alto", "bass"}, "by name whatever the case, unknown last"},
		"sort=-name":                            {[]string{"alto", "b/alto", "clef", "bass"}, "and last the other way, too"},
		"sort=created":                          {[]string{"b/alto", "bass", "clef", "alto"}, "equals by id"},
		"sort=-created":                         {[]string{"alto", "bass", "clef", "b/alto"}, "equals by id, forwards, too"},
		"sort=-context_length":                  {[]string{"b/alto", "alto", "bass", "clef"}, "the longest first"},
		"sort=kind":                             {[]string{"clef", "bass", "alto", "b/alto"}, "by kind"},
		"sort=-namespace":                       {[]string{"b/alto", "bass", "alto", "clef"}, "by namespace"},
		"sort=-type":                            {[]string{"bass", "alto", "b/alto", "clef"}, "by type"},
		"sort=name&limit=2":                     {[]string{"clef", "b/alto"}, "the first part of an order"},
		"sort=name&limit=2&after=b/alto":        {[]string{"alto", "bass"}, "the next"},
		"sort=name&after=bass":                  {[]string{}, "behind the last"},
		"sort=name&after=":                      {[]string{"clef", "b/alto", "alto", "bass"}, "a cursor of nothing"},
		"sort=-id&limit=1&after=b/alto":         {[]string{"alto"}, "a part backwards"},
		"after=b":                               {[]string{"b/alto", "bass", "clef"}, "in the order of ids, any id is a place"},
		"after=secret":                          {[]string{}, "behind a hidden one"},
		"kind=llmisvc&sort=-created&after=alto": {[]string{"b/alto"}, "filter, order and part"},
	} {
		t.Run(query, func(t *testing.T) {
			entries, q := library(t), ask(t, query)
			x := NewIndex(entries)
			order := x.Order(q.Sort)
			got, err := q.Answer(x, all(5, 4))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.ids(entries, order)); diff != "" || got.Listed != len(test.want) {
				t.Errorf("%s: %d listed (-want +got):\n%s", test.why, got.Listed, diff)
			}
		})
	}
}

// A cursor that is no good is refused in the same words, whatever it is.
func TestAnswerRefuses(t *testing.T) {
	const cursor, kind = "Give after the id of a model in this answer, such as last_id of the part before; begin without after where that one is gone.", "There is no such model kind. Use the kind that GET /v1/models shows, for example llmisvc."
	for query, want := range map[string]Refusal{
		"sort=name&after=secret":            {"after", cursor}, // hidden
		"sort=name&after=nothing":           {"after", cursor}, // gone, or never there
		"sort=name&after=%00%ff":            {"after", cursor}, // no id
		"sort=name&after=org/Alias":         {"after", cursor}, // another name of a model that is shown
		"sort=name&after=a/alto":            {"after", cursor}, // and another
		"sort=name&after=bass&kind=llmisvc": {"after", cursor}, // shown, but not in this answer
		"sort=-id&after=secret":             {"after", cursor},
		"kind=Hush":                         {"kind", kind}, // of a hidden model
		"kind=Nothing":                      {"kind", kind},
		"kind=llmisvc,Hush":                 {"kind", kind}, // beside one that is shown
		"kind=Brandnew,Hush":                {"kind", kind},
		"kind=Brandnew&ready=false":         {"kind", kind}, // shown, but not in this answer
		"kind=Hush&facets=kind":             {"kind", kind},
	} {
		t.Run(query, func(t *testing.T) {
			_, err := ask(t, query).Answer(NewIndex(library(t)), all(5, 4))
			var refusal *Refusal
			if !errors.As(err, &refusal) || *refusal != want {
				t.Errorf("%v, want %v", err, want)
			}
		})
	}
}

// Parts of any order follow each other without gaps and without repeating.
func TestPartsOfAnOrder(t *testing.T) {
	entries := library(t)
	x := NewIndex(entries)
	for by := range sortNames() {
		for _, descending := range []bool{false, true} {
			for limit := 1; limit < 5; limit++ {
				q := Question{Sort: Sort{By(by), descending}}
				order := x.Order(q.Sort)
				whole, err := q.Answer(x, all(5, 4))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for more := true; more; {
					q.Part.Limit = limit
					part, err := q.Answer(x, all(5, 4))
					if err != nil {
						t.Fatal(err)
					}
					got, more = append(got, part.ids(entries, order)...), part.More
					q.Part.After = got[len(got)-1]
				}
				if diff := cmp.Diff(whole.ids(entries, order), got); diff != "" {
					t.Errorf("by %s, descending %v, parts of %d (-whole +parts):\n%s", sortNames()[by], descending, limit, diff)
				}
			}
		}
	}
}

// Whatever is asked, what a caller may not use changes nothing.
func TestAnswersSayNothingOfWhatIsHidden(t *testing.T) {
	chance := rand.New(rand.NewPCG(18, 1))
	pick := func(words ...string) string { return words[chance.IntN(len(words))] }
	whole := library(t)
	without := whole[:4:4]
	index, otherIndex := NewIndex(whole), NewIndex(without)
	for range 3000 {
		query := fmt.Sprintf("%s&%s&%s&%s&%s&%s",
			pick("", "kind=llmisvc", "kind=Brandnew,llmisvc", "kind=Hush", "namespace=s", "namespace=a,s", "type=image", "type=chat,image"),
			pick("", "q=alto", "q=alpha", "q=hidden+treasure", "q=s", "capability=chat", "capability=spying"), pick("", "ready=true"),
			pick("", "sort=name", "sort=-context_length", "sort=-created", "sort=-id"),
			pick("", "limit=1", "limit=2&after=alto", "after=secret", "after=sesame", "limit=1&after=b/alto"),
			pick("", "facets=kind,type,capability,ready,namespace,lifecycle", "facets=type"))
		q := ask(t, query)
		order, otherOrder := index.Order(q.Sort), otherIndex.Order(q.Sort)
		got, err := q.Answer(index, all(5, 4))
		want, otherErr := q.Answer(otherIndex, all(4))
		if fmt.Sprint(err) != fmt.Sprint(otherErr) {
			t.Fatalf("%s: %v, and without the hidden one %v", query, err, otherErr)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(fmt.Sprint(want.ids(without, otherOrder), want.More, want.Total, want.Facets), fmt.Sprint(got.ids(whole, order), got.More, got.Total, got.Facets)); diff != "" {
			t.Fatalf("%s (-without the hidden one +with):\n%s", query, diff)
		}
	}
}

func TestConcerns(t *testing.T) {
	for query, want := range map[string]struct {
		narrows bool
		ids     []string
		why     string
	}{
		"":                         {false, []string{"alto", "b/alto", "bass", "clef", "secret"}, "the whole list"},
		"kind=llmisvc":             {true, []string{"alto", "b/alto"}, "one word tells"},
		"namespace=a&ready=true":   {true, []string{"alto", "clef"}, "and so do two"},
		"type=image":               {true, []string{"secret"}, "whether it is hidden is found out by asking it"},
		"q=alto":                   {false, []string{"alto", "b/alto", "bass", "clef", "secret"}, "to search takes time that depends on what is there"},
		"capability=spying":        {false, []string{"alto", "b/alto", "bass", "clef", "secret"}, "and so do lists of words"},
		"kind=llmisvc&q=beta":      {true, []string{"alto", "b/alto"}, "the one narrows, the other does not"},
		"kind=llmisvc&facets=kind": {false, []string{"alto", "b/alto", "bass", "clef", "secret"}, "other kinds are counted, too"},
		"kind=llmisvc&namespace=a&facets=kind,ready": {true, []string{"alto", "clef"}, "those of the namespace alone"},
		"sort=name&limit=1":                          {false, []string{"alto", "b/alto", "bass", "clef", "secret"}, "a part is of the whole"},
	} {
		t.Run(query, func(t *testing.T) {
			q, ids := ask(t, query), []string{}
			concerns := q.Concerns()
			for _, e := range library(t) {
				if concerns(e) {
					ids = append(ids, e.ID)
				}
			}
			if diff := cmp.Diff(want.ids, ids); diff != "" || q.Narrows() != want.narrows {
				t.Errorf("%s: narrows %v (-want +got):\n%s", want.why, q.Narrows(), diff)
			}
		})
	}
}

func TestFacets(t *testing.T) {
	one := func(values ...Count) Counts { return Counts{Values: append([]Count{}, values...)} }
	for query, want := range map[string]struct {
		total  int
		facets map[string]Counts
		why    string
	}{
		"": {0, nil, "nothing is counted unasked"},
		"facets=kind,lifecycle": {4, map[string]Counts{
			"kind":      one(Count{"llmisvc", 2}, Count{"Brandnew", 1}, Count{"InferenceService", 1}),
			"lifecycle": one(Count{"active", 1}, Count{"deprecated", 1}),
		}, "most first, equals by value; what is not known is not counted"},
		"facets=kind,ready&kind=llmisvc": {2, map[string]Counts{
			"kind":  one(Count{"llmisvc", 2}, Count{"Brandnew", 1}, Count{"InferenceService", 1}),
			"ready": one(Count{"false", 1}, Count{"true", 1}),
		}, "a facet's own filter does not count for it, and does for others"},
		"facets=namespace,type&kind=llmisvc&type=embedding": {0, map[string]Counts{
			"namespace": one(),
			"type":      one(Count{"chat", 2}),
		}, "without its own filter there would be some"},
		"facets=capability": {4, map[string]Counts{
			"capability": one(Count{"tools", 2}, Count{"/v1/chat/completions", 1}, Count{"chat", 1}, Count{"json_mode", 1}),
		}, "a model counts once for a word that it has twice"},
		"facets=capability&capability=json_mode&q=tools": {1, map[string]Counts{
			"capability": one(Count{"tools", 2}, Count{"/v1/chat/completions", 1}, Count{"chat", 1}, Count{"json_mode", 1}),
		}, "all but its own filter count"},
		"facets=type&limit=1&after=alto": {4, map[string]Counts{"type": one(Count{"chat", 2}, Count{"embedding", 1})}, "of the whole answer, whichever part is shown"},
	} {
		t.Run(query, func(t *testing.T) {
			got, err := ask(t, query).Answer(NewIndex(library(t)), all(5, 4))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.facets, got.Facets); diff != "" || got.Total != want.total {
				t.Errorf("%s: total %d, want %d (-want +got):\n%s", want.why, got.Total, want.total, diff)
			}
		})
	}
}

// Whoever may edit a MaaSModel may invent values.
func TestFacetsAreBounded(t *testing.T) {
	var models []catalog.Model
	for i := range 10_000 {
		models = append(models, catalog.Model{ID: fmt.Sprintf("m%05d", i), Capabilities: []string{fmt.Sprintf("c%05d", i), "common"}})
	}
	got, err := ask(t, "facets=capability").Answer(NewIndex(shelf(t, models...)), all(len(models)))
	if err != nil {
		t.Fatal(err)
	}
	counts := got.Facets["capability"]
	if len(counts.Values) != MaxCounts || counts.More != 10_001-MaxCounts || counts.Values[0] != (Count{"common", 10_000}) || counts.Values[1] != (Count{"c00000", 1}) {
		t.Errorf("%d values, %d more, first %v", len(counts.Values), counts.More, counts.Values[:2])
	}
}
