package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// fact is one of what is known of a model, with how a flag and a field for it are called.
type fact struct {
	name string
	// flag is the expression that cuts it out of arguments; empty where no flag has it.
	flag string
	// fields are the ends of paths, in lower case, that hold it.
	fields *regexp.Regexp
}

// facts are those that are looked for, by the flags of vLLM, SGLang and those that follow them.
func facts() []fact {
	return []fact{
		{"aliases", `--served[-_]model[-_]name[= ]+["']?([^\s"'$\\]+)`, regexp.MustCompile(`\.(servedmodelname|servedname|modelname|model\.name)(\[\*\])?$`)},
		{"contextLength", `--(?:max[-_]model[-_]len|context[-_]length)[= ]+([0-9.]+[kKmMgG]?)`, regexp.MustCompile(`\.(maxmodellen|contextlength|contextsize|contextwindow|maxcontextlength)$`)},
		{"quantization", `--quantization[= ]+["']?([a-zA-Z0-9_-]+)`, regexp.MustCompile(`\.quantization$`)},
		{"revision", `--revision[= ]+["']?([^\s"'$\\]+)`, regexp.MustCompile(`\.model\.revision$`)},
		{"source", `(?:--model(?:[-_]path)?[= ]+|vllm serve )["']?([^\s"'$\\-][^\s"'$\\]*)`, regexp.MustCompile(`\.(storageuri|modeluri|modelurl|artifacturl|modelid|(?:model)?artifacts?\.ur[il]|model\.(id|uri|url|source|repository|repo))$`)},
		{"adapters", "", regexp.MustCompile(`(lora|loras|adapters|loraadapters)\[\*\](\.name)?$`)},
		{"replicas", "", regexp.MustCompile(`^\$\.status\.(readyreplicas|availablereplicas|replicas\.(ready|available))$`)},
	}
}

// argument says that a field holds arguments: a text, or a list of texts.
var argument = regexp.MustCompile(`(?i)\.(command|[a-z]*args)(\[\*\])?$`)

// ofObject says of a name that it is not one by which requests ask for a model.
var ofObject = regexp.MustCompile(`(?i)kubernetes (object|resource)|custom resource`)

// known is what was found of a fact.
type known struct {
	name    string
	sources []entry
}

// model finds what is said of the model, in arguments and in fields.
func (s *survey) model() []known {
	var all []known
	fields := append(s.sorted("$.spec."), s.sorted("$.status.")...)
	for _, of := range facts() {
		found := known{name: of.name}
		if of.flag != "" {
			found.sources = s.inArguments(fields, of)
		}
		for _, f := range fields {
			if of.fields.MatchString(strings.ToLower(f.path)) && len(f.texts()) > 0 {
				schema := s.described(f.path)
				off := of.name == "aliases" && schema != nil && ofObject.MatchString(schema.Description)
				found.sources = append(found.sources, entry{s.history(f), map[string]any{"path": f.path}, off})
				break
			}
		}
		if len(found.sources) > 0 {
			all = append(all, found)
		}
	}
	return all
}

// inArguments joins the entries of a list, as the language does before it cuts.
func (s *survey) inArguments(fields []*field, of fact) []entry {
	var sources []entry
	flag := regexp.MustCompile(of.flag)
	for _, f := range fields {
		if !argument.MatchString(f.path) {
			continue
		}
		for i := range s.states {
			var words []string
			for _, v := range f.values {
				if v.state == i {
					words = append(words, v.text())
				}
			}
			match := flag.FindStringSubmatch(strings.Join(words, " "))
			if match == nil {
				continue
			}
			path := strings.TrimSuffix(f.path, "[*]")
			sources = append(sources, entry{fmt.Sprintf("%s of %s says %s.", path, s.states[i].Name, shown(match[1])), map[string]any{"path": path, "capture": of.flag}, false})
			break
		}
	}
	return sources
}

func commented(off bool) string {
	if off {
		return "# "
	}
	return ""
}

// model writes what is known.
func (t *text) model(all []known) {
	if len(all) == 0 {
		return
	}
	t.line("  # Keep what is true of the model that is served.")
	counts := func(k known) bool { return slices.ContainsFunc(k.sources, func(e entry) bool { return !e.off }) }
	t.line("  %smodel:", commented(!slices.ContainsFunc(all, counts)))
	for _, k := range all {
		t.line("    %s%s:", commented(!counts(k)), k.name)
		t.entries("      ", k.sources)
	}
	if !slices.ContainsFunc(all, func(k known) bool { return k.name == "aliases" }) {
		t.line("    # aliases: names that requests ask for, where the backend serves it under another than that of the object")
	}
}
