package docsrender

import (
	"errors"
	"runtime"
	"sync"
)

// parallel calls do for 0 to n-1 on all processors and joins the errors; a panic
// reaches the caller.
func parallel(n int, do func(int) error) error {
	errs := make([]error, n)
	panics := make(chan any, n)
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := range next {
				func() {
					defer func() {
						if p := recover(); p != nil {
							panics <- p
						}
					}()
					errs[i] = do(i)
				}()
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
	select {
	case p := <-panics:
		panic(p)
	default:
	}
	return errors.Join(errs...)
}
