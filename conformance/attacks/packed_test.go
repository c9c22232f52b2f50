package attacks

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// packedZeros are n zeros in gzip.
func packedZeros(t testing.TB, n int) string {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
