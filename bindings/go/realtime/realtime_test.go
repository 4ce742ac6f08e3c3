// SPDX-License-Identifier: MIT OR Apache-2.0

package realtime_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"safepoint"
	_ "safepoint/realtime"
)

// taking is how many threads do not block the signal.
func taking(t *testing.T, sig syscall.Signal) (count int) {
	t.Helper()
	threads, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(threads) < 4 {
		t.Fatal(threads, err)
	}
	for _, thread := range threads {
		status, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended
		}
		var blocked uint64
		_, line, _ := strings.Cut(string(status), "SigBlk:")
		if _, err := fmt.Sscanf(line, "%x", &blocked); err != nil {
			t.Fatal(err)
		}
		if !safepoint.Set(blocked).Has(sig) {
			count++
		}
	}
	return count
}

// With one thread that takes them, they are recorded as the kernel has them.
func TestTheOwnersThreadAloneTakesRealTimeSignals(t *testing.T) {
	o, err := safepoint.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	sig, err := safepoint.Number("RTMIN+5")
	if err != nil {
		t.Fatal(err)
	}
	var latch safepoint.Latch
	var waiting, ended sync.WaitGroup
	for i := 0; i < 10; i++ { // in threads of their own
		waiting.Add(1)
		ended.Add(1)
		go func() {
			defer ended.Done()
			waiting.Done()
			latch.Wait(safepoint.Forever)
		}()
	}
	waiting.Wait()
	if n := taking(t, sig); n != 0 {
		t.Errorf("%d threads take it", n)
	}
	old, err := o.Mask(safepoint.Unblock, safepoint.SetOf(sig))
	if err != nil {
		t.Fatal(err)
	}
	if n := taking(t, sig); n != 1 {
		t.Errorf("%d threads take it", n)
	}
	if _, err := o.Mask(safepoint.SetMask, old); err != nil {
		t.Fatal(err)
	}
	latch.Set()
	ended.Wait()
}
