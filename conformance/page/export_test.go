package page

// Described is how a kind-spec decides.
var Described = described
