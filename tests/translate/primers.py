#!/usr/bin/env python3
"""Finds primers for a pair of Apertium: see stages/translate/apertium_tagger.h.

    tests/translate/primers.py PAIR TEXTS

TEXTS has a text a line, in the language that the pair translates from; the more, the better. For each word that makes
the tagger replace its open class by a smaller one: how many tags are left, the word, and of the first 3,000 texts how
many a process with this primer translates otherwise than a fresh process would, and how many differ between forward,
backward and shuffled. A primer must leave three tags. The first line has the digest for the table."""
import collections
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
import threading

SPECIAL = set('\\[]^$/<>{}@')
FEW = 3000


class Model:
    """What of a file of apertium-tagger decides about its open class."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            self.bytes = file.read()
        self.at = 0
        self.open, tag = set(), 0
        for _ in range(self.number()):
            tag += self.number()
            self.open.add(tag)
        for _ in range(self.number()):  # rules that forbid
            self.number(), self.number()
        self.tags = [self.string() for _ in range(self.number())]
        for _ in range(self.number()):  # tags by name
            self.string(), self.number()
        for _ in range(self.number()):  # rules that enforce
            self.number(), [self.number() for _ in range(self.number())]
        for _ in range(self.number()):  # rules that prefer
            self.string()
        for _ in range(self.number()):  # constants
            self.string(), self.number()
        self.sets = [frozenset(self.number() for _ in range(self.number())) for _ in range(self.number())]

    def number(self):
        length = (self.bytes[self.at] >> 6) + 1
        value = int.from_bytes(self.bytes[self.at:self.at + length], 'big') & ((1 << (8 * length - 2)) - 1)
        self.at += length
        return value

    def string(self):
        return ''.join(chr(self.number()) for _ in range(self.number()))

    def after(self, open_class, names):
        """The open class after a word with these tags."""
        tags = frozenset(self.tags.index(name) for name in names)
        for one in self.sets:
            if len(one) < len(open_class) and tags <= one:
                open_class = one
        return open_class


def request(text, number=0):
    escaped = ''.join('\\' + c if c in SPECIAL else '[~]' if c == '~' else ' ' if c < ' ' else c for c in text)
    return f'{escaped}[].[][\n#{number}]\0'


def run(stages, data, errors=subprocess.DEVNULL):
    """The output of the pipeline, cut at its NULs."""
    programs, source = [], subprocess.PIPE
    environment = dict(os.environ, LC_ALL='C.UTF-8')
    for stage in stages:
        programs.append(subprocess.Popen(stage, stdin=source, stdout=subprocess.PIPE, stderr=errors, env=environment))
        if len(programs) > 1:
            programs[-2].stdout.close()
        source = programs[-1].stdout

    def feed():
        programs[0].stdin.write(data.encode())
        programs[0].stdin.close()

    thread = threading.Thread(target=feed)
    thread.start()
    parts = programs[-1].stdout.read().decode(errors='replace').split('\0')
    thread.join()
    while parts and parts[-1] == '':
        parts.pop()
    return parts


def main():
    pair, path = sys.argv[1:]
    with open(path, encoding='utf-8') as file:
        texts = [line.strip().replace('\u00ad', '').replace('\uffff', '') for line in file if line.strip()]
    with open(f'/usr/share/apertium/modes/{pair}.mode', encoding='utf-8') as file:
        words = [shlex.split(part) for part in file.read().replace('$1', '-n').replace('$2', '').split('|')]
    stages = [[word[0], '-z'] + word[1:] for word in words]
    at = max(i for i, stage in enumerate(stages) if stage[0] == 'apertium-tagger')
    before, tagger, rest = stages[:at], stages[at], stages[at + 1:]
    files = [word for stage in stages[:at + 1] for word in stage if word.startswith('/')]
    data = b''.join(open(name, 'rb').read() for name in files)
    digest = subprocess.run(['xxhsum', '-H2'], input=data, capture_output=True, check=True)
    model = Model(next(word for word in tagger if word.endswith('.prob')))
    print(f'{pair}: digest 0x{digest.stdout[:16].decode()}, {len(model.open)} tags are open', flush=True)

    def unknown(some):
        with tempfile.TemporaryFile('w+', encoding='utf-8') as errors:
            run(before + [tagger[:2] + ['-d'] + tagger[2:]], ''.join(map(request, some)), errors)
            errors.seek(0)
            return re.findall(r"Word '(.*?)'\.\nNew ambiguity class: {(.*?)}", errors.read())

    # words that shrink it, by what they leave
    found = collections.defaultdict(list)
    for word, names in unknown(texts):
        left = model.after(model.open, names.split(','))
        if left != model.open and len(found[left]) < 8:
            found[left] += [form for form in (word, word.lower()) if form not in found[left]]

    few = texts[:FEW]
    analysed = run(before, ''.join(request(text, i) for i, text in enumerate(few)))
    end = [part + '\0' for part in analysed]
    fresh = run(rest, ''.join(run([tagger], part)[0] + '\0' for part in end))

    def translate(order, primer):
        start = '' if primer is None else run(before, request(primer))[0] + '\0'
        made = run([tagger] + rest, start + ''.join(end[i] for i in order))[primer is not None:]
        return dict(zip(order, made))

    def judge(primer):
        forward = list(range(len(few)))
        shuffled = random.Random(1).sample(forward, len(forward))
        made = [translate(order, primer) for order in (forward, forward[::-1], shuffled)]
        return (sum(made[0][i] != fresh[i] for i in forward),
                sum(not made[0][i] == made[1][i] == made[2][i] for i in forward))

    print('left primer other-than-fresh order-dependent tags')
    print('  -', '-', *judge(None), flush=True)
    for left, forms in sorted(found.items(), key=lambda item: len(item[0])):
        for form in forms:
            form = re.sub(r'\\(.)', r'\1', form)
            open_class = model.open
            for _, names in unknown([form]):
                open_class = model.after(open_class, names.split(','))
            if open_class == left:
                print(f'{len(left):3}', repr(form), *judge(form), ' '.join(model.tags[i] for i in sorted(left)),
                      flush=True)
                break


main()
