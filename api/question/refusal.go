package question

// Refusal says what is wrong with a question, in words for whoever asked it.
type Refusal struct {
	// Param is the parameter that is at fault; empty for the query as a whole.
	Param, Message string
}

// Error implements error.
func (r *Refusal) Error() string { return r.Message }

func refuse(param, message string) *Refusal { return &Refusal{param, message} }

// UnknownKind refuses a kind of which there is no model that the caller may use, and
// which is not in force.
func UnknownKind() *Refusal {
	return refuse("kind", "There is no such model kind. Use the kind that GET /v1/models shows, for example llmisvc.")
}
