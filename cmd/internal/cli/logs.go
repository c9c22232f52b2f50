package cli

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

// Logs is how a command logs.
type Logs struct {
	level slog.Level
	text  bool
}

// Flags declares --log-level and --log-format.
func (l *Logs) Flags(flags *flag.FlagSet) {
	flags.TextVar(&l.level, "log-level", slog.LevelInfo, "`LEVEL`: debug, info, warn or error")
	flags.Func("log-format", "`FORMAT`: json or text (default json)", func(value string) error {
		if value != "json" && value != "text" {
			return errors.New("write json or text")
		}
		l.text = value == "text"
		return nil
	})
}

// Start makes the command's logger, and sends there as well what the
// Kubernetes libraries log.
func (l *Logs) Start(to io.Writer) *slog.Logger {
	to = NewTerminal(to) // A handler writes whole lines, one at a time.
	options := &slog.HandlerOptions{Level: l.level}
	var handler slog.Handler = slog.NewJSONHandler(to, options)
	if l.text {
		handler = slog.NewTextHandler(to, options)
	}
	ctrllog.SetLogger(logr.FromSlogHandler(handler))
	log := slog.New(handler)
	slog.SetDefault(log)
	return log
}

// RouteKlog sends what client-go logs to slog's default logger. It is for main
// alone: klog cannot be told while anything may be logging.
func RouteKlog() {
	klog.SetLogger(logr.FromSlogHandler(defaultHandler{}))
}

// KlogTo sends what client-go logs, such as an API server's warnings, to where a
// terminal may be. It is for main alone, as RouteKlog is.
func KlogTo(to io.Writer) {
	klog.SetLogger(logr.FromSlogHandler(slog.NewTextHandler(NewTerminal(to), nil)))
}

// defaultHandler is the handler of slog's default logger, whatever that is when
// something is logged.
type defaultHandler struct{}

// Enabled is part of slog.Handler.
func (defaultHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return slog.Default().Enabled(ctx, level)
}

// Handle is part of slog.Handler.
func (defaultHandler) Handle(ctx context.Context, record slog.Record) error {
	return slog.Default().Handler().Handle(ctx, record)
}

// WithAttrs is part of slog.Handler.
func (defaultHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return slog.Default().Handler().WithAttrs(attrs)
}

// WithGroup is part of slog.Handler.
func (defaultHandler) WithGroup(name string) slog.Handler {
	return slog.Default().Handler().WithGroup(name)
}
