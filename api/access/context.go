package access

import "context"

type targetContextKey struct{}

// withTarget says in a context for which target a connection is made.
func withTarget(ctx context.Context, target *Target) context.Context {
	return context.WithValue(ctx, targetContextKey{}, target)
}

// targetOf is the target that withTarget named; nil for none.
func targetOf(ctx context.Context) *Target {
	target, _ := ctx.Value(targetContextKey{}).(*Target)
	return target
}
