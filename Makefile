# What a person needs: make demo, make test. The rest is for those who build.
GO ?= go
SHELL := /bin/bash
TESTFLAGS ?= -race
.PHONY: all build demo test lint fuzz golden bench bench-evidence evaluate conformance corpus prerequisites corpus-columns
all: build
prerequisites:
	@docs/scripts/prerequisites $(GO)

build: prerequisites   ## the binary ./goshawk
	$(GO) build -trimpath -o goshawk ./cmd/goshawk

demo: build            ## a simulated fleet, hunted; the report is demo/report.html
	./goshawk demo --dir demo

test: prerequisites    ## all tests, race detector on
	$(GO) test $(TESTFLAGS) -timeout 15m ./...

lint: prerequisites    ## formatting, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) tool -modfile=internal/tools/go.mod staticcheck ./...

fuzz:                  ## every fuzz target for FUZZTIME
	docs/scripts/fuzz $${FUZZTIME:-30s}
bench-evidence: build  ## rates of decode and ingest beside evtxexport; BENCH="-set 10GB -one 4GB" for memory
	$(GO) run ./internal/benchevidence $(BENCH)
	$(GO) test ./engine/duckdb -run '^$$' -bench Exports -benchtime 3x
golden:                ## rewrite golden files; read the diff
	UPDATE_GOLDEN=1 $(GO) test ./...
BENCHROWS ?= 20000000
bench: prerequisites   ## queries against SQL by hand over BENCHROWS rows, which stay in .bench
	GOSHAWK_BENCH_ROWS=$(BENCHROWS) GOSHAWK_BENCH_DB=$(CURDIR)/.bench/$(BENCHROWS).duckdb $(GO) test -run '^$$' -bench '^BenchmarkHunts$$' -benchtime 5x -timeout 120m ./engine/duckdb
evaluate: build        ## the built-in hunts over the labelled evidence beside the checkout
	./goshawk evaluate ../shared/evidence/truth.jsonl --evidence ../shared/evidence
conformance corpus: build
	python3 ../shared/conformance/score.py ./goshawk $(if $(filter corpus,$@),../shared/corpus/queries.jsonl --corpus,../shared/conformance/cases.jsonl)
ORACLE ?= ../oracle    # a copy of ../shared/oracle in which npm ci has run; ALL=--all takes every query
corpus-columns: build  ## result columns against those of Microsoft's binder over our catalogue
	docs/scripts/columns $(ORACLE) $(ALL)
