#!/usr/bin/perl
# mlros and mlrus, slowly: every step looks at every label and every record again. Reads lines "DRAW ID LABEL..." in any
# order; arguments: mlros|mlrus, and how many steps at most. Prints "ID N": how often the record is there afterwards.
# Ratios are 64-bit floats, summed in the order of the labels' bytes, as the manual says.
use strict;
use warnings;

my ($method, $most) = @ARGV;
my @rows;
while (<STDIN>) {
    my ($draw, $id, @labels) = split;
    my %labels = map { $_ => 1 } @labels;
    push @rows, {draw => $draw, id => $id, labels => \%labels, uses => 1, turn => 0};
}
@rows = sort { $a->{draw} cmp $b->{draw} } @rows;

# The distance of each label from the mean; above 0: a minority label.
sub distances {
    my (%count, %ratio);
    for my $row (@rows) { $count{$_} += $row->{uses} for keys %{$row->{labels}} }
    my @names = sort grep { $count{$_} } keys %count;
    my ($most, $sum) = (0, 0);
    for (@names) { $most = $count{$_} if $count{$_} > $most }
    for (@names) { $sum += $ratio{$_} = $most / $count{$_} }
    return map { $_ => $ratio{$_} - $sum / @names } @names;
}

sub is_candidate {
    my ($row, $name, %distance) = @_;
    return 0 unless $row->{labels}{$name};
    return 1 if $method eq 'mlros';
    return $row->{uses} > 0 && !grep { $distance{$_} > 0 } keys %{$row->{labels}};
}

my %turn;
for (1 .. $most) {
    my %distance = distances();
    my @names = $method eq 'mlros'
        ? sort { $distance{$b} <=> $distance{$a} || $a cmp $b } grep { $distance{$_} > 0 } keys %distance
        : sort { $distance{$a} <=> $distance{$b} || $a cmp $b } grep { $distance{$_} < 0 } keys %distance;
    my $done = 0;
    for my $name (@names) {
        my @candidates = grep { is_candidate($_, $name, %distance) } @rows or next;
        my $row = $method eq 'mlros' ? $candidates[$turn{$name}++ % @candidates] : $candidates[0];
        $row->{uses} += $method eq 'mlros' ? 1 : -1;
        $done = 1;
        last;
    }
    last unless $done;
}
print "$_->{id} $_->{uses}\n" for sort { $a->{id} <=> $b->{id} } @rows;
