# Everything is built and run by Go from modules: nothing has to be installed first.

GO ?= go
GOLANGCI_LINT = $(GO) tool -modfile=.ci/lint/go.mod golangci-lint

# Packages whose tests rewrite documents and golden files with -update.
UPDATED_BY_TESTS = ./engine/phase ./engine/kind ./engine/kind/contract ./conformance ./conformance/badinput ./cmd/maasctl
# Where `make generate` writes, and a file git does not know is one that was forgotten.
GENERATED_IN = api config conformance engine kinds schemas

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A compiler that says nothing for minutes looks like a hang: -v names each package that is not in Go's cache yet. The
# program runs without make or go around it, so that Ctrl-C is an answer and not an error.
.PHONY: run
run: ## start everything on this machine; Ctrl-C stops it
	@echo 'building maas-local: minutes the first time, seconds after that'
	@$(GO) build -v -o bin/maas-local ./cmd/maas-local && exec bin/maas-local

# Tests build the commands, several at a time. Their packages are built here, and none is linked.
.PHONY: test
test: assets ## run all tests with the race detector
	@echo 'building for the race detector: minutes the first time, seconds after that'
	@$(GO) build -race -v ./api/... ./engine/... ./conformance/testenv
	@$(GO) build ./api/... ./engine/... ./conformance/live ./conformance/testenv
	$(GO) test -race -ldflags=-w -timeout 30m ./...
	$(GO) -C config/image test ./...

# No list says which tests these are: testenv skips each that asks for a control plane, and whatever else would start one fails.
# The race detector would have each package wait for a second when its tests have ended. Most of the time is linking:
# a quarter less without what a debugger would read. Vet is part of make lint.
.PHONY: unit
unit: ## run the tests that need no control plane, with the race detector
	MAAS_NO_CONTROL_PLANE=1 GORACE=atexit_sleep_ms=0 $(GO) test -race -ldflags=-w -vet=off -short -timeout 10m ./...
	$(GO) -C config/image test -short ./... # not the one that compiles whole images
	@echo 'make unit: skipped what needs a control plane or takes minutes, which make test runs; go test -v names each test'

.PHONY: attacks
attacks: assets ## play the whole attack suite; make test plays its short form
	MAAS_ATTACKS=whole $(GO) test -race -ldflags=-w -timeout 30m ./conformance/attacks/...

.PHONY: screenshots
screenshots: ## write pictures of the page at / into bin/screenshots/; needs node
	MAAS_SCREENSHOTS='$(CURDIR)/bin/screenshots' $(GO) test -count=1 -run TestPageInBrowser ./api

.PHONY: bench
bench: ## run the benchmarks of the API
	$(GO) test -bench . -benchmem -run '^$$' ./api/...

# The table alone goes to the output: make load > table.md. LOAD has flags, for example LOAD='--rows=new-256'.
.PHONY: load
load: ## measure the API under load, minutes; make load LOAD=--help
	@$(GO) build -o bin/load ./conformance/load/cmd/load && exec bin/load $(LOAD)

# The table alone goes to the output. SCALE has flags, for example SCALE='--rows=llmisvc-50000'. It starts what make assets builds.
.PHONY: bench-scale
bench-scale: ## measure the controller with thousands of models, minutes; make bench-scale SCALE=--help
	@$(GO) build -o bin/scale ./conformance/scale/cmd/scale && exec bin/scale $(SCALE)

# Its programs stay in bin/soak: what has not changed is not linked again. SOAK has flags, for example SOAK='--time=10m --seed=7'.
.PHONY: soak
soak: ## play controller and API for an hour while everything fails; make soak SOAK=--help
	@$(GO) build -o bin/soak/ ./conformance/soak/cmd/soak ./cmd/maas-controller ./cmd/maas-api && exec bin/soak/soak --programs=bin/soak $(SOAK)

# make test does so from the state that conformance/upgrade/FROM names.
.PHONY: upgrade
upgrade: assets ## upgrade a cluster with models from FROM=REVISION to this checkout, and back
	UPGRADE_FROM='$(FROM)' $(GO) test -count=1 -v -timeout 30m ./conformance/upgrade

.PHONY: build
build: ## build the commands into bin/
	$(GO) build -o bin/ ./cmd/...

# Static files for any web server; what is typed there is sent nowhere. It says how large the engine is.
.PHONY: playground
playground: ## build the workbench of kind authors, with the engine in WebAssembly, into bin/playground/
	@mkdir -p bin
	@$(GO) run ./conformance/workbench/cmd/playground

