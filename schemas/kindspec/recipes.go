package kindspec

import (
	"fmt"
	"io/fs"
	"strings"
)

// Recipes is the section that shows whole kind-specs, which tests hold against
// objects: all that match the pattern, in the order of their names. Each begins
// with its description, which becomes the title. It is empty when there are none.
func Recipes(folder fs.FS, pattern string) (string, error) {
	files, err := fs.Glob(folder, pattern)
	if err != nil || len(files) == 0 {
		return "", err
	}
	var b strings.Builder
	b.WriteString("\n## Recipes\n\nEach of these is held against objects by the tests of the language.\n")
	for _, file := range files {
		content, err := fs.ReadFile(folder, file)
		if err != nil {
			return "", fmt.Errorf("reading a recipe: %w", err)
		}
		_, spec, ok := strings.Cut(string(content), "spec:\n  description: ")
		title, spec, _ := strings.Cut(spec, "\n")
		if !ok || title == "" {
			return "", fmt.Errorf("%s does not begin its spec with a description", file)
		}
		fmt.Fprintf(&b, "\n### %s\n\n```yaml\n%s```\n", strings.ToUpper(title[:1])+title[1:], strings.ReplaceAll("\n"+spec, "\n  ", "\n")[1:])
	}
	return b.String(), nil
}
