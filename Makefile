# quern. `make help` lists the verbs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=

# Each kind of build has its own folder:
#     make SAN=1 …          the address and undefined behaviour sanitizers (build/san)
#     make SAN=address …    one sanitizer: address, undefined, thread or memory (build/san-address …). memory needs clang
#                           and treats memory written by a library as uninitialized, so use it only for unit tests of
#                           code that calls no library: make SAN=memory build/san-memory/tests/pipeline/unit_json
#     make COV=1 …          counts which lines run (build/cov); make coverage runs the tests this way and sums up
SAN ?=
COV ?=
BUILD := build$(if $(SAN),/san$(patsubst %,-%,$(filter-out 1,$(SAN))),$(if $(COV),/cov))
QUERN := $(BUILD)/bin/quern

ifeq ($(origin CC),default)
CC := $(if $(filter memory,$(SAN)),clang,gcc)
endif
COMMA := ,
SANITIZERS := $(if $(filter 1,$(SAN)),address$(COMMA)undefined,$(SAN))
ifneq ($(SAN),)
CFLAGS ?= -O1 -g -fsanitize=$(SANITIZERS) -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifneq ($(COV),)
CFLAGS ?= -O1 -g --coverage -fprofile-update=atomic
else
# make bench shows no cost of the hardening. _FORTIFY_SOURCE may already be defined with another value.
CFLAGS ?= -O3 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
LDFLAGS ?= -Wl,-z,relro,-z,now
endif
STRICT := -std=c11 -D_GNU_SOURCE -Ipipeline -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
# The same binary in any folder, and the same sums on any processor: otherwise a compiler may fuse a * b + c.
REPRODUCIBLE := -ffile-prefix-map=$(CURDIR)=. -ffp-contract=off
COMPILE = $(CC) $(STRICT) $(CFLAGS) $(REPRODUCIBLE) $(CPPFLAGS) $(INCLUDES) -MMD -MP
LINK = $(CC) $(CFLAGS) $(LDFLAGS)
LIBRARIES := icu-uc icu-i18n libutf8proc libzstd libpcre2-8 libxxhash zlib liblzma liblz4 libxml-2.0 libmd
LIBS = $(shell pkg-config --libs $(LIBRARIES)) -lbz2 -lm -pthread

