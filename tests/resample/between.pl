#!/usr/bin/perl
# between.pl IN OUT K - does every record of OUT that smote has made lie between its parents, the second one of the K
# nearest of the first in its class, and are the others those of IN? Prints the first that does not.
use strict;
use warnings;

my ($in, $out, $k) = @ARGV;
my (%row, %class, %kth);

sub features { return [ split /,/, ($_[0] =~ /"features":\[([^\]]*)\]/)[0] ] }
sub square {
    my ($left, $right) = @_;
    my $sum = 0;
    $sum += ($left->[$_] - $right->[$_])**2 for 0 .. $#$left;
    return $sum;
}

open my $file, '<', $in or die;
my @in = <$file>;
for (@in) {
    my ($id, $label) = /^\{"id":([^,]*),"label":("[^"]*")/ or die;
    $row{$id} = { id => $id, label => $label, x => features($_) };
    push @{ $class{$label} }, $row{$id};
}

# The square of the distance to the k-th nearest of the class.
sub kth {
    my $row = shift;
    return $kth{ $row->{id} } //= do {
        my @squares = sort { $a <=> $b } map { $_ == $row ? () : square($row->{x}, $_->{x}) } @{ $class{ $row->{label} } };
        $squares[ $k < @squares ? $k - 1 : -1 ];
    };
}

my (@original, %uses);
open $file, '<', $out or die;
while (<$file>) {
    if (!/"synthetic":true/) {
        push @original, $_;
        next;
    }
    my ($label) = /"label":("[^"]*")/;
    my ($from, $to) = map { $row{$_} } /"parents":\[([^,]*),([^\]]*)\]/;
    my ($gap) = /"gap":([^,]*)/;
    die "labels: $_" if $label ne $from->{label} || $label ne $to->{label};
    die "a row is its own neighbour: $_" if $from == $to;
    die "gap: $_" if $gap < 0 || $gap >= 1;
    die "not one of the k nearest: $_" if square($from->{x}, $to->{x}) > kth($from);
    my $made = features($_);
    for my $i (0 .. $#$made) {
        my ($one, $two) = ($from->{x}[$i], $to->{x}[$i]);
        die "not between its parents: $_" if abs($one + $gap * ($two - $one) - $made->[$i]) > 1e-6 * (abs($one) + abs($two)) + 1e-9;
    }
    $uses{$label}{ $from->{id} }++;
}
die "originals have changed\n" if "@original" ne "@in";
for my $label (keys %uses) {
    my @sorted = sort { $a <=> $b } map { $uses{$label}{ $_->{id} } // 0 } @{ $class{$label} };
    die "$label: rows are used $sorted[0] to $sorted[-1] times\n" if $sorted[-1] - $sorted[0] > 1;
}
