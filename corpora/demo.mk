# make demo: turns Debian's package catalogue into training sets for a masked language model, and shows every step.
#
# A step is repeated only if one of its inputs, its command or quern itself has changed. steps/ reports each step, and
# manifest.json all of them.

DEMO := $(BUILD)/demo
# The catalogue of this Debian release or, if DEMO_CATALOGUE is set, the files Packages and Translation-en in that
# folder.
DEMO_SUITE ?= $(shell . /etc/os-release; echo $$VERSION_CODENAME)
DEMO_CATALOGUE ?=
DEMO_VOCAB_SIZE ?= 16000
DEMO_MASK ?= --prob 0.15 --replace 80,10,10

.PHONY: demo
demo: $(DEMO)/manifest.json ## package descriptions to masked training sets: fetch, grind, show
	@corpora/demo $(DEMO) $(QUERN)

# A recipe: writes the variable `text` to the target, but only if it has changed.
demo_text = @mkdir -p $(@D); [[ -e $@ && $$(<$@) == '$(text)' ]] || echo '$(text)' >$@

$(DEMO)/steps/quern: text = $(shell $(QUERN) --version; sha256sum <$(QUERN))
$(DEMO)/steps/quern: $(QUERN) FORCE
	$(demo_text)

# ---- the catalogue: fetched once; if that fails, synopses replace it until a later run can fetch it ----

$(DEMO)/source.json: $(DEMO)/steps/source.command $(DEMO_CATALOGUE:%=%/Packages) $(DEMO_CATALOGUE:%=%/Translation-en) \
    | build/packages-demo $(QUERN)
	@corpora/catalogue $(DEMO) $(DEMO_SUITE) $(DEMO_CATALOGUE)

$(DEMO)/steps/source.command: text = $(DEMO_SUITE) $(DEMO_CATALOGUE)
$(DEMO)/steps/source.command: FORCE
	@if [[ ! -e $(DEMO)/Packages.zst || ! -e $(DEMO)/Translation-en.zst ]] || \
	    grep -qs '"kind": "synopses"' $(DEMO)/source.json; then rm -f $@; fi
	$(demo_text)

# They keep their modification times if their contents are the same.
$(DEMO)/Packages.zst $(DEMO)/Translation-en.zst: $(DEMO)/source.json ;

# ---- the steps ----

# $(call demo,OUTPUT,INPUTS,FILTER AND OPTIONS): file names are without the folder. Each step waits for the one before,
# so that the display is readable. An output in a folder, FOLDER/FILE, is one of those that the step writes there.
define demo_step
$(DEMO)/$(1) $(DEMO)/steps/$(4).done &: $(2:%=$(DEMO)/%) $(DEMO)/steps/$(4).command $(DEMO)/steps/quern corpora/step \
    | build/packages-demo $(lastword $(DEMO_STEPS))
	@corpora/step $(DEMO)/$(4) "$$$$(<$(DEMO)/steps/$(4).command)"
$(DEMO)/steps/$(4).command: text = $(QUERN) $(3) -j 2 --stats $(DEMO)/steps/$(4).counters -o $(DEMO)/$(4)$(if $(findstring /,$(1)),/)
$(DEMO)/steps/$(4).command: FORCE
	$$(demo_text)
DEMO_STEPS += $(DEMO)/steps/$(4).done
endef
demo = $(eval $(call demo_step,$(strip $(1)),$(strip $(2)),$(strip $(3)),$(firstword $(subst /, ,$(strip $(1))))))

$(call demo, sections.jsonl.zst, Packages.zst, \
    import --format deb822 --id Package --label Section --member md5=Description-md5 $(DEMO)/Packages.zst)
$(call demo, descriptions.jsonl.zst, Translation-en.zst, \
    import --format deb822 --id Package --text Description-en --member md5=Description-md5 --lang en \
    $(DEMO)/Translation-en.zst)
$(call demo, labelled.jsonl.zst, descriptions.jsonl.zst sections.jsonl.zst, \
    join --with $(DEMO)/sections.jsonl.zst --on id$(COMMA)md5 --unmatched drop $(DEMO)/descriptions.jsonl.zst)
# Line ends are kept, since they also end sentences.
$(call demo, normalized.jsonl.zst, labelled.jsonl.zst, \
    normalize --form nfkc --control remove $(DEMO)/labelled.jsonl.zst)
$(call demo, segmented.jsonl.zst, normalized.jsonl.zst, segment $(DEMO)/normalized.jsonl.zst)
$(call demo, vocab/tokenizer.json, segmented.jsonl.zst, \
    train --type wordpiece --vocab-size $(DEMO_VOCAB_SIZE) $(DEMO)/segmented.jsonl.zst)
$(call demo, tokens.jsonl.zst, segmented.jsonl.zst vocab/tokenizer.json, \
    tokenize -m $(DEMO)/vocab --max-length 512 $(DEMO)/segmented.jsonl.zst)
$(call demo, masked-token.jsonl.zst, tokens.jsonl.zst vocab/tokenizer.json, \
    mask -m $(DEMO)/vocab --unit token $(DEMO_MASK) $(DEMO)/tokens.jsonl.zst)
$(call demo, masked-word.jsonl.zst, tokens.jsonl.zst vocab/tokenizer.json, \
    mask -m $(DEMO)/vocab --unit word $(DEMO_MASK) $(DEMO)/tokens.jsonl.zst)
$(call demo, masked-token.stats.json, masked-token.jsonl.zst vocab/tokenizer.json, \
    stats --json -m $(DEMO)/vocab $(DEMO)/masked-token.jsonl.zst)
$(call demo, masked-word.stats.json, masked-word.jsonl.zst vocab/tokenizer.json, \
    stats --json -m $(DEMO)/vocab $(DEMO)/masked-word.jsonl.zst)
# What a trainer takes: the class in `label` would be taken for the labels.
$(call demo, train.jsonl.zst, masked-word.jsonl.zst, \
    fields --keep id$(COMMA)input_ids$(COMMA)token_type_ids$(COMMA)attention_mask$(COMMA)labels $(DEMO)/masked-word.jsonl.zst)

$(DEMO)/manifest.json: $(DEMO)/source.json $(DEMO_STEPS)
	@corpora/manifest $@ $(DEMO)/source.json $(QUERN) $(DEMO_STEPS)
