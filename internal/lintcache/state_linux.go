package lintcache

import "syscall"

func times(info *syscall.Stat_t) (modified, changed int64) { return info.Mtim.Nano(), info.Ctim.Nano() }
