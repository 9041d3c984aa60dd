# WordNet 3.0: synonyms of English, as they are and with inflected forms.
LEXICONS_PACKAGES += wordnet-base
$(call lexicon, en-wordnet, wordnet-base, wndb, WordNet 3.0, /usr/share/wordnet)
$(call lexicon, en-wordnet-inflected, wordnet-base, wndb, WordNet 3.0, --inflect en /usr/share/wordnet)
