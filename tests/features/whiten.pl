#!/usr/bin/perl
# whiten.pl - judges a table of fit whiten, and what features makes with it, by their definitions.
#
#     whiten.pl BITS CENTER STRENGTH VECTORS MADE <TABLE     BITS: 32 or 64
#
# VECTORS and MADE have a vector on each line, numbers with spaces between; MADE may be empty. TABLE has lines of words:
# a name (sums, products, shift, variances, scale, direction) and its numbers. Sums, products and the covariance are
# computed in integers; directions must be of length 1, at right angles, and make the covariance diagonal; what is made
# must be the same to the last bit. Prints what is wrong.
use strict;
use warnings;
use Math::BigInt;
use Math::BigFloat;
Math::BigFloat->div_scale(60);

my ($bits, $center, $strength, $vectors, $made) = @ARGV;
my $BELOW = 400; # numbers are integers in units of 2^-$BELOW
my $bad = 0;

sub wrong { print join(" ", @_), "\n"; exit 1 if ++$bad > 4 }

sub units { # of a float
    my ($x) = @_;
    my $word = unpack "Q", pack "d", $x;
    my ($field, $mantissa) = ($word >> 52 & 0x7ff, $word & 0xfffffffffffff);
    $mantissa += 1 << 52 if $field;
    my $shift = ($field || 1) - 1075 + $BELOW;
    my $units = Math::BigInt->new($mantissa);
    die "$x is too small for this program" if $shift < 0 && ($units & ((Math::BigInt->new(1) << -$shift) - 1)) != 0;
    $units = $shift < 0 ? $units >> -$shift : $units << $shift;
    return $word >> 63 ? -$units : $units;
}

sub hex_units { # of -0x1fp-3
    my ($text, $below) = @_;
    my ($sign, $digits, $exponent) = $text =~ /^(-?)(0x[0-9a-f]+)p([-+]\d+)$/ or return wrong "no sum: $text";
    my $units = Math::BigInt->from_hex($digits) << ($exponent + $below);
    return $sign ? -$units : $units;
}

sub near { # relative
    my ($a, $b, $within) = @_;
    my $size = abs($a) > abs($b) ? abs($a) : abs($b);
    return $a == $b || abs($a - $b) <= $within * $size;
}

sub lines_of { open my $file, "<", $_[0] or die "$_[0]: $!"; return map { chomp; [split / /] } <$file> }

my %table = (direction => []);
for (<STDIN>) {
    chomp;
    my ($name, @words) = split / /;
    if ($name eq "direction") { push @{$table{direction}}, \@words } else { $table{$name} = \@words }
}
my @rows = map { [map { $bits == 32 ? unpack "f", pack "f", $_ : $_ + 0 } @$_] } lines_of($vectors);
my ($n, $columns, $dims) = (scalar @rows, scalar @{$rows[0]}, scalar @{$table{direction}});
my @whole = map { [map { units($_) } @$_] } @rows;

# sums and products
my (@sums, @covariance);
for my $i (0 .. $columns - 1) {
    $sums[$i] = Math::BigInt->new(0);
    $sums[$i] += $_->[$i] for @whole;
    wrong "sum $i" if hex_units($table{sums}[$i], $BELOW) != $sums[$i];
}
my $unit = Math::BigFloat->new(2) ** (2 * $BELOW);
my $pair = 0;
for my $i (0 .. $columns - 1) {
    for my $j ($i .. $columns - 1) {
        my $product = Math::BigInt->new(0);
        $product += $_->[$i] * $_->[$j] for @whole;
        wrong "product $i $j" if hex_units($table{products}[$pair++], 2 * $BELOW) != $product;
        $covariance[$i][$j] = $covariance[$j][$i] =
            Math::BigFloat->new($product * $n - $sums[$i] * $sums[$j]) / $unit / ($n * $n);
    }
}
wrong "number of products" if $pair != @{$table{products}};

# directions
my $largest = $table{variances}[0];
for my $k (0 .. $dims - 1) {
    my @u = @{$table{direction}[$k]};
    wrong "length of direction $k" if @u != $columns;
    my $first = 0;
    for (1 .. $#u) { $first = $_ if abs($u[$_]) > abs($u[$first]) }
    wrong "direction $k: its largest component is $u[$first]" if $u[$first] <= 0;
    wrong "variances do not descend" if $k && $table{variances}[$k] > $table{variances}[$k - 1];
    for my $l ($k .. $dims - 1) {
        my @v = @{$table{direction}[$l]};
        my ($inner, $between) = (0, Math::BigFloat->new(0));
        for my $i (0 .. $columns - 1) {
            $inner += $u[$i] * $v[$i];
            $between += $covariance[$i][$_] * $u[$i] * $v[$_] for 0 .. $columns - 1;
        }
        wrong "directions $k and $l: inner product $inner" if abs($inner - ($k == $l)) > 1e-14;
        my $off = $between - ($k == $l ? $table{variances}[$k] : 0);
        wrong "directions $k and $l: covariance off by " . $off->bsstr if abs($off) > 1e-14 * $largest;
    }
    wrong "scale $k" unless near($table{scale}[$k], $table{variances}[$k] ** ($strength / 2), 1e-15);
}
for my $i (0 .. $columns - 1) {
    my $mean = Math::BigFloat->new($sums[$i]) / Math::BigFloat->new(2) ** $BELOW / $n;
    wrong "shift $i" unless near($table{shift}[$i], $center * $mean->numify, 3e-16);
}

# what is made, with what the table says
my @made = lines_of($made);
wrong "number of vectors" if @made && @made != @rows;
for my $r (0 .. $#made) {
    for my $k (0 .. $dims - 1) {
        my $sum = 0;
        $sum += ($rows[$r][$_] - $table{shift}[$_]) * $table{direction}[$k][$_] for 0 .. $columns - 1;
        $sum /= $table{scale}[$k];
        my $got = $made[$r][$k];
        ($sum, $got) = map { unpack "f", pack "f", $_ } $sum, $got if $bits == 32;
        wrong "vector $r, number $k: $made[$r][$k], expected " . sprintf("%.17g", $sum) if $got != $sum;
    }
    wrong "vector $r has another length" if @{$made[$r]} != $dims;
}
exit($bad != 0);
