// Package outage takes the API server away from the controller and the API, as
// whole programs, and measures how soon both know again what is true: after it was
// stopped and started again on the same data, and after a network that lost
// everything without closing a connection.
package outage
