#!/usr/bin/perl
# linear.pl - is a model of fit linear the minimum of its objective?
#
#     linear.pl C WEIGHT MODEL STEPS <records      WEIGHT: the member with the weight, or "none"
#
# Prints the objective at the model, the length of its gradient relative to that with all weights 0, the sum of the bias,
# and by how much, relatively, the objective grows where it grows least: STEPS steps of 10^-3 in random directions.
use strict;
use warnings;
use JSON::PP;

my ($c, $weight, $path, $steps) = @ARGV;
my $json = JSON::PP->new;
open my $file, "<", $path or die;
my $model = $json->decode(scalar <$file>);
my %class = map { $model->{classes}[$_] => $_ } 0 .. $#{$model->{classes}};
my $columns = $model->{columns};
my %place = map { $model->{indices}[$_] => $_ } 0 .. $#{$model->{indices} // []};
my @rows;
while (<STDIN>) {
    my $record = $json->decode($_);
    my $w = $weight eq "none" ? 1 : $record->{$weight};
    next if $w == 0;
    my @x = (0) x $columns;
    @x = @{$record->{features}} if $record->{features};
    $x[$place{$record->{sparse}{indices}[$_]}] = $record->{sparse}{values}[$_] for 0 .. $#{$record->{sparse}{indices} // []};
    my @t = (0) x keys %class;
    $record->{target} ? (@t = @{$record->{target}}) : ($t[$class{$record->{label}}] = 1);
    push @rows, [$c * $w, \@x, \@t];
}

# The numbers of a model in one list: class by class, the bias last.
sub evaluate {
    my ($at) = @_;
    my ($sum, @gradient) = (0, (0) x @$at);
    for my $k (0 .. keys(%class) - 1) {
        for my $j (0 .. $columns - 1) {
            my $v = $at->[$k * ($columns + 1) + $j];
            $sum += $v * $v / 2;
            $gradient[$k * ($columns + 1) + $j] += $v;
        }
    }
    for my $row (@rows) {
        my ($w, $x, $t) = @$row;
        my @z;
        for my $k (0 .. keys(%class) - 1) {
            my $base = $k * ($columns + 1);
            my $z = $at->[$base + $columns];
            $z += $at->[$base + $_] * $x->[$_] for 0 .. $columns - 1;
            push @z, $z;
        }
        my ($most) = sort { $b <=> $a } @z;
        my $total = 0;
        $total += exp($_ - $most) for @z;
        for my $k (0 .. $#z) {
            my $log = $z[$k] - $most - log $total;
            $sum -= $w * $t->[$k] * $log;
            my $factor = $w * (exp($log) - $t->[$k]);
            $gradient[$k * ($columns + 1) + $_] += $factor * $x->[$_] for 0 .. $columns - 1;
            $gradient[$k * ($columns + 1) + $columns] += $factor;
        }
    }
    my $square = 0;
    $square += $_ * $_ for @gradient;
    return ($sum, sqrt $square);
}

my @at = map { (@{$model->{weights}[$_]}, $model->{bias}[$_]) } 0 .. $#{$model->{bias}};
my ($least, $gradient) = evaluate(\@at);
my (undef, $first) = evaluate([(0) x @at]);
my ($state, $growth) = (1, 1e300);
for (1 .. $steps) {
    my @moved = map { $state = ($state * 1103515245 + 12345) % 2147483648; $_ + 1e-3 * ($state / 2147483648 - 0.5) } @at;
    my ($there) = evaluate(\@moved);
    $growth = ($there - $least) / $least if ($there - $least) / $least < $growth;
}
my $bias = 0;
$bias += $_ for @{$model->{bias}};
printf "%.17g %.3g %.3g %.3g\n", $least, $gradient / $first, $bias, $growth;