# Everything is found by name: a filter is a file in stages/, and its other sources are in a folder there.
FILTERS := $(sort $(patsubst stages/%.c,%,$(wildcard stages/*.c)))
SOURCES := $(sort $(wildcard pipeline/*/*.c stages/*.c stages/*/*.c stages/*/*/*.c))
MAIN := $(BUILD)/obj/pipeline/run/main.o
# Everything but main, so that tests link what they need.
ARCHIVE := $(BUILD)/obj/quern.a
OBJECTS := $(filter-out $(MAIN),$(SOURCES:%.c=$(BUILD)/obj/%.o)) $(BUILD)/obj/stages.o \
    $(BUILD)/obj/stop_lists.o
MANUALS := $(sort $(wildcard man/*.[157]))

.PHONY: all
all: $(QUERN) ## build build/bin/quern

.PHONY: help
help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile corpora/*.mk lexicons/*.mk experiments/*.mk | expand -t 20

# ---- packages: missing ones are installed through apt, with sudo unless root ----

BUILD_PACKAGES := gcc libc6-dev make pkg-config libicu-dev libutf8proc-dev libzstd-dev librandom123-dev libxxhash-dev \
    libpcre2-dev zlib1g-dev libbz2-dev liblzma-dev liblz4-dev libxml2-dev libmd-dev
DEMO_PACKAGES := zstd jq
TEST_PACKAGES := apertium apertium-eng-spa fasttext libcmocka-dev bats mandoc groff jq zstd gzip bzip2 xz-utils lz4 zsh fish
LINT_PACKAGES := clang clang-format clang-tidy cppcheck mandoc shellcheck
FUZZ_PACKAGES := clang libclang-rt-14-dev
BENCH_PACKAGES := apertium apertium-eng-spa gawk jq zstd time
PRODUCTS_PACKAGES := libopenblas0-serial
RECIPES_PACKAGES := jq fortunes-zh manpages-zh mandoc bsdextrautils
PEERS_PACKAGES := python3-venv python3-dev g++ time zstd

# Packages are installed for all builds, so the stamps are in build/ whatever BUILD is.
build/packages-%: Makefile
	@mkdir -p build
	@tools/packages $($(shell echo $* | tr a-z A-Z)_PACKAGES)
	@touch $@

.PHONY: deps
deps: $(addprefix build/packages-,build demo test lint bench products fuzz peers recipes lexicons experiments) ## install every package that any verb needs

# ---- the binary ----

$(QUERN): $(MAIN) $(OBJECTS) $(BUILD)/obj/list
	@mkdir -p $(@D)
	@echo "link $@"
	@$(LINK) -o $@ $(MAIN) $(OBJECTS) $(LIBS)

$(ARCHIVE): $(OBJECTS) $(BUILD)/obj/list
	@rm -f $@
	@ar rcsD $@ $(OBJECTS)

$(BUILD)/obj/%.o: %.c $(BUILD)/obj/flags | build/packages-build
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) -c -o $@ $<

# Its headers are in a folder of their own.
$(BUILD)/obj/stages/lexicon/wn_lmf.o: INCLUDES = $(shell pkg-config --cflags libxml-2.0)

# $(call stamp,TEXT): a recipe for a file that contains TEXT and is rewritten only if TEXT has changed.
stamp = @mkdir -p $(@D); printf '%s\n' $(1) | cmp -s - $@ || printf '%s\n' $(1) >$@
quoted = '$(subst ','\'',$(1))'

# With other flags everything is recompiled. tests/run reads the first lines to call make for the same build.
$(BUILD)/obj/flags: FORCE
	$(call stamp,$(foreach v,SAN COV CC CFLAGS CPPFLAGS LDFLAGS STRICT,$(call quoted,$v=$($v))))

# When a source file is removed, everything is relinked.
$(BUILD)/obj/list: FORCE
	$(call stamp,$(OBJECTS))

# The list of all filters.
$(BUILD)/obj/stages.c: FORCE
	$(call stamp,'#include "record/stage.h"' \
	    $(foreach f,$(subst -,_,$(FILTERS)),'extern const struct stage stage_$f;') \
	    'const struct stage *const stages[] = {' $(foreach f,$(subst -,_,$(FILTERS)),'    &stage_$f$(COMMA)') '    NULL' '};')

$(BUILD)/obj/stages.o: $(BUILD)/obj/stages.c $(BUILD)/obj/flags | build/packages-build
	@$(COMPILE) -c -o $@ $<

# The lists of stop words that are built in: their files as C strings.
STOP_LISTS := $(sort $(wildcard lexicons/stopwords.*.txt))
$(BUILD)/obj/stop_lists.c: $(STOP_LISTS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "words/stop_list.h"'; echo 'const struct stop_list_file stop_list_files[] = {'; \
	    for file in $(STOP_LISTS); do \
	        name=$${file#*.}; echo "{\"$${name%.txt}\","; \
	        sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $$file; echo '},'; \
	    done; echo '{0}};'; } >$@

$(BUILD)/obj/stop_lists.o: $(BUILD)/obj/stop_lists.c $(BUILD)/obj/flags | build/packages-build
	@$(COMPILE) -Istages -Wno-overlength-strings -c -o $@ $<

.PHONY: FORCE
FORCE:

# ---- the data sets ----

include $(wildcard corpora/*.mk) lexicons/lexicons.mk experiments/experiments.mk

.PHONY: corpora
corpora: demo ## build every data set

# ---- tests ----

UNITS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/*/unit_*.c)))
FUZZERS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
# For LD_PRELOAD, which does not work with the sanitizers, nor with gcov, whose own calls do not expect to fail.
PRELOADS := $(if $(SAN)$(COV),,$(BUILD)/tests/faults/nth_call.so)
HELPERS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(filter-out $(wildcard tests/*/unit_*.c tests/fuzz/*.c tests/*/nth_call.c),$(wildcard tests/*/*.c))))
# A fuzz target has no main of its own: it is linked with the plain driver or, by make fuzz, with libFuzzer.
FUZZ_MAIN := $(BUILD)/tests/fuzz/driver.o
TEST_OBJECTS := $(patsubst %,%.o,$(UNITS) $(FUZZERS) $(HELPERS)) $(BUILD)/tests/fuzz/driver.o

.PHONY: test
test: build/packages-test all ## run every test; tests/run NAME runs those of one folder
	+@BUILD=$(BUILD) tests/run

# The programs for tests/run: all, or those that the tests in the folder ONLY need; or the unit tests alone.
ONLY :=
.PHONY: units
units: $(filter $(BUILD)/tests/$(if $(ONLY),$(ONLY)/)%,$(UNITS)) | build/packages-test

.PHONY: programs
programs: $(QUERN) $(filter $(BUILD)/tests/$(if $(ONLY),$(ONLY)/)%,$(UNITS) $(FUZZERS) $(HELPERS) $(PRELOADS)) | build/packages-test

$(TEST_OBJECTS): $(BUILD)/tests/%.o: tests/%.c $(BUILD)/obj/flags | build/packages-test
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) -I. -c -o $@ $<

$(UNITS) $(HELPERS): %: %.o $(ARCHIVE)
	@$(LINK) -o $@ $^ $(LIBS) -lcmocka

$(PRELOADS): $(BUILD)/tests/%.so: tests/%.c $(BUILD)/obj/flags | build/packages-test
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(COMPILE) -fPIC -shared -o $@ $<

$(FUZZERS): %: %.o $(FUZZ_MAIN) $(ARCHIVE)
	@$(LINK) $(FUZZ_FLAGS) -o $@ $^ $(LIBS)

-include $(wildcard $(patsubst %.o,%.d,$(MAIN) $(OBJECTS) $(TEST_OBJECTS)))

.PHONY: torture
torture: build/packages-test programs ## make each call of the C library fail in turn; make test only samples (minutes)
	BUILD=$(BUILD) NTH_ALL=1 tests/faults/nth_call.sh

# Without vector instructions, and compiled by clang, everything must read and write the same.
.PHONY: test-scalar
test-scalar: build/packages-test build/packages-lint ## unit tests of the code for other processors, compiled by clang
	+@$(MAKE) BUILD=build/scalar CC=clang CFLAGS=-O1 CPPFLAGS=-U__SSE2__ units
	+@BUILD=build/scalar tests/run --units

# In emulation, with Debian's arm64 libraries unpacked into a folder; the system itself is not changed.
ARM64 := build/arm64
ARM64_PACKAGES := gcc-aarch64-linux-gnu qemu-user
ARM64_LIBRARIES := libcmocka-dev $(filter %-dev,$(BUILD_PACKAGES))

$(ARM64)/root.stamp: tools/foreign Makefile | build/packages-arm64
	@rm -rf $(ARM64)/root
	@tools/foreign arm64 $(ARM64)/root $(ARM64_LIBRARIES)
	@touch $@

.PHONY: test-arm64
test-arm64: build/packages-test all $(ARM64)/root.stamp ## unit tests and every filter on arm64, by qemu, against this processor
	+@export PKG_CONFIG_SYSROOT_DIR=$(CURDIR)/$(ARM64)/root \
	    PKG_CONFIG_LIBDIR=$(CURDIR)/$(ARM64)/root/usr/lib/aarch64-linux-gnu/pkgconfig \
	    EMULATOR='qemu-aarch64 -L $(CURDIR)/$(ARM64)/root'; \
	$(MAKE) BUILD=$(ARM64) CC='aarch64-linux-gnu-gcc --sysroot=$(CURDIR)/$(ARM64)/root' CFLAGS='-O1 -g' programs; \
	tests/elsewhere $$EMULATOR $(CURDIR)/$(ARM64)/bin/quern; \
	BUILD=$(ARM64) tests/run --units

.PHONY: coverage
coverage: ## show which share of each file's lines the tests run
	@$(MAKE) COV=1 test || true
	tools/coverage build/cov

.PHONY: regen-golden
regen-golden: all ## write the current output into the expectations of tests/bugs and *.triples; review the diff
	BUILD=$(BUILD) tests/bugs/bugs.sh --write
	BUILD=$(BUILD) tests/triples --write tests/*/*.triples

# clang's pointer-overflow check would reject NULL + 0, the end of an empty slice.
FUZZ_SECONDS ?= 30

.PHONY: fuzz
fuzz: build/packages-fuzz ## search for inputs that crash, FUZZ_SECONDS (30) per target
	@$(MAKE) BUILD=build/fuzz CC=clang FUZZ_MAIN= FUZZ_FLAGS=-fsanitize=fuzzer fuzzers \
	    CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer'
	BUILD=build/fuzz tests/fuzz/search $(FUZZ_SECONDS)

.PHONY: fuzzers
fuzzers: $(FUZZERS)

.PHONY: bench
bench: build/packages-bench all ## measure against the budgets, as ratios
	tests/bench/run

# Other tokenizers, only for benchmarks and comparisons.
build/peers/ready: tests/bench/peers tests/bench/peers.txt tests/bench/peers_vocabs.py | build/packages-peers
	tests/bench/peers

.PHONY: peers
peers: build/peers/ready ## install other tokenizers in a throw-away environment under build/peers

# Other programs for JSONL, for benchmarks.
build/peers-filters/ready: tests/bench/filters_peers | build/packages-peers
	tests/bench/filters_peers

.PHONY: bench-filters
bench-filters: build/peers-filters/ready build/packages-bench all ## measure the everyday filters beside others, as ratios
	tests/bench/filters

# The collators of transformers, for benchmarks and comparisons.
build/peers-objectives/ready: tests/bench/objectives_peers | build/packages-peers
	tests/bench/objectives_peers

.PHONY: peers-objectives
peers-objectives: build/peers-objectives/ready recipes ## compare laws and counts with the programs of the field (PyPI)
	PATH=$(CURDIR)/$(BUILD)/bin:$$PATH build/peers-objectives/bin/python tests/conformance/objectives_differ.py $(RECIPES)

.PHONY: bench-objectives
bench-objectives: build/peers-objectives/ready build/packages-bench all ## measure what makes training sets beside others, as ratios
	tests/bench/objectives

# Other programs that augment texts, for benchmarks.
build/peers-augment/ready: tests/bench/augment_peers | build/packages-peers build/packages-lexicons
	tests/bench/augment_peers || echo 'the others can not be installed: quern is measured alone' >&2

.PHONY: bench-augment
bench-augment: build/peers-augment/ready $(LEXICONS)/en-wordnet.done $(LEXICONS)/zh-jieba.done build/packages-bench all ## measure augmentation and lexicons beside others, as ratios
	tests/bench/augment

# Other programs that balance classes, for benchmarks.
build/peers-balance/ready: tests/bench/balance_peers | build/packages-peers
	tests/bench/balance_peers || echo 'the others can not be installed: quern is measured alone' >&2

.PHONY: bench-balance
bench-balance: build/peers-balance/ready build/packages-bench build/packages-products all $(BUILD)/tests/bench/neighbors ## measure the balancing of classes: speed, memory, neighbours beside others, as ratios
	tests/bench/balance

# Other programs that make something of predictions, for benchmarks.
build/peers-predictions/ready: tests/bench/predictions_peers | build/packages-peers
	tests/bench/predictions_peers || echo 'the others can not be installed: quern is measured alone' >&2

.PHONY: bench-predictions
bench-predictions: build/peers-predictions/ready build/packages-bench all ## measure models and what is made of predictions beside others, as ratios
	tests/bench/linear
	tests/bench/predictions

.PHONY: bench-via
bench-via: build/packages-bench all $(BUILD)/tests/bench/via_raw ## measure engines: what it costs to ask one, and Apertium beside a plain loop
	tests/bench/via

.PHONY: bench-tokenizers
bench-tokenizers: peers all $(BUILD)/tests/bench/encode ## measure the tokenizers beside others, as ratios
	build/peers/bin/python tests/bench/tokenizers --build $(BUILD)

# What trains with quern's output: PyTorch and Transformers, 5 GB.
build/consumer/ready: tests/consumer/requirements.txt | build/packages-peers
	@mkdir -p $(@D)
	python3 -m venv --clear build/consumer/environment
	build/consumer/environment/bin/pip install -q --only-binary :all: -r tests/consumer/requirements.txt
	@touch $@

.PHONY: consumer
consumer: build/consumer/ready demo recipes ## train small models on what the README, the demo and the recipes make; engines in Python (PyPI, 5 GB)
	tests/consumer/consumer build/consumer/environment/bin/python
	tests/consumer/engines build/consumer/environment/bin/python
	tests/consumer/recipes build/consumer/environment/bin/python

CONFORMANCE_MEGABYTES ?= 100
TOKENIZERS ?=

.PHONY: conformance
conformance: peers all $(BUILD)/tests/conformance/nbest ## compare the tokenizers with the references, over CONFORMANCE_MEGABYTES (100); or those in the folder TOKENIZERS
ifneq ($(TOKENIZERS),)
	build/peers/bin/python tests/conformance/tokenizers_differ.py --quern $(QUERN) --megabytes 1 --folder $(TOKENIZERS)
else
	tests/conformance/tokenizers_texts
	build/peers/bin/python tests/conformance/tokenizers_differ.py --quern $(QUERN) --megabytes $(CONFORMANCE_MEGABYTES)
	build/peers/bin/python tests/conformance/patterns_differ.py --quern $(QUERN)
	build/peers/bin/python tests/conformance/nbest_differ.py --nbest $(BUILD)/tests/conformance/nbest --texts build/conformance/texts.$(CONFORMANCE_MEGABYTES).jsonl
	build/peers/bin/python tests/conformance/trainer_differ.py --quern $(QUERN) --texts build/conformance/texts.$(CONFORMANCE_MEGABYTES).jsonl
endif

# ---- lint ----

.PHONY: lint
lint: build/packages-lint ## warnings as errors, formatters, analysers, rules of this tree
	tools/lint

.PHONY: format
format: build/packages-lint ## format the C files
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
	for f in $(FILTERS); do \
	    ln -sf quern $(DESTDIR)$(PREFIX)/share/bash-completion/completions/quern-$$f; \
	    ln -sf quern.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/quern-$$f.fish; \
	done

.PHONY: uninstall
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/quern $(FILTERS:%=$(DESTDIR)$(PREFIX)/bin/quern-%) \
	    $(foreach m,$(MANUALS),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m))) \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/bash-completion/completions/,quern $(FILTERS:%=quern-%)) \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_quern \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/,quern.fish $(FILTERS:%=quern-%.fish))

.PHONY: clean
clean: ## remove build/
	rm -rf build
