// Package draft writes first kind-specs from what is known of a backend: objects of
// it in several states, what is beside them, and its CRD. Beside each line stands the
// evidence for it, and what there is no evidence for is a comment. It does no I/O.
//
// A Survey collects what was seen. From it follow signs of health, candidates for the
// endpoint and facts about the model, each a line of the draft with its reason.
package draft
