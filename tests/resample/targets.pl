#!/usr/bin/perl
# How many records of each class there shall be: by the words of the manual, in exact integers. Reads
# lines "LABEL COUNT" in the order of the classes; arguments: grow|shrink|total, then NAME=VALUE: strategy, ratio, power,
# total. Prints the lines again with the target in place of the count.
use strict;
use warnings;
use Math::BigInt;
use Math::BigRat;

my $way = shift;
my %given = map { split /=/, $_, 2 } @ARGV;
my (@label, @count);
while (<STDIN>) {
    my ($label, $count) = split;
    push @label, $label;
    push @count, Math::BigInt->new($count);
}
my ($large, $small) = (0, 0);
for (1 .. $#count) {
    $large = $_ if $count[$_] > $count[$large];
    $small = $_ if $count[$_] < $count[$small];
}

sub half_even {
    my ($n, $d) = @_;
    my ($q, $r) = $n->copy->bdiv($d);
    my $side = ($r * 2)->bcmp($d);
    return $side > 0 || ($side == 0 && $q->is_odd) ? $q + 1 : $q;
}

# base (count / base)^(p / 10^s), rounded: the n with (2n - 1)^q <= 2^q base^(q - p) count^p <= (2n + 1)^q.
sub power_of {
    my ($count, $base, $decimal) = @_;
    my $power = Math::BigRat->new($decimal);
    my ($p, $q) = ($power->numerator->numify, $power->denominator->numify);
    my $x = Math::BigInt->new(2)->bpow($q) * $base->copy->bpow($q - $p) * $count->copy->bpow($p);
    my $n = ($x->copy->broot($q)) / 2;    # twice the power, cut down, and halved
    my $side = (($n * 2 + 1)->bpow($q))->bcmp($x);
    return $side < 0 || ($side == 0 && $n->is_odd) ? $n + 1 : $n;
}

my $strategy = $given{strategy} // 'auto';
$strategy = $way eq 'grow' ? 'not-majority' : 'not-minority' if $strategy eq 'auto';
my %named = map { $_ => 1 } split /,/, $strategy;
my @target = @count;
if ($way eq 'total') {
    my $power = Math::BigRat->new($given{power});
    my ($p, $q) = ($power->numerator->numify, $power->denominator->numify);
    my @weight = map { ($_->copy->bpow($p) * Math::BigInt->new(10)->bpow(50 * $q))->broot($q) } @count;
    my ($sum, $left) = (Math::BigInt->new(0), $given{total});
    $sum += $_ for @weight;
    my @rest;
    for (0 .. $#count) {
        ($target[$_], $rest[$_]) = ($weight[$_] * $given{total})->bdiv($sum);
        $left -= $target[$_];
    }
    my @first = sort { $rest[$b]->bcmp($rest[$a]) || $a <=> $b } 0 .. $#count;
    for (@first[0 .. $left - 1]) { $target[$_] += 1 }
} else {
    my $base = $way eq 'grow' ? $count[$large] : $count[$small];
    for (0 .. $#count) {
        next unless $strategy eq 'all' || ($strategy eq 'minority' && $_ == $small)
            || ($strategy eq 'majority' && $_ == $large) || ($strategy eq 'not-minority' && $_ != $small)
            || ($strategy eq 'not-majority' && $_ != $large) || $named{$label[$_]};
        my $target = $base;
        if (defined $given{ratio}) {
            my $ratio = Math::BigRat->new($given{ratio});
            $ratio = 1 / $ratio if $way eq 'shrink';
            $target = half_even($base * $ratio->numerator, $ratio->denominator);
        }
        $target = power_of($count[$_], $base, $given{power}) if defined $given{power};
        my $beyond = $way eq 'grow' ? $target < $count[$_] : $target > $count[$_];
        $target[$_] = $target unless $beyond;
    }
}
print "$label[$_] $target[$_]\n" for 0 .. $#count;
