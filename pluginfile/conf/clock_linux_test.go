package conf

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// spent is the time of the processor that a function takes: other programs on the same
// machine do not count.
func spent(do func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now := func() int64 {
		var at unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &at); err != nil {
			panic(err)
		}
		return at.Nano()
	}
	start := now()
	do()
	return time.Duration(now() - start)
}
