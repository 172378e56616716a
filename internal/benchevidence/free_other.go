//go:build !linux

package main

// freeBytes is how much room the disk of a folder has, -1 if it is not known.
func freeBytes(string) int64 { return -1 }
