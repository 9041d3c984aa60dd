# Names of countries, their parts, languages and currencies, in English; of countries also in Chinese and others.
LEXICONS_PACKAGES += iso-codes
ISO_CODES := /usr/share/iso-codes/json
$(call lexicon, en-countries, iso-codes, iso-codes, LGPL-2.1+, $(ISO_CODES)/iso_3166-1.json)
$(call lexicon, subdivisions, iso-codes, iso-codes, LGPL-2.1+, $(ISO_CODES)/iso_3166-2.json)
$(call lexicon, en-languages, iso-codes, iso-codes, LGPL-2.1+, $(ISO_CODES)/iso_639-3.json)
$(call lexicon, en-currencies, iso-codes, iso-codes, LGPL-2.1+, $(ISO_CODES)/iso_4217.json)
$(foreach lang,de es fr it ja pl ru zh_CN zh_TW, $(call lexicon, $(lang)-countries, iso-codes, gettext, LGPL-2.1+, \
    /usr/share/locale/$(lang)/LC_MESSAGES/iso_3166-1.mo))
