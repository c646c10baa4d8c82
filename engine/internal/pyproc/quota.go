package pyproc

import (
	"io/fs"
	"path/filepath"
	"time"
)

// Quota is what a plugin may write into the folder that is its own.
type Quota struct {
	Bytes int64         // 0: anything
	Every time.Duration // how often somebody looks
}

// Keep looks after the folder of a process until that ends, and ends it when it has
// written more than it may: then it answers true.
func (q Quota) Keep(folder string, child interface {
	Done() <-chan struct{}
	Kill()
}) bool {
	if q.Bytes <= 0 || q.Every <= 0 || folder == "" {
		<-child.Done()
		return false
	}
	tick := time.NewTicker(q.Every)
	defer tick.Stop()
	for {
		select {
		case <-child.Done():
			return false
		case <-tick.C:
			if folderSize(folder, q.Bytes) > q.Bytes {
				child.Kill()
				return true
			}
		}
	}
}

// folderSize adds up the files of a folder, until it is more than enough.
func folderSize(folder string, enough int64) (total int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it went away meanwhile
		}
		if info, err := entry.Info(); err == nil {
			total += info.Size()
		}
		if total > enough {
			return filepath.SkipAll
		}
		return nil
	})
	return total
}

// NotContained is what people are told of a fence that does not hold.
func NotContained(note string) string { return "imjoy: this plugin is not contained: " + note }
