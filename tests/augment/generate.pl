#!/usr/bin/perl
# generate.pl COUNT - records of texts that are hard to change: degenerate ones, then COUNT that are put together by
# chance (the same in every run) from words of many scripts, marks and white space, with entities anywhere: they cut words,
# touch, nest, overlap, are empty.
use strict;
use warnings;
use utf8;
binmode STDOUT, ':encoding(UTF-8)';

my $state = 1;
sub below { $state = ($state * 1103515245 + 12345) % 2147483648; return int($state / 65536) % $_[0] }

my @texts = ('', ' ', '!!!', '... ?', 'word', 'Word!', 'hello hello', 'Hello hello HELLO', 'it is not the of and', 'not never',
    '1998 2001', '¿?', "\x{0}", "a\x{0}b c\x{0} d", "one\x{85}two three\x{85}", "one\x{2028}two\x{2029}three four", 'İstanbul İ i̇ ı',
    'ﬁne ﬀ ﬃ ﬁ fi oﬀice', 'ｆｕｌｌ　ｗｉｄｔｈ full width', '👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦 family 👩🏽‍💻 code 🇩🇪', "e\x{301}te\x{301} \x{e9}t\x{e9} \x{301}", 'שלום עולם טוב', "\x{202b}مرحبا بالعالم\x{202c} abc",
    'ภาษาไทยง่าย', 'ひらがなカタカナ漢字 text', '第一，第二。第三 ！', '한국어 문장 입니다', 'हिन्दी में वाक्य', 'ß SS ss ẞ', 'ﷺ ① ² ½ Ⅳ', "  two  spaces\t\ttabs\n\nlines  ",
    "a\x{a0}b\x{202f}c\x{200b}d e", "so\x{ad}ft hyphen", 'ǅ ǆ Ǆ ŉ', "don\x{2019}t DON'T don't", 'U.S.A. e.g. a.b.c', 'http://a.b/c?d=e me@x.org @me #tag', 'x' x 300, 'a ' x 100,
    "\x{10fffd}\x{e000}", '中' x 50, '很好 很好 很好', 'One. Two! Three? Four. Five; six', 'One. One. ONE.', "(word) [word] \"word\"", 'good-good well-read', 'the the an a', 'AN A An a');
my @parts = (qw(good mill Mill corn GRINDS the a an not never old İ ﬁne ß é ŉ 3rd 12 x don’t can't ok 很 好 干净 房间 不 没有 张伟 ไทย שלום 한국 ひらがな カナ 👨‍👩‍👧‍👦 😀 ① ½), "e\x{301}", "\x{301}", '.', '!', '。', '，', ',', '(', ')', '-', '"', '#', '@', "\n", '. The', '? A');
my @spaces = (' ', ' ', ' ', ' ', '', '', '  ', "\t", "\x{a0}", '　', "\x{2028}", "\x{85}");
for (1 .. $ARGV[0]) {
    my $text = '';
    $text .= $parts[below(scalar @parts)] . $spaces[below(scalar @spaces)] for 0 .. below(24);
    push @texts, $text;
}
my $id = 0;
for my $text (@texts) {
    my @entities;
    my $length = length $text;
    if ($id % 3 && $length) {
        for (1 .. below(4)) {
            my $start = below($length + 1);
            my $end = $start + below(6);
            $end = $length if $end > $length;
            push @entities, "{\"start\":$start,\"end\":$end,\"label\":\"L" . below(3) . '"}';
        }
    }
    $text =~ s/([\\"\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
    $id++;
    printf '{"x": 1.0,"id":%s,"text":"%s","lang":"%s","entities":[%s],"y":"\\u0041"}' . "\n", $id % 2 ? $id : "\"g$id\"", $text,
        $id % 4 ? 'en' : 'zh', join ',', @entities;
}
