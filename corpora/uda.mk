# make uda: a classifier from few labelled records and a pool of others, in rounds (corpora/uda): the model of a round
# predicts the pool and variants of it, and what it is sure of trains the model of the next. A run that was stopped goes
# on with the round that it was in.
#
#     make uda UDA_LABELLED=labelled.jsonl UDA_POOL=pool.jsonl UDA_ROUNDS=5 UDA_CONFIDENCE='--preset fixmatch'
#
# Without files of your own: sections of the package catalogue, 20 labelled records of each.

UDA := $(BUILD)/uda
UDA_ROUNDS ?= 3
UDA_LABELLED ?= $(UDA)/sections.labelled.jsonl
UDA_POOL ?= $(UDA)/sections.pool.jsonl
UDA_TEST ?= $(if $(filter $(UDA)/%,$(UDA_LABELLED)),$(UDA)/sections.test.jsonl)
# How: see corpora/uda; make hands on what is given on its command line
UDA_SETTINGS := UDA_AUGMENT UDA_CONFIDENCE UDA_WEIGHT UDA_C

.PHONY: uda
uda: $(UDA)/rounds/$(UDA_ROUNDS)/model ## a classifier from few labels and a pool of texts, in rounds
	@PATH=$(realpath $(BUILD))/bin:$$PATH corpora/uda show $(UDA)/rounds $(UDA_ROUNDS) $(UDA_TEST)

$(UDA)/sections.labelled.jsonl: $(DEMO)/normalized.jsonl.zst $(QUERN)
	@mkdir -p $(@D)
	@PATH=$(realpath $(BUILD))/bin:$$PATH corpora/uda sections $(UDA) $<

$(UDA)/sections.%.jsonl: $(UDA)/sections.labelled.jsonl ;

# With other files, settings or another quern everything is made anew.
$(UDA)/settings: text = $(UDA_LABELLED) $(UDA_POOL) $(foreach name,$(UDA_SETTINGS),$(if $(filter undefined,$(origin $(name))),,$(name)=$($(name)))) $(shell sha256sum <$(QUERN))
$(UDA)/settings: $(QUERN) FORCE
	$(demo_text)

$(UDA)/rounds/prepared: $(UDA_LABELLED) $(UDA_POOL) $(UDA)/settings corpora/uda
	@PATH=$(realpath $(BUILD))/bin:$$PATH corpora/uda prepare $(UDA)/rounds $(UDA_LABELLED) $(UDA_POOL)
	@touch $@

$(UDA)/rounds/0/model: $(UDA)/rounds/prepared
	@PATH=$(realpath $(BUILD))/bin:$$PATH corpora/uda round $(UDA)/rounds 0

define uda_round
$(UDA)/rounds/$(1)/model: $(UDA)/rounds/$(shell echo $$(($(1) - 1)))/model
	@PATH=$$(realpath $$(BUILD))/bin:$$$$PATH corpora/uda round $(UDA)/rounds $(1)
endef
$(foreach round,$(shell seq $(UDA_ROUNDS)),$(eval $(call uda_round,$(round))))
