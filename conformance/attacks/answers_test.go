package attacks

import "net/http"

// answers is the attack of one answer. The caller who is attacked has to be kept
// out; a control caller, whom the same backend answers as it should, is let in
// before and after.
func answers(name, why, text string, notices ...fault) attack {
	return attack{name: name, why: why, notices: notices, try: func(s *scene) {
		control, victim := s.caller("control"), s.caller("victim")
		b := s.backend("hostile", speaking(func(x *exchange) {
			if admission(x, control) == http.StatusOK {
				x.status(http.StatusOK)
				return
			}
			x.raw(text)
		}))
		s.offer("hostile", b.url(""))
		s.expectListed(control, "hostile")
		s.expectHidden(victim, "hostile")
		s.expectListed(control, "hostile")
	}}
}
