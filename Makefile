# quern. `make help` lists the verbs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=

# make SAN=1 …: address and undefined behaviour sanitizers, in a build folder of its own.
SAN ?=
BUILD := build$(if $(SAN),/san)
QUERN := $(BUILD)/bin/quern

ifeq ($(origin CC),default)
CC := gcc
endif
COMMA := ,
CFLAGS ?= $(if $(SAN),-O1 -g -fsanitize=address$(COMMA)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer,-O3 -g)
STRICT := -std=c11 -D_GNU_SOURCE -Ipipeline -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
LIBRARIES := icu-uc icu-i18n libutf8proc libzstd libpcre2-8 libxxhash zlib liblzma
LIBS = $(shell pkg-config --libs $(LIBRARIES)) -lbz2 -lm -pthread

# Everything is collected by its name: a filter is a file in stages/, what it needs beside it is in a folder there.
FILTERS := $(sort $(patsubst stages/%.c,%,$(wildcard stages/*.c)))
SOURCES := $(sort $(wildcard pipeline/*/*.c stages/*.c stages/*/*.c stages/*/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/stages.o
MANUALS := $(sort $(wildcard man/*.[157]))

.PHONY: all
all: $(QUERN) ## build build/bin/quern

.PHONY: help
help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile corpora/*.mk | expand -t 20

# ---- packages: what is missing comes through apt, with sudo where not root ----

BUILD_PACKAGES := gcc libc6-dev make pkg-config libicu-dev libutf8proc-dev libzstd-dev librandom123-dev libxxhash-dev \
    libpcre2-dev zlib1g-dev libbz2-dev liblzma-dev
DEMO_PACKAGES := zstd jq
TEST_PACKAGES := libcmocka-dev bats mandoc jq zstd gzip bzip2 xz-utils
LINT_PACKAGES := clang clang-format clang-tidy cppcheck mandoc shellcheck
FUZZ_PACKAGES := clang libclang-rt-14-dev
BENCH_PACKAGES := jq zstd time
PEERS_PACKAGES := python3-venv python3-dev g++ time zstd

build/packages-%: Makefile
	@mkdir -p build
	@tools/packages $($(shell echo $* | tr a-z A-Z)_PACKAGES)
	@touch $@

.PHONY: deps
deps: $(addprefix build/packages-,build demo test lint bench fuzz peers) ## install every package that any verb needs

# ---- the binary ----

$(QUERN): $(OBJECTS)
	@mkdir -p $(@D)
	@echo "link $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: %.c | build/packages-build
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(CC) $(STRICT) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

# The table of filters; rewritten only when the list of files has changed.
$(BUILD)/obj/stages.c: FORCE
	@mkdir -p $(@D)
	@{ echo '#include "record/stage.h"'; \
	   for f in $(FILTERS); do echo "extern const struct stage stage_$${f//-/_};"; done; \
	   echo 'const struct stage *const stages[] = {'; \
	   for f in $(FILTERS); do echo "    &stage_$${f//-/_},"; done; \
	   echo '    NULL,'; echo '};'; } >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/obj/stages.o: $(BUILD)/obj/stages.c | build/packages-build
	@$(CC) $(STRICT) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

.PHONY: FORCE
FORCE:

-include $(wildcard $(OBJECTS:.o=.d))

# ---- the data sets ----

include $(wildcard corpora/*.mk)

.PHONY: corpora
corpora: demo ## every data set

# ---- tests ----

UNITS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/*/unit_*.c)))
FUZZERS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
HELPERS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(filter-out $(wildcard tests/*/unit_*.c tests/fuzz/*.c),$(wildcard tests/*/*.c))))

.PHONY: test
test: build/packages-test all $(UNITS) $(HELPERS) $(FUZZERS) ## every test
	BUILD=$(BUILD) tests/run

$(BUILD)/tests/%: tests/%.c $(filter-out $(BUILD)/obj/pipeline/run/main.o,$(OBJECTS)) | build/packages-test
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(CC) $(STRICT) -I. $(CFLAGS) $(CPPFLAGS) -o $@ $(filter-out %.h,$^) $(LIBS) -lcmocka

