package main

import "syscall"

// freeBytes is how much room the disk of a folder has, -1 if it is not known.
func freeBytes(dir string) int64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return -1
	}
	return int64(fs.Bavail) * fs.Bsize
}
