package pluginfile

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestHostileTextsAreLinear reads hostile texts of 64 KiB and of eight times that.
// It counts the time of the processor, which a busy machine does not stretch much:
// twenty times as much is allowed, a quadratic reader would need 64.
func TestHostileTextsAreLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads some 30 hostile texts of 512 KiB")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, series := range hostile {
		small, large := []byte(series.make(64<<10)), []byte(series.make(512<<10))
		quick, slow := processorTime(t, 4, small), processorTime(t, 2, large)
		if slow > 20*quick && slow > 25*time.Millisecond {
			slow = min(slow, processorTime(t, 4, large))
		}
		if slow > 20*quick && slow > 25*time.Millisecond {
			t.Errorf("%s: 64 KiB take %v, 512 KiB take %v", series.name, quick, slow)
		}
	}
}

// processorTime returns the least time of this thread that some readings took.
func processorTime(t *testing.T, runs int, text []byte) time.Duration {
	t.Helper()
	now := func() int64 {
		var at unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &at); err != nil {
			t.Fatal(err)
		}
		return at.Nano()
	}
	best := time.Duration(1<<63 - 1)
	for range runs {
		start := now()
		readAll(text)
		best = min(best, time.Duration(now()-start))
	}
	return best
}