# A fuzz target has no main of its own: it is linked with the plain driver, or, by make fuzz, with libFuzzer.
# pointer-overflow of clang would call NULL + 0 an error, the end of an empty slice.
FUZZ_MAIN := tests/fuzz/driver.c
FUZZ_SECONDS ?= 30

$(BUILD)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_MAIN) $(wildcard tests/fuzz/*.h) $(filter-out $(BUILD)/obj/pipeline/run/main.o,$(OBJECTS)) | build/packages-test
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(CC) $(STRICT) -I. $(CFLAGS) $(CPPFLAGS) $(FUZZ_FLAGS) -o $@ $(filter-out %.h,$^) $(LIBS)

.PHONY: fuzz
fuzz: build/packages-fuzz ## search for inputs that crash, FUZZ_SECONDS (30) for each target
	@$(MAKE) BUILD=build/fuzz CC=clang FUZZ_MAIN= FUZZ_FLAGS=-fsanitize=fuzzer fuzzers \
	    CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer'
	BUILD=build/fuzz tests/fuzz/search $(FUZZ_SECONDS)

.PHONY: fuzzers
fuzzers: $(FUZZERS)

.PHONY: bench
bench: build/packages-bench all ## measure against the budgets, as ratios
	tests/bench/run

# Other tokenizers, to measure and compare against; nothing else needs them.
build/peers/ready: tests/bench/peers tests/bench/peers.txt tests/bench/peers_vocabs.py | build/packages-peers
	tests/bench/peers

.PHONY: peers
peers: build/peers/ready ## other tokenizers, in a throw-away environment under build/peers

# Other programs for JSONL, to measure against.
build/peers-filters/ready: tests/bench/filters_peers | build/packages-peers
	tests/bench/filters_peers

.PHONY: bench-filters
bench-filters: build/peers-filters/ready build/packages-bench all ## the everyday filters beside others, as ratios
	tests/bench/filters

.PHONY: bench-tokenizers
bench-tokenizers: peers all $(BUILD)/tests/bench/encode ## the tokenizers beside others, as ratios
	build/peers/bin/python tests/bench/tokenizers --build $(BUILD)

CONFORMANCE_MEGABYTES ?= 100

.PHONY: conformance
conformance: peers all $(BUILD)/tests/conformance/nbest ## the tokenizers against the references, over CONFORMANCE_MEGABYTES (100)
	tests/conformance/tokenizers_texts
	build/peers/bin/python tests/conformance/tokenizers_differ.py --quern $(QUERN) --megabytes $(CONFORMANCE_MEGABYTES)
	build/peers/bin/python tests/conformance/nbest_differ.py --nbest $(BUILD)/tests/conformance/nbest --texts build/conformance/texts.$(CONFORMANCE_MEGABYTES).jsonl
	build/peers/bin/python tests/conformance/trainer_differ.py --quern $(QUERN) --texts build/conformance/texts.$(CONFORMANCE_MEGABYTES).jsonl

# ---- lint ----

.PHONY: lint
lint: build/packages-lint ## warnings as errors, formatters, analysers, the tree's own bans
	tools/lint

.PHONY: format
format: build/packages-lint ## lay out the C files
	clang-format -i $$(find pipeline stages tests -name '*.[ch]')

# ---- install ----

.PHONY: install
install: all ## to $(DESTDIR)$(PREFIX), with manuals and completion
	install -D -m 755 $(QUERN) $(DESTDIR)$(PREFIX)/bin/quern
	for f in $(FILTERS); do ln -sf quern $(DESTDIR)$(PREFIX)/bin/quern-$$f; done
	for m in $(MANUALS); do install -D -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/}; done
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(QUERN) --completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/quern
	$(QUERN) --completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_quern
	$(QUERN) --completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/quern.fish

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/quern $(FILTERS:%=$(DESTDIR)$(PREFIX)/bin/quern-%) \
	    $(foreach m,$(MANUALS),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m))) \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/quern \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_quern \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/quern.fish

.PHONY: clean
clean: ## remove build/
	rm -rf build
