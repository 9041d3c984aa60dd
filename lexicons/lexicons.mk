# make lexicons: compiles the lexicons of Debian's packages into build/lexicons, with a manifest of what they were made
# of. The fragment NAME.mk beside this file has the recipes of one source. Small packages are installed; the lexicons of
# others are made if they are installed.
#
#     QUERN_PATH=build/lexicons quern segment --lexicon zh-jieba reviews.jsonl

LEXICONS := $(BUILD)/lexicons
LEXICON_NAMES :=
LEXICONS_PACKAGES := jq

# $(call lexicon,NAME,PACKAGE,FORMAT,LICENCE,OPTIONS AND SOURCES): makes NAME.lex.
define lexicon_rule
LEXICON_NAMES += $(1)
$(LEXICONS)/$(1).done: $(QUERN) lexicons/lexicon $(wildcard $(lastword $(5))) | build/packages-lexicons
	@PATH=$(realpath $(BUILD))/bin:$$$$PATH lexicons/lexicon $(LEXICONS)/$(1).lex $(2) $(3) '$(4)' $(5)
	@mkdir -p $(LEXICONS) && touch $$@
endef
lexicon = $(eval $(call lexicon_rule,$(strip $(1)),$(strip $(2)),$(strip $(3)),$(strip $(4)),$(strip $(5))))

include $(sort $(filter-out lexicons/lexicons.mk,$(wildcard lexicons/*.mk)))

.PHONY: lexicons
lexicons: $(LEXICONS)/manifest.json ## compile the lexicons of Debian's packages: WordNet, MyThes, jieba, names, stop words

$(LEXICONS)/manifest.json: $(LEXICON_NAMES:%=$(LEXICONS)/%.done)
	@PATH=$(realpath $(BUILD))/bin:$$PATH; jq -s --arg versions "$$(quern --version)" \
	    '{versions: ($$versions | split("\n")), lexicons: sort_by(.name)}' $(LEXICONS)/*.lex.json >$@.new && mv $@.new $@
	@echo "# $@"

# Debian has no Chinese synonyms: one of these tables has to be brought along.
CILIN ?=
OMW ?=
.PHONY: lexicon-zh
lexicon-zh: $(QUERN) | build/packages-lexicons ## Chinese synonyms, of a table that Debian does not have: CILIN=FILE or OMW=FILE
	@[[ -n '$(CILIN)$(OMW)' ]] || { echo 'expected CILIN=FILE or OMW=FILE: man quern-lexicon' >&2; exit 2; }
	@export PATH=$(realpath $(BUILD))/bin:$$PATH; \
	[[ -z '$(CILIN)' ]] || lexicons/lexicon $(LEXICONS)/zh-cilin.lex - cilin '' '$(CILIN)'; \
	[[ -z '$(OMW)' ]] || lexicons/lexicon $(LEXICONS)/zh-omw.lex - omw '' '$(OMW)'
