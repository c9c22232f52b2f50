// Package question is what may be asked of the list of models, and what the answer
// is: filters, orders, parts, fields and counts. It is pure. An answer depends on the
// entries that the caller may use, and on no other. Of the others it looks at the place
// in an order, which is the same for all callers and questions, and at words that a look
// tells, to say what has to be asked.
package question
