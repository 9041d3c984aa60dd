#!/usr/bin/perl
# scale.pl - scaling by its definition, in decimals of 60 digits.
#
#     scale.pl TO BITS <vectors      TO: minmax, mean, standard, maxabs or no-center; BITS: 32 or 64
#
# A vector is a line of numbers; all columns of all vectors, zeros of sparse ones too. Prints "vector INDEX:VALUE..."
use strict;
use warnings;
use Math::BigFloat;
Math::BigFloat->div_scale(60);

my ($to, $bits) = @ARGV;
my @rows = map { chomp; [map { Math::BigFloat->new(sprintf "%.60e", $bits == 32 ? unpack "f", pack "f", $_ : $_) } split / /] } <STDIN>;
my (@shift, @scale);
for my $c (0 .. $#{$rows[0] // []}) {
    my @column = map { $_->[$c] } @rows;
    my ($least, $most) = ($column[0]->copy, $column[0]->copy);
    my ($sum, $squares) = (Math::BigFloat->new(0), Math::BigFloat->new(0));
    for my $x (@column) {
        $least = $x->copy if $x < $least;
        $most = $x->copy if $x > $most;
        $sum += $x;
    }
    my $mean = $sum / @column;
    $squares += ($_ - $mean) ** 2 for @column;
    my $magnitude = $most->copy->babs > $least->copy->babs ? $most->copy->babs : $least->copy->babs;
    my $deviation = $least == $most ? Math::BigFloat->new(0) : ($squares / @column)->bsqrt;
    $shift[$c] = $to eq "minmax" ? $least : $to eq "mean" || $to eq "standard" ? $mean : 0;
    $scale[$c] = $to eq "maxabs" ? $magnitude : $to eq "standard" || $to eq "no-center" ? $deviation : $most - $least;
}
for my $row (@rows) {
    print join(" ", "vector", map { "$_:" . ($scale[$_] == 0 ? 0 : (($row->[$_] - $shift[$_]) / $scale[$_])->bsstr) } 0 .. $#$row), "\n";
}
