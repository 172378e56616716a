module github.com/goshawk-hunt/goshawk

go 1.26
