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

# ---- what predictions are worth: quern-confidence(1), quern-suspect(1) and quern-query(1) say what was found ----
#
#     make experiment-uda LEARNING_SETS='sms trec' LEARNING_SPLITS=3

LEARNING_SETS ?= sections sms trec sst2 chnsenticorp
LEARNING_SPLITS ?= 5

.PHONY: experiment-uda experiment-labels experiment-query
experiment-uda: ## what a pool of unlabelled records is worth to a classifier with few labels (5 minutes)
experiment-labels: ## how many wrong labels suspect finds, and what removing them is worth (5 minutes)
experiment-query: ## what it is worth to choose the records to label next (10 minutes)
experiment-uda experiment-labels experiment-query: experiment-%: $(DEMO)/normalized.jsonl.zst $(QUERN) | build/packages-experiments
	@export PATH=$(realpath $(BUILD))/bin:$$PATH; experiments/learning $* $(EXPERIMENTS)/$* \
	    '$(LEARNING_SETS)$(if $(filter uda,$*), eprstmt)' $(LEARNING_SPLITS) $(DEMO)/normalized.jsonl.zst '$(EXPERIMENT_DATA)'

.PHONY: show-balance
show-balance: $(DEMO)/normalized.jsonl.zst $(QUERN) | build/packages-experiments ## a picture of classes that SMOTE has balanced
	@PATH=$(realpath $(BUILD))/bin:$$PATH experiments/show-balance $(EXPERIMENTS)/show-balance $(DEMO)/normalized.jsonl.zst
