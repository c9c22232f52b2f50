package sources

import (
	"fmt"
	"strings"
)

const head = "apiVersion: maas.opendatahub.io/v1alpha1\nkind: Sources\nspec:\n  facts:\n"

// Skeleton is a file of sources in which nothing is established yet, for the reason that is
// given; empty where nothing is claimed.
func Skeleton(claims []Claim, unread string) string {
	var b strings.Builder
	for _, c := range claims {
		if b.Len() == 0 {
			b.WriteString("# Where each of these was read, in the place of notEstablished: source: {project: OWNER/NAME, version: TAG, path: FILE}\n" + head)
		}
		fmt.Fprintf(&b, "    - fact: Say who writes %s, when, and what it means.\n      %s\n      notEstablished: %s\n",
			c, strings.Join(c.backing(), "\n      "), unread)
	}
	return b.String()
}
