# Chinese characters: homophones, and simplified and traditional forms.
LEXICONS_PACKAGES += unicode-data
$(call lexicon, zh-homophones, unicode-data, unihan, Unicode-DFS-2016, /usr/share/unicode/Unihan_Readings.txt.bz2)
$(call lexicon, zh-variants, unicode-data, unihan, Unicode-DFS-2016, /usr/share/unicode/Unihan_Variants.txt.bz2)
