# make recipes: a small training set for each objective of the literature, made of the machine's own text with
# vocabularies trained on it, and verified. quern-recipes(7) explains them.
#
# English is the package catalogue of the demo, Chinese the fortunes and manuals of two packages.

RECIPES := $(BUILD)/recipes
RECIPE_NAMES := $(sort $(notdir $(wildcard corpora/recipes/*)))
RECIPE_DOCUMENTS ?= 4000

.PHONY: recipes
recipes: $(RECIPE_NAMES:%=$(RECIPES)/%.done) ## a verified training set for every objective

$(RECIPES)/%.done: corpora/recipes/% corpora/recipe $(RECIPES)/base.done
	@PATH=$(realpath $(BUILD))/bin:$$PATH corpora/recipe $* $(RECIPES)
	@touch $@

# ---- what the recipes start from ----

$(RECIPES)/base.done: $(DEMO)/normalized.jsonl.zst corpora/recipes-base $(QUERN) | build/packages-recipes
	@PATH=$(realpath $(BUILD))/bin:$$PATH corpora/recipes-base $(RECIPES) $(DEMO)/normalized.jsonl.zst $(RECIPE_DOCUMENTS)
	@touch $@
