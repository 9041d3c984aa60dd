#!/usr/bin/perl
# laws.pl OP ALPHA [NAME=VALUE]... IN <OUT - judges the variants in OUT, the output of quern augment --emit both over IN,
# by the laws of their operation. Nothing of quern is used: edits are applied, words are counted and lists are looked up
# here. OP all is --policy all: what is true of every operation. For each law a line: its name, how often it was judged, how often it did not hold, the first id where it did not.
# The records of IN have words. NAME=VALUE: what the run was given (synonyms, stop, entities, chars, table: files; window, prob,
# explain); protect=none.
use strict;
use warnings;
use utf8;
use feature qw(fc say);
use Unicode::Normalize;
use List::Util qw(min max sum0);
binmode STDOUT, ':encoding(UTF-8)';

my ($op, $alpha) = splice @ARGV, 0, 2;
my %given;
while (@ARGV && $ARGV[0] =~ /^(\w+)=(.*)$/) { $given{$1} = $2; shift @ARGV }

my (%judged, %broken, %where);
sub law($$;$) { # NAME HOLDS ID; each a scalar, so that a list or a failed match is no argument less
    $judged{$_[0]}++;
    return if $_[1];
    $broken{$_[0]}++;
    $where{$_[0]} //= $_[2];
}

# ---- JSON: members in their order, and the bytes of each ----