# What `make image` makes, and what the date and the commit written into it are: those of the source.
IMAGES = maas-controller maas-api maasctl
TAG ?= dev
PLATFORMS ?= linux/amd64,linux/arm64
REVISION ?= $(shell git describe --always --abbrev=40 --exclude='*' --dirty)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct)

.PHONY: image
image: ## build OCI images of the commands into bin/images/; TAG=1.2.3 names them
	@SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(GO) -C config/image run . -source $(CURDIR) -out $(CURDIR)/bin/images \
	 -tag '$(TAG)' -revision '$(REVISION)' -platforms '$(PLATFORMS)' $(IMAGES)

# What is known of faults in modules is on the network, or in a copy of it: VULNDB=file:///folder.
SUPPLY = $(GO) tool -modfile=$(CURDIR)/.ci/supply/go.mod
VULNDB ?= https://vuln.go.dev

.PHONY: vulncheck
vulncheck: ## look for known faults in what the code calls of its modules; VULNDB=file:///folder takes a copy
	$(SUPPLY) govulncheck -db '$(VULNDB)' ./...
	cd config/image && $(SUPPLY) govulncheck -db '$(VULNDB)' ./...

.PHONY: sbom
sbom: ## write which modules each image is made of, and their licences, into bin/sbom/
	@mkdir -p bin/sbom
	for command in $(IMAGES); do CGO_ENABLED=0 $(SUPPLY) cyclonedx-gomod app -json -licenses -noserial -notimestamp \
	 -main cmd/$$command -output bin/sbom/$$command.cdx.json . || exit; done

# What a release has, for nobody but who reads bin/release: all of it is the same again for the same commit and version.
VERSION ?= v0.0.0-dev
RELEASE_PLATFORMS ?= linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64

.PHONY: release-dry
release-dry: ## write archives of maasctl, checksums, SBOMs and a krew manifest into bin/release/; VERSION=v1.2.3 names them
	@sbom=$$($(SUPPLY) -n cyclonedx-gomod) && SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(GO) -C config/image run ./release -source $(CURDIR) \
	 -out $(CURDIR)/bin/release -version '$(VERSION)' -revision '$(REVISION)' -platforms '$(RELEASE_PLATFORMS)' -sbom "$$sbom"

.PHONY: licences
licences: sbom ## fail where a module of an image has a licence that is not on the list
	$(GO) run ./conformance/licences/cmd/licences bin/sbom/*.cdx.json

.PHONY: assets
assets: ## build the kube-apiserver and etcd that run and test start
	@$(GO) run ./conformance/assets/cmd/build-assets

.PHONY: lint
lint: ## check the import rules of the rooms, and the code
	@.ci/house
	$(GOLANGCI_LINT) run --allow-parallel-runners
	cd config/image && $(GO) tool -modfile=../../.ci/lint/go.mod golangci-lint run --allow-parallel-runners

# A file that is as it should be is not written again: to Go, a test whose files are new has not run yet.
.PHONY: generate
generate: ## write everything that is made from something else
	made=$$(mktemp -d) && trap 'rm -r "$$made"' EXIT && \
	 $(GO) tool controller-gen object crd paths=./api/v1alpha1 output:object:dir="$$made/types" output:crd:dir="$$made/crd" && \
	 install -C -m 644 "$$made"/types/* api/v1alpha1 && install -C -m 644 "$$made"/crd/* config/crd
	$(GO) test ./schemas/kindspec -update # writes a schema that the other tests compile into what they test
	MAAS_NO_CONTROL_PLANE=1 $(GO) test -short $(UPDATED_BY_TESTS) -update

.PHONY: verify
verify: generate ## fail when a generated file is not what `make generate` writes
	@git --no-pager diff --exit-code || { echo 'make verify: the files above differ from the commit; if they are generated, run `make generate` and commit them' >&2; exit 1; }
	@unknown=$$(git ls-files --others --exclude-standard -- $(GENERATED_IN)); \
	 test -z "$$unknown" || { echo "$$unknown"; echo 'make verify: git does not know the files above; commit or remove them' >&2; exit 1; }
	$(GO) mod tidy -diff
	$(GO) -C config/image mod tidy -diff
	@echo 'make verify: generated files are up to date'

.PHONY: clean
clean: ## remove everything that was built, and the data of make run
	rm -rf bin .run
