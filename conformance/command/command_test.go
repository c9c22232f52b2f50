package command_test

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/command"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args  []string
		says  string
		helps bool
	}{
		"nothing":              {nil, "", false},
		"a flag":               {[]string{"--rows=a"}, "", false},
		"what is no flag":      {[]string{"a"}, `unexpected argument "a": everything is said with flags`, false},
		"a flag that is none":  {[]string{"--row=a"}, "flag provided but not defined: -row", false},
		"help goes to out":     {[]string{"--help"}, flag.ErrHelp.Error(), true},
		"help before all else": {[]string{"-h", "a"}, flag.ErrHelp.Error(), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags, out := flag.NewFlagSet("measure", flag.ContinueOnError), &bytes.Buffer{}
			flags.String("rows", "", "which rows")
			err := command.Parse(flags, test.args, "measure measures.\n", out)
			said := ""
			if err != nil {
				said = err.Error()
			}
			if diff := cmp.Diff(test.says, said); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			helped := strings.HasPrefix(out.String(), "measure measures.\n") && strings.Contains(out.String(), "-rows")
			if helped != test.helps || errors.Is(err, flag.ErrHelp) != test.helps {
				t.Errorf("help: %t, want %t: %s", helped, test.helps, out)
			}
		})
	}
}
