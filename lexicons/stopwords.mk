# The stop words of Snowball, in 15 languages. Those of quern itself, stopwords.en.txt and stopwords.zh.txt, are built
# into the program.
LEXICONS_PACKAGES += liblingua-stopwords-perl
LINGUA_STOPWORDS := /usr/share/perl5/Lingua/StopWords
LINGUA_LISTS := $(foreach lang,da de en es fi fr hu id it nl no pt ro ru sv,$(LEXICONS)/snowball/$(lang).txt)

# With the package missing, so is the list.
$(LINGUA_LISTS): lexicons/stopwords-of-perl | build/packages-lexicons
	@mkdir -p $(@D)
	@module=$(LINGUA_STOPWORDS)/$$(basename $@ .txt | tr a-z A-Z).pm; \
	[[ ! -e $$module ]] || lexicons/stopwords-of-perl $$module >$@

$(foreach list,$(LINGUA_LISTS),$(eval $(LEXICONS)/stopwords-$(notdir $(basename $(list))).done: $(list)) \
    $(call lexicon, stopwords-$(notdir $(basename $(list))), liblingua-stopwords-perl, plain, Artistic or GPL-1+, $(list)))
