// Command licences says of CycloneDX documents which modules have a licence that an
// image may not have, and ends with 1 when there are any.
package main

import (
	"fmt"
	"os"

	"github.com/maas-kinds/maas/conformance/licences"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: licences FILE...: which of their modules have a licence that is not allowed?")
		os.Exit(2)
	}
	code := 0
	for _, file := range os.Args[1:] {
		content, err := os.ReadFile(file)
		var faults []string
		if err == nil {
			faults, err = licences.Check(content, licences.Allowed())
		}
		if err != nil {
			faults = append(faults, err.Error())
		}
		for _, fault := range faults {
			fmt.Fprintf(os.Stderr, "%s: %s\n", file, fault)
			code = 1
		}
	}
	os.Exit(code)
}
