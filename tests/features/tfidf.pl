#!/usr/bin/perl
# tfidf.pl - tf-idf by its definition, slowly: the terms of a table, and the vectors of its records.
#
#     tfidf.pl NAME=VALUE... <texts
#
# A text is a line of code points in decimal; with unit=ids, of token ids; with unit=words, of code points, "|", and the
# starts and ends of words. Prints "term CODEPOINTS DF" for each term, then "vector INDEX:VALUE..." for each text.
use strict;
use warnings;

my %o = (unit => "space", least => 1, most => 1, tf => "raw", idf => "smooth", norm => "l2", min_df => 1, max_df => 1,
    max_features => 0, map { split /=/, $_, 2 } @ARGV);

sub units {
    my ($line) = @_;
    return split / /, $line if $o{unit} eq "ids";
    my ($text, $spans) = split /\|/, $line;
    my $string = join "", map { chr } split / /, $text // "";
    return split //, $string if $o{unit} eq "chars";
    return grep { length } split /\p{White_Space}/, $string if $o{unit} eq "space";
    my @ends = split / /, $spans // "";
    return map { substr $string, $ends[2 * $_], $ends[2 * $_ + 1] - $ends[2 * $_] } 0 .. @ends / 2 - 1;
}

my (@counts, %df);
while (my $line = <STDIN>) {
    chomp $line;
    my @units = units($line);
    my %count;
    for my $n ($o{least} .. $o{most}) {
        $count{join $o{unit} eq "chars" ? "" : " ", @units[$_ .. $_ + $n - 1]}++ for 0 .. @units - $n;
    }
    push @counts, \%count;
    $df{$_}++ for keys %count;
}

# An order of code points is one of bytes.
my @terms = sort grep { $df{$_} >= $o{min_df} && $df{$_} <= $o{max_df} * @counts + 1e-9 } keys %df;
if ($o{max_features} && @terms > $o{max_features}) {
    @terms = (sort { $df{$b} <=> $df{$a} || $a cmp $b } @terms)[0 .. $o{max_features} - 1];
    @terms = sort @terms;
}
my %index;
@index{@terms} = 0 .. $#terms;
print "term ", join(" ", map { ord } split //, $_), " $df{$_}\n" for @terms;

for my $count (@counts) {
    my (@values, @indices, $norm);
    for my $term (sort { $index{$a} <=> $index{$b} } grep { exists $index{$_} } keys %$count) {
        my $tf = $o{tf} eq "raw" ? $count->{$term} : $o{tf} eq "log" ? 1 + log $count->{$term} : 1;
        my $idf = $o{idf} eq "smooth" ? log((1 + @counts) / (1 + $df{$term})) + 1
            : $o{idf} eq "plain" ? log(@counts / $df{$term}) + 1 : 1;
        push @values, $tf * $idf;
        push @indices, $index{$term};
        $norm += $o{norm} eq "l2" ? ($tf * $idf) ** 2 : $tf * $idf;
    }
    $norm = $o{norm} eq "none" ? 1 : $o{norm} eq "l2" ? sqrt($norm // 1) : $norm;
    print join(" ", "vector", map { sprintf "%d:%.17g", $indices[$_], $values[$_] / $norm } 0 .. $#values), "\n";
}
