# quern: verbs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
ifeq ($(origin CC),default)
CC := cc
endif

# make SAN=1 …: address and undefined behaviour sanitizers, in a build folder of its own.
SAN ?=
BUILD := build$(if $(SAN),/san)
QUERN := $(BUILD)/bin/quern

PACKAGES := icu-uc icu-i18n libutf8proc libzstd libpcre2-8 libxxhash zlib liblzma
CFLAGS ?= $(if $(SAN),-O1 -g -fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer,-O3 -g)
comma := ,
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
override CFLAGS += -std=c11 -D_GNU_SOURCE -Ipipeline $(WARNINGS)
LIBS = $(shell pkg-config --libs $(PACKAGES)) -lbz2 -pthread

# Everything is collected by its name: a filter is a file in stages/, what it needs beside it is a folder there.
FILTERS := $(sort $(patsubst stages/%.c,%,$(wildcard stages/*.c)))
SOURCES := $(sort $(wildcard pipeline/*.c stages/*.c stages/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/stages.o

.PHONY: all
all: $(QUERN)

$(QUERN): $(OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: %.c | deps
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# The table of filters; rewritten only when the list of files has changed.
$(BUILD)/obj/stages.c: FORCE
	@mkdir -p $(@D)
	@{ echo '#include "stage.h"'; \
	   for f in $(FILTERS); do echo "extern const struct stage stage_$${f//-/_};"; done; \
	   echo 'const struct stage *const stages[] = {'; \
	   for f in $(FILTERS); do echo "    &stage_$${f//-/_},"; done; \
	   echo '    NULL,'; echo '};'; } >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/obj/stages.o: $(BUILD)/obj/stages.c
	$(CC) $(CFLAGS) -c -o $@ $<

.PHONY: FORCE deps
FORCE:
deps:

-include $(OBJECTS:.o=.d)

.PHONY: clean
clean:
	rm -rf build
