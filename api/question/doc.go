// Package question is what may be asked of the list of models, and what the answer
// is: filters, orders, parts, fields and counts. It is pure. An answer depends on the
// entries that the caller may use and on no other, neither its content nor the time
// that it takes: of the others it looks at nothing but their ids.
package question
