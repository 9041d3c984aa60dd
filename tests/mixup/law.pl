#!/usr/bin/perl
# law.pl ALPHA: reads shares, one a line, and judges by Kolmogorov and Smirnov whether they are max(x, 1 - x) of x from
# the beta distribution (ALPHA, ALPHA). Prints "fits", "differs" (p < 1e-6) or "few", their number and the statistic.
use strict;
use warnings;

my $alpha = shift;

# ln of the gamma function (Lanczos, as in Numerical Recipes).
sub ln_gamma {
    my $x = shift;
    my @c = (76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
        -0.5395239384953e-5);
    my ($y, $t, $sum) = ($x, $x + 5.5, 1.000000000190015);
    $t -= ($x + 0.5) * log($t);
    $sum += $_ / ++$y for @c;
    return -$t + log(2.5066282746310005 * $sum / $x);
}

# The continued fraction of the incomplete beta function, for x < 1/2 and equal parameters.
sub fraction {
    my ($a, $b, $x) = @_;
    my ($c, $d) = (1, 1 - ($a + $b) * $x / ($a + 1));
    $d = 1 / ($d || 1e-300);
    my $h = $d;
    for my $m (1 .. 3000) {
        my $even = $m * ($b - $m) * $x / (($a + 2 * $m - 1) * ($a + 2 * $m));
        $d = 1 / ((1 + $even * $d) || 1e-300);
        $c = (1 + $even / $c) || 1e-300;
        $h *= $d * $c;
        my $odd = -($a + $m) * ($a + $b + $m) * $x / (($a + 2 * $m) * ($a + 2 * $m + 1));
        $d = 1 / ((1 + $odd * $d) || 1e-300);
        $c = (1 + $odd / $c) || 1e-300;
        my $step = $d * $c;
        $h *= $step;
        last if abs($step - 1) < 1e-13;
    }
    return $h;
}

# The chance that the larger part is at most $share: 1 - 2 I(1 - share).
my $constant = ln_gamma(2 * $alpha) - 2 * ln_gamma($alpha);
sub chance {
    my $rest = 1 - shift;
    return 1 if $rest <= 0;
    my $front = exp($constant + $alpha * (log($rest) + log(1 - $rest)));
    return 1 - 2 * $front * fraction($alpha, $alpha, $rest) / $alpha;
}

my @shares = sort { $a <=> $b } <STDIN>;
my ($n, $most) = (scalar @shares, 0);
# Of shares that are 1 only how many there are: they stand for all that floats cannot tell from it.
my @below = grep { $_ < 1 } @shares;
for my $i (0 .. $#below) {
    my $p = chance($below[$i]);
    for ($p - $i / $n, ($i + 1) / $n - $p) { $most = $_ if $_ > $most }
}
my $statistic = $most * sqrt($n);
print $n < 1000 ? 'few' : $statistic < 2.694 ? 'fits' : 'differs', " $n $statistic\n";
