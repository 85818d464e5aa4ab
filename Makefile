# The two commands of the README: `make demo` and `make test`. Each does all of its own set-up, and
# does it once: a second run starts at once.
#   make demo   from kernels in TypeScript to recommendations, with the proofs on the way
#   make test   linter, type checker and every test
#   make prove  the adapters of the Verilog, proven for all time with yosys-smtbmc and Z3
#   make build  the bundle in dist/, and `npx tilewright`
#   make clean  remove what was built (not node_modules)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test prove build clean demo-tools test-tools prove-tools

bin := node_modules/.bin
# npm writes this file last, whatever way it installed the packages.
packages := node_modules/.package-lock.json
sources := $(shell find codegen host sim -name '*.ts') package.json tsconfig.json tsdown.config.ts

help:
	@sed -n 's/^#   //p' Makefile

demo: demo-tools build
	@node dist/cli.mjs demo

test: test-tools build
	$(bin)/biome check --error-on-warnings .
	$(bin)/tsc --noEmit
	$(bin)/vitest run

prove: prove-tools $(packages)
	@$(bin)/jiti test/proofs/main.ts

demo-tools:
	@.ci/setup g++ make verilator

test-tools:
	@.ci/setup g++ make verilator iverilog yosys z3 libxrt1 libxrt-dev unzip \
	  pocl-opencl-icd ocl-icd-opencl-dev

prove-tools:
	@.ci/setup yosys z3

build: $(bin)/tilewright

$(packages): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

dist/cli.mjs: $(packages) $(sources)
	$(bin)/tsdown
	@chmod +x $@ && touch $@

# npm links the programs of a package's dependencies, not its own.
$(bin)/tilewright: dist/cli.mjs
	@ln -sf ../../dist/cli.mjs $@

clean:
	@if [ -x $(bin)/tilewright ]; then $(bin)/tilewright clean; fi
	rm -rf dist