my %escape = (b => "\b", f => "\f", n => "\n", r => "\r", t => "\t");
sub string {
    /\G"((?:[^"\\]|\\.)*)"/gc or die "no string at ", pos;
    my $s = $1;
    utf8::decode($s);
    $s =~ s/\\u([dD][89abAB]..)\\u([dD][c-fC-F]..)/chr(0x10000 + ((hex($1) - 0xD800) << 10) + hex($2) - 0xDC00)/ge;
    $s =~ s/\\(?:u(....)|(.))/defined $1 ? chr hex $1 : $escape{$2} \/\/ $2/ge;
    return $s;
}
sub value {
    /\G\s+/gc;
    if (/\G(?=")/gc) { return string() }
    if (/\G\[\s*/gc) {
        my @list;
        until (/\G\s*\]/gc) { push @list, value(); /\G\s*,\s*/gc }
        return \@list;
    }
    if (/\G\{/gc) { return object()->{value} }
    /\G[^\s,\]}]+/gc or die "no value at ", pos;
    return $&;
}
sub object { # after the brace
    my %o = (names => [], value => {}, raw => {});
    until (/\G\s*\}/gc) {
        /\G\s*/gc;
        my $name = string();
        /\G\s*:\s*/gc or die;
        my $begin = pos;
        push @{$o{names}}, $name;
        $o{value}{$name} = value();
        $o{raw}{$name} = substr $_, $begin, pos() - $begin;
        /\G\s*,/gc;
    }
    return \%o;
}
sub record {
    local $_ = $_[0];
    /\G\s*\{/gc or die "no record: $_";
    return object();
}

# ---- lists ----

sub key { my $s = $_[0]; $s =~ tr/\x{2019}/'/; return NFC(fc $s) }
sub same { my $s = fc NFKC($_[0]); $s = NFKC(fc NFD $s); $s =~ s/\s+/ /g; $s =~ s/^ | $//g; return $s }
sub lines { open my $f, '<:encoding(UTF-8)', $_[0] or die "$_[0]: $!"; chomp(my @l = <$f>); return grep { /\S/ && !/^#/ } @l }

my (%stop, %negation, %synonyms, %names, %slips, %table);
if ($given{table}) { /"word":"((?:[^"\\]|\\.)*)"/ && $table{uc $1}++ for lines($given{table}) }
if ($given{stop}) {
    for (lines($given{stop})) { my ($w, $l) = split /\t/; $stop{key($w)} = 1; $negation{key($w)} = 1 if ($l // '') eq 'neg' }
}
if ($given{synonyms}) {
    for (lines($given{synonyms})) {
        my ($w, @s) = split /\t/;
        $synonyms{key($w)}{$_} = 1 for grep { key($_) ne key($w) && !/ / } @s;
    }
}
if ($given{entities}) { for (lines($given{entities})) { my ($w, $l) = split /\t/; $names{$l}{$w} = 1 } }
if ($given{chars}) { for (lines($given{chars})) { my ($c, @s) = split /\t/; $slips{fc $c}{fc $_} = 1 for @s } }
my %near; # keys that touch on a keyboard with staggered rows
{
    my @rows = ('qwertyuiop', 'asdfghjkl', 'zxcvbnm');
    for my $r (0 .. 2) {
        for my $i (0 .. length($rows[$r]) - 1) {
            my $c = substr $rows[$r], $i, 1;
            my @n = ([$r, $i - 1], [$r, $i + 1], [$r + 1, $i - 1], [$r + 1, $i], [$r - 1, $i], [$r - 1, $i + 1]);
            for (@n) {
                my ($nr, $ni) = @$_;
                $near{$c}{substr $rows[$nr], $ni, 1} = 1 if $nr >= 0 && $nr < 3 && $ni >= 0 && $ni < length $rows[$nr];
            }
        }
    }
}

sub counts { return $_[0] =~ /[\p{L}\p{N}]/ }
my $unspaced = qr/[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]/;

# floor(share * count), in decimal; at least 1.
sub amount {
    my ($share, $count) = @_;
    my ($whole, $part) = split /\./, $share;
    $part //= '';
    return max(1, int(($whole . $part) * $count / 10 ** length($part) + 1e-9));
}

sub surface { my ($text, $span) = @_; return substr $text, $span->[0], $span->[1] - $span->[0] }

# What is known of a record.
sub describe {
    my $r = $_[0];
    my ($text, $words) = @{$r->{value}}{qw(text words)};
    my @entities = map { [$_->{start}, $_->{end}] } @{$r->{value}{entities} // []};
    my %d = (text => $text, words => $words, entities => \@entities);
    my @protected = ($given{protect} // '') eq 'none' || $op eq 'entity' ? () : grep { $_->[1] > $_->[0] } @entities;
    for my $i (0 .. $#$words) {
        my ($s, $e) = @{$words->[$i]};
        my $w = surface($text, $words->[$i]);
        next unless counts($w);
        push @{$d{counting}}, $i;
        my $key = key($w);
        if ($negation{$key} && ($given{protect} // '') ne 'none') { push @protected, [$s, $e]; next }
        next if grep { $_->[0] < $e && $_->[1] > $s } @protected;
        push @{$d{N}}, $i;
        push @{$d{E}}, $i if !$stop{$key} && %{$synonyms{$key} // {}};
    }
    $d{$_} //= [] for qw(counting N E);
    $d{protected} = \@protected;
    $d{l} = @{$d{counting}};
    $d{n} = amount($alpha, $d{l});
    $d{whole} = { map { ("@{$words->[$_]}" => $_) } @{$d{N}} };
    $d{candidates} = { map { map { (key($_) => 1) } keys %{$synonyms{key(surface($text, $words->[$_]))}} } @{$d{E}} };
    return \%d;
}

# ---- the laws of the operations: what an edit may be, and how many there are ----

sub pattern { # does the new word have the case of the old one?
    my ($old, $new) = @_;
    my $capitals = () = $old =~ /\p{Lu}/g;
    return $new !~ /\p{Ll}/ if $capitals > 1 && $old !~ /\p{Ll}/;
    return 1 if $capitals > 1; # of mixed case, as in TheMill: as the lexicon has it
    return $new =~ /^\P{L}*[\p{Uppercase}\p{Lt}\P{Cased}]/ if $old =~ /^\P{L}*\p{Lu}/;
    return 1;
}

sub by_table {
    my ($p, $v, $edits, $id) = @_;
    for my $e (@$edits) {
        next if $e->{old} =~ /^an?$/i && $e->{new} =~ /^an?$/i;
        law("$op: words of N", defined $p->{whole}{"$e->{start} $e->{end}"}, $id);
        law("$op: a word of the table", $table{uc key($e->{new})} || $table{uc $e->{new}}, $id);
        law("$op: the case of the old word", pattern($e->{old}, $e->{new}), $id);
    }
    law('uniform: three words or more', $p->{l} >= 3, $id) if $op eq 'uniform';
}

my %laws = (
    sr => sub {
        my ($p, $v, $edits, $id) = @_;
        my %E = map { ("@{$p->{words}[$_]}" => 1) } @{$p->{E}};
        my @articles = grep { $_->{old} =~ /^an?$/i && $_->{new} =~ /^an?$/i && !$E{"$_->{start} $_->{end}"} } @$edits;
        my @changed = grep { my $e = $_; !grep { $_ == $e } @articles } @$edits;
        law('sr: min(n, |E|) words change', @changed == min($p->{n}, scalar @{$p->{E}}), $id);
        for my $e (@changed) {
            law('sr: only words of E', $E{"$e->{start} $e->{end}"}, $id);
            my $list = $synonyms{key($e->{old})} // {};
            law('sr: a synonym comes in', scalar(grep { fc $_ eq fc $e->{new} || uc $_ eq uc $e->{new} } keys %$list), $id);
            law('sr: the case of the old word', pattern($e->{old}, $e->{new}), $id);
        }
    },
    ri => sub {
        my ($p, $v, $edits, $id) = @_;
        my $last = $p->{words}[$p->{counting}[-1]][1];
        my %place = map { ($p->{words}[$_][0] => 1) } @{$p->{counting}};
        my @come = grep { $_->{old} eq '' } @$edits;
        law('ri: n words come in', @come == $p->{n}, $id);
        law('ri: what stays is repaired articles', !grep({ $_->{old} ne "" && $_->{old} !~ /^an?$/i } @$edits), $id);
        for my $e (@come) {
            (my $word = $e->{new}) =~ s/^\s+|\s+$//g;
            law('ri: before a word that counts, or after the last', $place{$e->{start}} || $e->{start} == $last, $id);
            law('ri: a synonym of a word of E', $p->{candidates}{key($word)}, $id);
        }
    },
    rs => sub {
        my ($p, $v, $edits, $id) = @_;
        my %kinds = map { (key(surface($p->{text}, $p->{words}[$_])) => 1) } @{$p->{N}};
        my $pairs = min($p->{n}, int(@{$p->{N}} / 2));
        law('rs: pairs', @$edits % 2 == 0 && @$edits <= 2 * $pairs, $id);
        law('rs: all pairs, of different words', @$edits == 2 * $pairs, $id) if keys %kinds == @{$p->{N}};
        law('rs: only words of N', defined $p->{whole}{"$_->{start} $_->{end}"}, $id) for @$edits;
        law('rs: the same words', join("\0", sort map { $_->{old} } @$edits) eq join("\0", sort map { $_->{new} } @$edits), $id);
        my %to = map { ($_->{old} => $_->{new}) } @$edits;
        law('rs: they exchange places', !grep({ ($to{$_->{new}} // '') ne $_->{old} } @$edits), $id) if keys %to == @$edits;
    },
    rd => sub {
        my ($p, $v, $edits, $id) = @_;
        my $fall = 0;
        for my $e (@$edits) {
            my @in = grep { $p->{words}[$_][0] < $e->{end} && $p->{words}[$_][1] > $e->{start} } 0 .. $#{$p->{words}};
            $fall += @in;
            law('rd: nothing comes in', $e->{new} eq '', $id);
            law('rd: a word of N falls', @in == 1 && defined $p->{whole}{"@{$p->{words}[$in[0]]}"}, $id);
            next if @in != 1;
            my ($s, $t) = @{$p->{words}[$in[0]]};
            my ($front) = substr($p->{text}, 0, $s) =~ /(\s*)$/;
            my ($behind) = substr($p->{text}, $t) =~ /^(\s*)/;
            # White space that the word before has taken along does not stand in front any more.
            my $taken = grep { $_->{end} == $s && $_->{start} < $s } @$edits;
            $taken ||= grep { $_->[0] < $t + length $behind && $_->[1] > $s - length $front } @{$p->{protected}};
            law('rd: the white space in front goes along, else that after it',
                $taken || ($front ne '' ? $e->{start} == $s - length $front && $e->{end} == $t
                    : $e->{start} == $s && $e->{end} == $t + length $behind), $id);
        }
        law('rd: something falls', $fall >= 1, $id);
        law('rd: something stays', $fall < $p->{l}, $id);
        law('rd: all that may fall at 1', $fall == @{$p->{N}} - (@{$p->{N}} == $p->{l} ? 1 : 0), $id) if $alpha == 1;
    },
    aeda => sub {
        my ($p, $v, $edits, $id) = @_;
        my $last = $p->{words}[$p->{counting}[-1]][1];
        my %place = map { ($p->{words}[$_][0] => 1) } @{$p->{counting}};
        law('aeda: 1 to l / 3 marks', @$edits >= 1 && @$edits <= max(1, int($p->{l} / 3)), $id);
        my %seen;
        for my $e (@$edits) {
            law('aeda: distinct places', !$seen{$e->{start}}++, $id);
            law('aeda: a mark of six', $e->{old} eq '' && $e->{new} =~ /^ ?[.;?:!,] ?$/, $id);
            law('aeda: a place of ri', $place{$e->{start}} || $e->{start} == $last, $id);
        }
    },
    typo => sub {
        my ($p, $v, $edits, $id) = @_;
        my @long = grep { surface($p->{text}, $p->{words}[$_]) =~ /^[A-Za-z]{4,}$/ } @{$p->{N}};
        law('typo: n words, or all', @$edits == min($p->{n}, scalar @long), $id);
        my %of;
        for my $e (@$edits) {
            my ($word) = grep { my $w = $p->{words}[$_]; $w->[0] <= $e->{start} && $w->[1] >= $e->{end} } @long;
            law('typo: inside of a word of four letters', defined $word && !$of{$word}++, $id);
            next if !defined $word;
            my ($o, $n) = ($e->{old}, $e->{new});
            my $old = surface($p->{text}, $p->{words}[$word]);
            my $at = $e->{start} - $p->{words}[$word][0];
            my $new = $old;
            substr($new, $at, length $o) = $n;
            my $slip = $n eq '' ? length $o == 1
                : $o eq '' ? length $n == 1 && ($at > 0 && substr($old, $at - 1, 1) eq $n || substr($old, $at, 1) eq $n)
                : length $o == 2 ? $n eq reverse $o
                : length $o == 1 && length $n == 1 && $near{lc $o}{lc $n} && ($o eq lc $o) == ($n eq lc $n);
            law('typo: a neighbour, a swap, a drop or a double', $slip && $new ne $old, $id);
        }
    },
    chars => sub {
        my ($p, $v, $edits, $id) = @_;
        my $c = sum0 map { scalar grep { $slips{fc $_} } split //, surface($p->{text}, $p->{words}[$_]) } @{$p->{N}};
        law('chars: n of c', @$edits == amount($alpha, $c), $id);
        for my $e (@$edits) {
            law('chars: what the table says', length $e->{old} == 1 && $slips{fc $e->{old}}{fc $e->{new}}, $id);
            law('chars: in words of N', scalar(grep { $p->{words}[$_][0] <= $e->{start} && $p->{words}[$_][1] >= $e->{end} } @{$p->{N}}), $id);
        }
    },
    uniform => \&by_table,
    tfidf => sub {
        my ($p, $v, $edits, $id) = @_;
        by_table(@_);
        my $r = $v->{record}{value}{replace_prob};
        law('tfidf: a probability for each word', @$r == @{$p->{words}}, $id);
        law('tfidf: they add up to p L', abs(sum0(@$r) - $given{prob} * $p->{l}) < 1e-9 * $p->{l}, $id);
        my %counting = map { ($_ => 1) } @{$p->{counting}};
        law('tfidf: 0 for what does not count', !grep({ $r->[$_] != 0 && !$counting{$_} } 0 .. $#$r), $id);
        my %r = map { ("@{$p->{words}[$_]}" => $r->[$_]) } 0 .. $#$r;
        law('tfidf: nothing is replaced with probability 0', !grep({ !$r{"$_->{start} $_->{end}"} && $_->{old} !~ /^an?$/i } @$edits), $id);
    },
    shuffle => sub {
        my ($p, $v, $edits, $id) = @_;
        my @old = map { surface($p->{text}, $_) } @{$p->{sentences}};
        my @new = map { surface($v->{text}, $_) } @{$v->{sentences}};
        law('shuffle: the same sentences', join("\0", sort @old) eq join("\0", sort @new), $id);
        my $gaps = sub {
            my ($text, $at, @gaps) = ($_[0]{text}, 0);
            for (@{$_[0]{sentences}}) { push @gaps, substr $text, $at, $_->[0] - $at; $at = $_->[1] }
            return join "\0", @gaps, substr $text, $at;
        };
        law('shuffle: white space stays', $gaps->($p) eq $gaps->($v), $id);
        for my $i (0 .. $#old) {
            my ($s, $e) = @{$p->{sentences}[$i]};
            next if !grep { $_->[0] < $e && $_->[1] > $s } @{$p->{protected}};
            law('shuffle: a protected one does not move', ($new[$i] // '') eq $old[$i], $id);
        }
    },
    drop => sub {
        my ($p, $v, $edits, $id) = @_;
        my $free = grep { my ($s, $e) = @$_; !grep { $_->[0] < $e && $_->[1] > $s } @{$p->{protected}} } @{$p->{sentences}};
        my $s = @{$p->{sentences}};
        my $gone = $s - @{$v->{sentences}};
        law('drop: n of s, but not all', $gone == min(amount($alpha, $s), $free, $s - 1), $id);
        law('drop: some go', $gone >= 1, $id);
        kept($p, $v, $id, 'drop');
    },
    window => sub {
        my ($p, $v, $edits, $id) = @_;
        law('window: a run', @{$v->{sentences}} == $given{window}
            && index("\0" . join("\0", map { surface($p->{text}, $_) } @{$p->{sentences}}) . "\0",
                "\0" . join("\0", map { surface($v->{text}, $_) } @{$v->{sentences}}) . "\0") >= 0, $id);
        law('window: nothing protected', !grep({ my ($s, $e) = @$_; grep { $_->[0] < $e && $_->[1] > $s } @{$p->{sentences}} } @{$p->{protected}}), $id);
        kept($p, $v, $id, 'window');
    },
    entity => sub {
        my ($p, $v, $edits, $id) = @_;
        my ($old, $new) = ($p->{record}{value}{entities}, $v->{record}{value}{entities});
        law('entity: the same labels in the same order', @$old == @$new && !grep({ $old->[$_]{label} ne $new->[$_]{label} } 0 .. $#$old), $id);
        my %span = map { ("$old->[$_]{start} $old->[$_]{end}" => $_) } 0 .. $#$old;
        for my $e (@$edits) {
            my $i = $span{"$e->{start} $e->{end}"};
            law('entity: whole entities', defined $i, $id);
            next if !defined $i;
            law('entity: a name with the label', $names{$old->[$i]{label}}{$e->{new}}, $id);
            law('entity: overlaps no other', !grep({ $_ != $i && $old->[$_]{end} > $old->[$_]{start} && $old->[$_]{start} < $e->{end} && $old->[$_]{end} > $e->{start} } 0 .. $#$old), $id);
            law('entity: the span is the name', surface($v->{text}, [@{$new->[$i]}{qw(start end)}]) eq $e->{new}, $id);
        }
    },
);
sub kept { # sentences in their order, with the surface that they had
    my ($p, $v, $id, $name) = @_;
    my @old = map { surface($p->{text}, $_) } @{$p->{sentences}};
    my $lost = 0;
    for (map { surface($v->{text}, $_) } @{$v->{sentences}}) { shift @old while @old && $old[0] ne $_; $lost++ if !@old; shift @old }
    law("$name: the others stay as they are", !$lost, $id);
    law("$name: no white space at the ends that was not there", grep({ surface($p->{text}, $_) =~ /^\s|\s$/ } @{$p->{protected}}) || ($v->{text} !~ /^\s/ || $p->{text} =~ /^\s/)
        && ($v->{text} !~ /\s$/ || $p->{text} =~ /\s$/), $id);
}

# ---- the laws of every variant ----

# Where the words of the parent should be, and those that came in.
sub words_by_edits {
    my ($p, $edits) = @_;
    my (@out, $shift, $i);
    ($shift, $i) = (0, 0);
    my @words = @{$p->{words}};
    my $inside = $op =~ /^(typo|chars)$/;
    while (@words || $i < @$edits) {
        my $e = $edits->[$i];
        my $w = $words[0];
        if ($e && $w && $e->{start} >= $w->[0] && $e->{end} <= $w->[1] && $e->{start} < $w->[1]
            && ($e->{start} > $w->[0] || $e->{end} < $w->[1] && $e->{end} > $e->{start} || $inside && $e->{end} > $e->{start})) {
            my $begin = $w->[0] + $shift; # its inside changes
            while ($i < @$edits && $edits->[$i]{end} <= $w->[1] && $edits->[$i]{start} < $w->[1]) {
                $shift += length($edits->[$i]{new}) - length $edits->[$i]{old};
                $i++;
            }
            push @out, [$begin, $w->[1] + $shift];
            shift @words;
        } elsif ($e && (!$w || $e->{start} <= $w->[0])) {
            my ($front, $word) = $e->{new} =~ /^(\s*)(.*?)\s*$/s;
            my $at = $e->{start} + $shift + length $front;
            push @out, [$at, $at + length $word] if $word ne '';
            $shift += length($e->{new}) - length $e->{old};
            shift @words while @words && $words[0][1] <= $e->{end} && $words[0][0] >= $e->{start};
            $i++;
        } else {
            push @out, [$w->[0] + $shift, $w->[1] + $shift];
            shift @words;
        }
    }
    return @out;
}

sub judge {
    my ($parent, $variant, $d, $line, $siblings) = @_;
    my ($p, $v) = ($parent->{value}, $variant->{value});
    my $id = $v->{id};
    my $edits = $v->{edits};
    my ($old, $new, $at, $back, $apart) = ($p->{text}, '', 0, $v->{text}, 1);
    for my $e (@$edits) {
        $apart &&= $e->{start} >= $at && $e->{end} - $e->{start} == length $e->{old} && $e->{old} ne $e->{new}
            && $e->{end} <= length $old && surface($old, [@$e{qw(start end)}]) eq $e->{old};
        $new .= substr($old, $at, max(0, $e->{start} - $at)) . $e->{new};
        $at = $e->{end};
    }
    law('edits are in order, apart, true of the parent, and change something', $apart && @$edits, $id);
    law('only the edits change the text', $new . substr($old, min($at, length $old)) eq $v->{text}, $id);
    my $shift = sum0 map { length($_->{new}) - length $_->{old} } @$edits;
    for my $e (reverse @$edits) {
        $shift -= length($e->{new}) - length $e->{old};
        substr($back, $e->{start} + $shift, length $e->{new}) = $e->{old}
            if $e->{start} + $shift >= 0 && $e->{start} + $shift + length $e->{new} <= length $back;
    }
    law('edits reversed give the parent', $back eq $old, $id);
    law('distinct from parent and siblings', !$siblings->{same($v->{text})}++, $id);

    my ($op_of_id, $k) = $id =~ /#([a-z]+)(\d+)$/;
    my $name = $parent->{value}{id};
    law('id, parent, root, op', $id eq "$name#$op_of_id$k" && $variant->{raw}{parent} eq $parent->{raw}{id}
        && $variant->{raw}{root} eq ($parent->{raw}{root} // $parent->{raw}{id})
        && ($op eq 'all' ? $op_of_id eq 'all' : $op_of_id eq $v->{op}), $id);
    my %own = map { ($_ => 1) } qw(parent root op edits replace_prob);
    law('members keep their order, and new ones come last', join(' ', @{$variant->{names}})
        eq join(' ', (grep { !$own{$_} || $_ eq 'root' } @{$parent->{names}}), grep { $_ ne 'root' || !exists $p->{root} } @{$line}), $id);
    my %set = map { ($_ => 1) } qw(id text words sentences entities phrases stopwords);
    law('other members pass byte for byte', !grep({ !$set{$_} && !$own{$_} && $variant->{raw}{$_} ne $parent->{raw}{$_} } @{$parent->{names}}), $id);

    my @was = @{$p->{entities} // []};
    my @is = @{$v->{entities} // []};
    if ($op !~ /^(entity|drop|window)$/ && @was) {
        my $kept = @was == @is;
        for my $i ($kept ? 0 .. $#was : ()) {
            $kept &&= surface($v->{text}, [@{$is[$i]}{qw(start end)}]) eq surface($p->{text}, [@{$was[$i]}{qw(start end)}])
                && ($was[$i]{label} // '') eq ($is[$i]{label} // '') if $was[$i]{end} > $was[$i]{start} && $op ne 'shuffle';
        }
        $kept &&= join("\0", sort map { $_->{label} . surface($v->{text}, [@$_{qw(start end)}]) } @is)
            eq join("\0", sort map { $_->{label} . surface($p->{text}, [@$_{qw(start end)}]) } @was) if $op eq 'shuffle';
        law('every entity is there, with surface and label', $kept, $id);
    }
    for my $e (@$edits) {
        last if $op =~ /^(shuffle|drop|window|entity)$/;
        law('nothing protected is touched', !grep({ $_->[0] < $e->{end} && $_->[1] > $e->{start} } @{$d->{protected}}), $id);
    }
    my @words = @{$v->{words}};
    my $covered = '';
    my $place = 0;
    my $apart_words = 1;
    for (@words) { $apart_words &&= $_->[0] >= $place && $_->[1] > $_->[0] && $_->[1] <= length $v->{text};
        $covered .= substr $v->{text}, $place, max(0, $_->[0] - $place); $place = $_->[1] }
    $covered .= substr $v->{text}, min($place, length $v->{text});
    law('each character but white space is in one word', $apart_words && $covered !~ /\S/, $id)
        if !grep { surface($p->{text}, [@$_{qw(start end)}]) !~ /\S/ } @was;
    if ($op eq 'all') { # its edits may join what two operations did
    } elsif ($op !~ /^(shuffle|drop|window|entity|rd)$/) {
        law('words are those that stayed and those that came in',
            join(' ', map { "@$_" } @words) eq join(' ', map { "@$_" } words_by_edits($d, $edits)), $id);
    } elsif ($op ne 'entity') {
        my %count;
        $count{surface($p->{text}, $_)}++ for @{$d->{words}};
        $count{surface($v->{text}, $_)}-- for @words;
        law('words are those that stayed', !grep({ $_ < 0 } values %count), $id);
    }
    if (my $sentences = $v->{sentences}) {
        my ($end, $good) = (0, 1);
        for (@$sentences) { $good &&= $_->[0] >= $end && $_->[1] >= $_->[0] && $_->[1] <= length $v->{text}; $end = $_->[1] }
        law('sentences are in order and apart', $good, $id);
        if (@$sentences == @{$p->{sentences}} && $op ne 'shuffle') {
            for my $i (0 .. $#$sentences) {
                my ($s, $e) = @{$p->{sentences}[$i]};
                next if grep { $_->{start} <= $e && $_->{end} >= $s } @$edits;
                law('a sentence without edits stays', surface($p->{text}, [$s, $e]) eq surface($v->{text}, $sentences->[$i]), $id);
            }
        }
    }
    if ($old =~ $unspaced && $op ne 'all') { # a word beside which a space came in may have gone since
        for my $e (@$edits) {
            my $left = $e->{start} ? substr $old, $e->{start} - 1, 1 : '';
            my $right = substr $old, $e->{end}, 1;
            law('no space comes into text without spaces', !($e->{new} =~ /^ / && $left =~ $unspaced
                || $e->{new} =~ / $/ && $right =~ $unspaced || $e->{new} =~ /$unspaced /
                || $e->{new} =~ / $unspaced/) || $op eq 'shuffle', $id);
        }
    }
    my %now = (text => $v->{text}, words => $v->{words}, sentences => $v->{sentences}, record => $variant);
    $laws{$op}->({ %$d, sentences => $p->{sentences}, record => $parent }, \%now, $edits, $id) if $laws{$op};
}

open my $in, '<', $ARGV[0] or die "$ARGV[0]: $!";
my @new = qw(parent root op edits);
push @new, 'replace_prob' if $given{explain};
my ($parent, $d, %siblings, %numbers);
my $next = <$in>;
my $variants = 0;
while (my $line = <STDIN>) {
    if (defined $next && $line eq $next) { # an original
        $parent = record($line);
        $d = describe($parent);
        %siblings = (same($parent->{value}{text}) => 1);
        %numbers = ();
        law('originals pass byte for byte', 1);
        $next = <$in>;
        next;
    }
    my $variant = record($line);
    if (!$parent || !defined $variant->{value}{parent}) { law('originals pass byte for byte', 0, $variant->{value}{id}); 1 while <STDIN>; last }
    my ($of, $k) = $variant->{value}{id} =~ /#([a-z]+)(\d+)$/;
    law('the variants of an operation are numbered from 1', $k == ++$numbers{$of}, $variant->{value}{id});
    judge($parent, $variant, $d, \@new, \%siblings);
    $variants++;
}
law('originals pass byte for byte', !defined $next, 'the end');
print "variants\t$variants\t0\t\n";
print "$_\t$judged{$_}\t", $broken{$_} // 0, "\t", $where{$_} // '', "\n" for sort keys %judged;
