# The thesauri of LibreOffice. Only the English one is installed.
LEXICONS_PACKAGES += mythes-en-us
$(call lexicon, en-mythes, mythes-en-us, mythes, WordNet 3.0, /usr/share/mythes/th_en_US_v2.dat)
$(call lexicon, de-mythes, mythes-de, mythes, LGPL, /usr/share/mythes/th_de_DE_v2.dat)
$(call lexicon, es-mythes, mythes-es, mythes, LGPL-2.1+, /usr/share/mythes/th_es_ES_v2.dat)
$(call lexicon, fr-mythes, mythes-fr, mythes, LGPL-2.1+, /usr/share/mythes/thes_fr.dat)
$(call lexicon, it-mythes, mythes-it, mythes, see its copyright file, /usr/share/mythes/th_it_IT_v2.dat)
$(call lexicon, pl-mythes, mythes-pl, mythes, LGPL-2.1, /usr/share/mythes/th_pl_PL_v2.dat)
$(call lexicon, ru-mythes, mythes-ru, mythes, LGPL, /usr/share/mythes/th_ru_RU_v2.dat)
