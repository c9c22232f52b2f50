package identity

import (
	"cmp"
	"strings"
	"time"
)

// Object is what the id of a MaaSModel depends on.
type Object struct {
	Namespace, Name string
	// Created is its creationTimestamp.
	Created time.Time
	// ID is what its status says, whoever wrote it; empty for nothing yet.
	ID string
}

// Qualified is the id of an object whose name another namespace has.
func (o Object) Qualified() string { return o.Namespace + "/" + o.Name }

// bare says whether the status claims the name itself.
func (o Object) bare() bool { return o.ID == o.Name }

// waiting says whether the object was given namespace/name. It keeps that: an
// id that clients use does not change under them.
func (o Object) waiting() bool { return o.ID == o.Qualified() }

// older orders objects by who has the first claim to a name.
func older(a, b Object) int {
	return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.Namespace, b.Namespace))
}

// first is the namespace that gets a name which is held for nobody, of the
// objects that have it: the one whose status has the name already, else the
// oldest one without an id. It does not depend on the order of the objects.
func first(objects []Object) string {
	best := Object{}
	for _, o := range objects {
		switch {
		case o.waiting():
		case best.Name == "", o.bare() && !best.bare(), o.bare() == best.bare() && older(o, best) < 0:
			best = o
		}
	}
	return best.Namespace
}
