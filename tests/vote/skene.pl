# skene.pl K IN GOT - Dawid and Skene by their equations, with counts in hashes and products instead of logarithms: dies if
# the probabilities of GOT, a line of JSON for each item, are others. Labels are 1 to K.
use strict;
use warnings;
use JSON::PP;

my ($k, $in, $got) = @ARGV;
my (%n, @items);
open my $file, '<', $in or die;
while (<$file>) {
    my $r = decode_json($_);
    push @items, $r->{id} unless $n{$r->{id}};
    $n{$r->{id}}{$r->{annotator}}{$r->{label}}++;
}
my %t;
for my $i (@items) {
    my $all = 0;
    for my $of (values %{$n{$i}}) {
        for my $l (keys %$of) { $t{$i}{$l} += $of->{$l}; $all += $of->{$l} }
    }
    $t{$i}{$_} = ($t{$i}{$_} // 0) / $all for 1 .. $k;
}
for my $round (1 .. 100) {
    my (%p, %e, %sum);
    for my $i (@items) {
        for my $c (1 .. $k) {
            $p{$c} += $t{$i}{$c} / @items;
            for my $a (keys %{$n{$i}}) {
                for my $l (keys %{$n{$i}{$a}}) {
                    $e{$a}{$c}{$l} += $t{$i}{$c} * $n{$i}{$a}{$l};
                    $sum{$a}{$c} += $t{$i}{$c} * $n{$i}{$a}{$l};
                }
            }
        }
    }
    my $change = 0;
    for my $i (@items) {
        my (%new, $all);
        for my $c (1 .. $k) {
            $new{$c} = $p{$c};
            for my $a (keys %{$n{$i}}) {
                for my $l (keys %{$n{$i}{$a}}) {
                    $new{$c} *= $sum{$a}{$c} ? ($e{$a}{$c}{$l} / $sum{$a}{$c})**$n{$i}{$a}{$l} : 0;
                }
            }
            $all += $new{$c};
        }
        for my $c (1 .. $k) {
            my $off = abs($new{$c} / $all - $t{$i}{$c});
            $change = $off if $off > $change;
            $t{$i}{$c} = $new{$c} / $all;
        }
    }
    last if $change < 1e-9;
}
open $file, '<', $got or die;
for my $i (@items) {
    my $r = decode_json(scalar <$file>);
    die "order: $r->{id}, not $i\n" unless $r->{id} == $i;
    my $best = 1;
    for my $c (1 .. $k) {
        die "item $i, class $c: $r->{probs}[$c - 1], not $t{$i}{$c}\n" unless abs($r->{probs}[$c - 1] - $t{$i}{$c}) < 1e-12;
        $best = $c if $t{$i}{$c} > $t{$i}{$best};
    }
    die "item $i: $r->{label}, not $best\n" unless $r->{label} == $best;
}
