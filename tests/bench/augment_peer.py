"""augment_peer.py PEER FILE RECORDS - nine variants of each of the first RECORDS texts of FILE by another program.

Texts are in memory before the clock starts and the variants stay there: neither reading, writing nor the start of the
program counts. Writes the seconds that all records of FILE would have taken to the file that the environment variable
SECONDS_FILE names, and prints how many variants came, and how many of them are the text or an earlier variant again,
after NFKC, case folding and collapse of white space.
"""
import contextlib
import importlib.util
import io
import json
import os
import random
import sys
import time
import unicodedata

VARIANTS = 9
ALPHA = 0.1


def textaugment():
    """The EDA of textaugment as eda_nlp drives it: a quarter of the variants by each operation, and one more."""
    import nltk

    nltk.data.path = [os.path.join(sys.prefix, "nltk_data")]
    nltk.download = lambda *_, **__: True
    found = importlib.util.find_spec("nltk").submodule_search_locations[0]
    path = os.path.join(os.path.dirname(found), "textaugment", "eda.py")
    spec = importlib.util.spec_from_file_location("textaugment_eda", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with open("lexicons/stopwords.en.txt", encoding="utf-8") as lines:
        words = [line.split("\t")[0].strip() for line in lines if line[0] != "#"]
    eda = module.EDA(stop_words=words)

    def augment(text):
        n = max(1, int(ALPHA * len(text.split())))
        out = []
        for _ in range(VARIANTS // 4 + 1):
            out.append(eda.synonym_replacement(text, n))
            out.append(eda.random_insertion(text, n))
            out.append(eda.random_swap(text, n))
            out.append(eda.random_deletion(text, ALPHA))
        random.shuffle(out)
        return out[:VARIANTS]

    return augment


def nlpaug(action):
    import nlpaug.augmenter.word

    augmenter = nlpaug.augmenter.word.RandomWordAug(action=action, aug_p=ALPHA)
    return lambda text: augmenter.augment(text, n=VARIANTS)


def nlpcda(share):
    with contextlib.redirect_stdout(io.StringIO()):
        import nlpcda

        augmenter = nlpcda.Similarword(create_num=VARIANTS + 1, change_rate=share)
    return lambda text: augmenter.replace(text)[1:]


PEERS = {
    "textaugment": textaugment,
    "nlpaug-swap": lambda: nlpaug("swap"),
    "nlpaug-delete": lambda: nlpaug("delete"),
    "nlpcda-default": lambda: nlpcda(0.05),
    "nlpcda-alpha": lambda: nlpcda(ALPHA),
}


def fold(text):
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def main():
    peer, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(path, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    augment = PEERS[peer]()
    chosen = texts[:count]
    augment(chosen[0])
    start = time.process_time()
    variants = [augment(text) for text in chosen]
    seconds = time.process_time() - start
    with open(os.environ["SECONDS_FILE"], "w", encoding="utf-8") as out:
        print(seconds * len(texts) / len(chosen), file=out)
    again = 0
    for text, made in zip(chosen, variants):
        seen = {fold(text)}
        for variant in made:
            again += fold(variant) in seen
            seen.add(fold(variant))
    print(sum(map(len, variants)), again)


main()
