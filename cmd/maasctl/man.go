package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

const manHelp = `Write the manual of maasctl as pages for man into a folder: maasctl.1, and one for
each command. Release archives have them in man/.

Usage:
  maasctl man DIR

Examples:
  maasctl man ~/.local/share/man/man1 && man maasctl-explain

Exit codes: 0 the pages are written; 1 one cannot be; 2 the command line is wrong.
`

// manCommand is for whoever packs maasctl.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "write the manual as pages for man", Long: manHelp, Hidden: true, DisableFlagsInUseLine: true,
		Args: cobra.ArbitraryArgs, ValidArgsFunction: onlyFolders,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{"write one DIR for the pages"}
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // for everyone to read
				return fmt.Errorf("making the folder of the manual: %w", err)
			}
			build := cli.ReadBuild()
			for _, about := range append(cmd.Root().Commands(), cmd.Root()) {
				if about.Hidden {
					continue
				}
				file := filepath.Join(args[0], manName(about)+".1")
				if err := writeFile(file, []byte(manPage(about, build)), 0o644); err != nil {
					return fmt.Errorf("writing %s: %w", file, err)
				}
			}
			return nil
		},
	}
}

func manName(cmd *cobra.Command) string {
	if cmd == cmd.Root() {
		return cmd.Name()
	}
	return cmd.Root().Name() + "-" + cmd.Name()
}

// manPage is what the help says, in the sections that manuals have.
func manPage(cmd *cobra.Command, build cli.Build) string {
	sections := map[string]*strings.Builder{}
	for _, name := range []string{"SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS"} {
		sections[name] = &strings.Builder{}
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(cmd.Long), "\n\n") {
		section, text := sectionOf(paragraph)
		fmt.Fprint(sections[section], roffParagraph(text))
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(sections["OPTIONS"], ".TP\n\\fB%s\\fR", roff(flagWords(f)))
		if value != "" {
			fmt.Fprintf(sections["OPTIONS"], " \\fI%s\\fR", roff(value))
		}
		fmt.Fprintf(sections["OPTIONS"], "\n%s\n", roff(strings.ReplaceAll(usage+ifLeftOut(f), "\n", " ")))
	})
	var b strings.Builder
	day, _, _ := strings.Cut(build.Date, "T")
	fmt.Fprintf(&b, ".TH %q 1 %q %q \"Models as a Service\"\n", strings.ToUpper(manName(cmd)), day, "maasctl "+build.Version)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(manName(cmd)), roff(cmd.Short))
	for _, name := range []string{"SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS"} {
		if text := sections[name].String(); text != "" {
			fmt.Fprintf(&b, ".SH %s\n%s", name, text)
		}
	}
	if cmd != cmd.Root() {
		fmt.Fprintf(&b, ".SH SEE ALSO\n.BR maasctl (1)\n")
	}
	return b.String()
}

// sectionOf is where a paragraph of the help belongs, and it without its heading.
func sectionOf(paragraph string) (section, text string) {
	for heading, section := range map[string]string{"Usage:\n": "SYNOPSIS", "Examples:\n": "EXAMPLES", "Exit codes: ": "EXIT STATUS"} {
		if rest, ok := strings.CutPrefix(paragraph, heading); ok {
			return section, rest
		}
	}
	return "DESCRIPTION", paragraph
}

// roffParagraph lets man fill lines of text, and keeps those that are set apart.
func roffParagraph(text string) string {
	var b strings.Builder
	kept := false
	b.WriteString(".PP\n")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if apart := strings.HasPrefix(line, "  "); apart != kept {
			kept = apart
			b.WriteString(map[bool]string{true: ".RS 4\n.nf\n", false: ".fi\n.RE\n"}[kept])
		}
		b.WriteString(roff(strings.TrimPrefix(line, "  ")) + "\n")
	}
	if kept {
		b.WriteString(".fi\n.RE\n")
	}
	return b.String()
}

// roff writes text out that troff would read as its own.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", "\\`", "^", `\(ha`, "~", `\(ti`).Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}
