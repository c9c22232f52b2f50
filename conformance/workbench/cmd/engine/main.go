//go:build js && wasm

// Command engine is the workbench as WebAssembly: a page asks it by a function that it
// hands over when it has begun.
package main

import (
	"context"
	"fmt"
	"syscall/js"

	"github.com/maas-kinds/maas/conformance/workbench"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

func main() {
	ctx := context.Background()
	bench, err := workbench.New(func() (*kind.Set, error) { return registry.Load(registry.Source{Name: "built-in", FS: kinds.FS}) }, nil)
	ask := js.FuncOf(func(_ js.Value, args []js.Value) (said any) {
		// The page tells what has broken, and begins the engine again.
		defer func() {
			if cause := recover(); cause != nil {
				said = map[string]any{"error": fmt.Sprintf("the engine broke at this: %v", cause)}
			}
		}()
		if err != nil {
			return map[string]any{"error": err.Error()}
		}
		answer, err := bench.Ask(ctx, args[0].String(), []byte(args[1].String()))
		if err != nil {
			return map[string]any{"error": err.Error()}
		}
		return map[string]any{"answer": string(answer)}
	})
	js.Global().Call("engineBegan", ask)
	select {} // the function is called from now on
}
