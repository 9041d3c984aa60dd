# make experiment-augment: what augmentation is worth to a classifier, against copies of the same records. The data sets
# are those that are there; the package catalogue always is. quern-augment(1) says what was found.
#
#     make experiment-augment EXPERIMENT_SETS='sst2 trec' EXPERIMENT_SIZES='100 500' EXPERIMENT_SUBSETS=4

EXPERIMENTS := $(BUILD)/experiments
EXPERIMENT_SETS ?= sst2 trec chnsenticorp sections
EXPERIMENT_SIZES ?= 100 500 2000
EXPERIMENT_SUBSETS ?= 10
# Where sets that can't be shipped are: SET/ as in experiments/sets
EXPERIMENT_DATA ?= ../shared/data/labelled
# Chinese synonyms, a table of the Open Multilingual WordNet
EXPERIMENT_OMW ?= ../shared/data/lexicons/cow.tab.zst
EXPERIMENTS_PACKAGES := apertium-eng-spa fasttext liblinear-tools gawk gnuplot-nox jq zstd

.PHONY: experiment-augment
experiment-augment: $(DEMO)/normalized.jsonl.zst $(LEXICONS)/en-wordnet.done | build/packages-experiments ## what augmentation is worth to a classifier, against copies (30 minutes)
	@export PATH=$(realpath $(BUILD))/bin:$$PATH; \
	experiments/augment $(EXPERIMENTS)/augment '$(EXPERIMENT_SETS)' '$(EXPERIMENT_SIZES)' $(EXPERIMENT_SUBSETS) \
	    $(DEMO)/normalized.jsonl.zst $(LEXICONS)/en-wordnet.lex '$(EXPERIMENT_DATA)' '$(EXPERIMENT_OMW)'

# ---- what balancing classes is worth to a classifier; quern-resample(1) says what was found ----
#
#     make experiment-balance BALANCE_SETS='sms trec' EXPERIMENT_SPLITS=3

BALANCE_SETS ?= sections sms trec thucnews sst2 chnsenticorp
EXPERIMENT_SPLITS ?= 10

.PHONY: experiment-balance
experiment-balance: $(DEMO)/normalized.jsonl.zst $(QUERN) | build/packages-experiments ## what weights, resampling and SMOTE are worth to a classifier (10 minutes)
	@export PATH=$(realpath $(BUILD))/bin:$$PATH; \
	experiments/balance $(EXPERIMENTS)/balance '$(BALANCE_SETS)' $(EXPERIMENT_SPLITS) $(DEMO)/normalized.jsonl.zst '$(EXPERIMENT_DATA)'

.PHONY: show-balance
show-balance: $(DEMO)/normalized.jsonl.zst $(QUERN) | build/packages-experiments ## a picture of classes that SMOTE has balanced
	@PATH=$(realpath $(BUILD))/bin:$$PATH experiments/show-balance $(EXPERIMENTS)/show-balance $(DEMO)/normalized.jsonl.zst
