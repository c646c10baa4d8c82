package main

import (
	"runtime"
	"sync"
)

// parallel calls f for 0 to n-1 on all processors; a panic of f is one of the caller.
func parallel(n int, f func(int)) {
	var group sync.WaitGroup
	var next sync.Mutex
	var panicked any
	at := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					next.Lock()
					defer next.Unlock()
					panicked = p
				}
			}()
			for {
				next.Lock()
				i := at
				at++
				next.Unlock()
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	group.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
