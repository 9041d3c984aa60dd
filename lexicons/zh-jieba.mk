# The words of jieba, with frequencies and tags: quern segment --lexicon zh-jieba.
LEXICONS_PACKAGES += python3-jieba
$(call lexicon, zh-jieba, python3-jieba, jieba, MIT, /usr/lib/python3/dist-packages/jieba/dict.txt)
