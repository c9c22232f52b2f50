package phase

import "flag"

// Update rewrites the golden files and the README instead of comparing them.
var Update = flag.Bool("update", false, "rewrite golden files")
