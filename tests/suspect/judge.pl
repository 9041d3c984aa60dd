#!/usr/bin/perl
# What suspect should write, in code of its own, written after cleanlab 2.9 (count.py, filter.py).
#
#     judge.pl make SEED CLASSES RECORDS [multi]      random records; some seeds have ties, and classes without records
#     judge.pl judge confident|predicted [multi]      reads records, prints suspect, label_score, suggested of each
#     judge.pl joint [multi]                          reads records, prints thresholds and counts
use strict;
use warnings;
use JSON::PP;

my $json = JSON::PP->new->canonical->allow_nonref;
my $command = shift;

my $state;
sub draw {    # from 0 to below 1, with 31 bits
    $state = ($state * 1103515245 + 12345) % 2147483648;
    my $high = $state >> 16;
    $state = ($state * 1103515245 + 12345) % 2147483648;
    return ($high * 65536 + ($state >> 15)) / 2147483648;
}

sub distribution {
    my ($count, $coarse) = @_;
    my @p = (0) x $count;
    if ($coarse) {    # sixteenths, so that many are equal, and some differ by what counts as equal
        $p[int(draw() * $count)]++ for 1 .. 16;
        $_ /= 16 for @p;
        my $shift = (0, 0, 5e-7, 1e-6, 2e-6)[int(draw() * 5)];
        ($p[0], $p[1]) = ($p[0] - $shift, $p[1] + $shift) if $p[0] > 0;
        return @p;
    }
    my $sum = 0;
    $sum += $_ = draw()**4 for @p;
    return map { $_ / $sum } @p;
}

if ($command eq 'make') {
    my ($seed, $count, $records, $multi) = @ARGV;
    $state = $seed * 7919 + 17;
    draw() for 1 .. 10;
    my $most = $seed % 3 == 0 ? $count - 1 : $count;
    for my $id (1 .. $records) {
        my @p = $multi ? map { $seed % 2 ? draw() : int(draw() * 9) / 8 } 1 .. $count : distribution($count, $seed % 2);
        my @label = $multi ? grep { draw() < (draw() < 0.7 ? $p[$_] : 0.5) } 0 .. $count - 1 : int(draw() * $most);
        my ($best) = sort { $p[$b] <=> $p[$a] } 0 .. $most - 1;
        @label = $best if !$multi && draw() < 0.7;
        print $json->encode({id => $id, probs => \@p, label => $multi ? \@label : $label[0]}), "\n";
    }
    exit;
}

my $multi = ($ARGV[-1] // '') eq 'multi';
my $method = $command eq 'judge' ? $ARGV[0] : 'confident';

# Each case is [probabilities, label]: of a record, or with several labels of each class of it.
my (@cases, @records);
while (<STDIN>) {
    my $record = $json->decode($_);
    my @p = @{$record->{probs}};
    push @records, $record;
    if (!$multi) {
        my $sum = 0;
        $sum += $_ for @p;
        push @{$cases[0]}, [[map { $_ / $sum } @p], $record->{label}];
        next;
    }
    for my $c (0 .. $#p) {
        push @{$cases[$c]}, [[1 - $p[$c], $p[$c]], scalar grep { $_ == $c } @{$record->{label}}];
    }
}

sub argmax {
    my @p = @_;
    my $best = 0;
    for (0 .. $#p) { $best = $_ if $p[$_] > $p[$best] }
    return $best;
}

sub thresholds {
    my ($cases) = @_;
    my (@sum, @count);
    for (@$cases) {
        my ($p, $label) = @$_;
        $sum[$label] += $p->[$label];
        $count[$label]++;
    }
    return map { my $t = $count[$_] ? $sum[$_] / $count[$_] : 2; $t < 2e-6 ? 2e-6 : $t } 0 .. $#{$cases->[0][0]};
}

sub guess {
    my ($p, @t) = @_;
    my @sure = grep { $p->[$_] >= $t[$_] - 1e-6 } 0 .. $#$p;
    return @sure == 1 ? $sure[0] : @sure ? argmax(@$p) : undef;
}

# The guess for each case, and whether it is suspect.
sub judge {
    my ($cases) = @_;
    my @t = thresholds($cases);
    return map {
        my ($p, $label) = @$_;
        my $guess = $method eq 'predicted' ? argmax(@$p) : guess($p, @t);
        my @raised = @$p;
        $raised[$label] += 1e-6;
        [$guess, defined $guess && $guess != $label && argmax(@raised) != $label];
    } @$cases;
}

if ($command eq 'joint') {
    my (@thresholds, @joint);
    for my $cases (@cases) {
        my $count = @{$cases->[0][0]};
        my @counts = map { [(0) x $count] } 1 .. $count;
        my @verdicts = judge($cases);
        for (0 .. $#$cases) { $counts[$cases->[$_][1]][$verdicts[$_][0]]++ if defined $verdicts[$_][0] }
        push @joint, \@counts;
        push @thresholds, [map { $_ == 2 ? 'none' : sprintf '%.12f', $_ } thresholds($cases)];
    }
    print $json->encode($multi ? \@joint : $joint[0]), "\n";
    print join(' ', map { @$_ } @thresholds), "\n";
    exit;
}

my @verdicts = map { [judge($_)] } @cases;
for my $i (0 .. $#records) {
    my (@suspect, @score, @suggested);
    for my $c (0 .. $#cases) {
        my ($p, $label) = @{$cases[$c][$i]};
        my ($guess, $suspect) = @{$verdicts[$c][$i]};
        push @suspect, $suspect ? 1 : 0;
        push @score, sprintf '%.12f', $p->[$label];
        push @suggested, $multi ? ($label != $suspect ? $c : ()) : $suspect ? $guess : ();
    }
    print join(' ', $records[$i]{id}, join(',', @suspect), join(',', @score), join(',', @suggested)), "\n";
}
