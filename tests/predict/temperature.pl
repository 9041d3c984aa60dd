#!/usr/bin/perl
# temperature.pl - the temperature of least log loss, by bisection of the derivative; exp of libm.
#
#     temperature.pl <lines      a line: the position of the label, then the logits
#
# Prints T, the mean log loss at 1 and at T.
use strict;
use warnings;

my @rows = map { [split] } <STDIN>;

sub loss {
    my ($b) = @_;
    my ($value, $slope) = (0, 0);
    for (@rows) {
        my ($label, @z) = @$_;
        my $most = $z[0];
        for my $z (@z) { $most = $z if $z > $most }
        my ($total, $mean) = (0, 0);
        for my $z (@z) {
            my $e = exp($b * ($z - ($most)));
            $total += $e;
            $mean += $e * $z;
        }
        $value += log($total) + $b * ($most - $z[$label]);
        $slope += $mean / $total - $z[$label];
    }
    return ($value / @rows, $slope);
}

my ($low, $high) = (exp(-3), exp(3));
for (1 .. 200) {
    my $middle = ($low + $high) / 2;
    my (undef, $slope) = loss($middle);
    $slope > 0 ? ($high = $middle) : ($low = $middle);
}
printf "%.15g %.15g %.15g\n", 1 / $low, (loss(1))[0], (loss($low))[0];
