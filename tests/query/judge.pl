#!/usr/bin/perl
# What query should write, in code of its own.
#
#     judge.pl make SEED RECORDS            random records, several of them alike
#     judge.pl judge NAME=VALUE...          reads records, prints the id, the score and the rank of those to label
#
# names: num, by, order, per, diverse, preselect, with (a file).
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

# In units of 2^-20: nothing is rounded, and no two are permutations of each other.
sub distribution {
    my $kind = int(draw() * 12);
    return [1, 0, 0] if $kind == 0;
    return [0.5, 0.5, 0] if $kind == 1;
    my ($x, $y) = map { int(draw() * 2**20) } 1, 2;
    ($x, $y) = ($y, $x) if $x > $y;
    return [map { $_ / 2**20 } $x, $y - $x, 2**20 - $y];
}

if ($command eq 'make') {
    my ($seed, $records) = @ARGV;
    $state = $seed * 7919 + 17;
    draw() for 1 .. 10;
    my @last;
    for my $id (1 .. $records) {
        @last = (distribution(), [map { distribution() } 1 .. 4]) if !@last || draw() < 0.7;
        my %record = (id => $id % 5 ? $id : "r$id", probs => $last[0], pass_probs => $last[1]);
        $record{lang} = (qw(en de zh))[int(draw() * 3)];
        $record{gain} = int(draw() * 20) - 10;
        $record{std} = [map { int(draw() * 4) / 4 } 1 .. 3];
        $record{features} = [map { int(draw() * 9) } 1 .. 3];
        $record{sparse} = {indices => [grep { $record{features}[$_] } 0 .. 2], values => [grep { $_ } @{$record{features}}]};
        print $json->encode(\%record), "\n";
    }
    exit;
}

my %given = (order => 'highest', map { split /=/, $_, 2 } @ARGV);

sub argmax {
    my $p = shift;
    my $best = 0;
    for (0 .. $#$p) { $best = $_ if $p->[$_] > $p->[$best] }
    return $best;
}
sub plnp { return $_[0] > 0 ? $_[0] * log($_[0]) : 0 }

sub score {
    my ($record) = @_;
    my @p = sort { $b <=> $a } @{$record->{probs}};
    my $by = $given{by};
    return 1 - $p[0] if $by eq 'least-confidence';
    return 1 - ($p[0] - $p[1]) if $by eq 'margin';
    my $sum = 0;
    my @passes = @{$record->{pass_probs}};
    if ($by eq 'entropy') {
        $sum -= plnp($_) for @{$record->{probs}};
    } elsif ($by eq 'vote-entropy') {
        my %votes;
        $votes{argmax($_)}++ for @passes;
        $sum -= plnp($votes{$_} / @passes) for sort keys %votes;
    } elsif ($by eq 'disagreement') {    # H(mean) - mean of H
        for my $c (0 .. 2) {
            my $mean = 0;
            $mean += $_->[$c] / @passes for @passes;
            $sum -= plnp($mean);
            $sum += plnp($_->[$c]) / @passes for @passes;
        }
    } elsif (ref $record->{$by}) {
        return $record->{$by}[argmax($record->{probs})];
    } else {
        return $record->{$by};
    }
    return $sum;
}

sub is_number { return $_[0] !~ /^r/ }
sub by_id {
    my ($x, $y) = @_;
    return is_number($y) - is_number($x) || (is_number($x) ? $x <=> $y : $x cmp $y);
}
sub distance {
    my ($x, $y) = @_;
    my $sum = 0;
    $sum += ($x->[$_] - $y->[$_])**2 for 0 .. $#$x;
    return $sum;
}

my %groups;
while (<STDIN>) {
    my $record = $json->decode($_);
    # as good as equal: the last digits depend on the order of adding
    my $score = sprintf '%.9f', score($record);
    my $group = !$given{per} ? '' : $given{per} eq 'predicted' ? argmax($record->{probs}) : $record->{$given{per}};
    push @{$groups{$group}}, [$record->{id}, $score + 0, $record->{features}];
}

for my $group (sort keys %groups) {
    my $sign = $given{order} eq 'lowest' ? -1 : 1;
    my @all = sort { $sign * ($b->[1] <=> $a->[1]) || by_id($a->[0], $b->[0]) } @{$groups{$group}};
    if ($given{diverse}) {
        @all = splice @all, 0, $given{preselect} if $given{preselect};
        my @centers;
        if ($given{with}) {
            open my $file, '<', $given{with} or die;
            @centers = map { $json->decode($_)->{features} } <$file>;
        }
        my @chosen;
        while (@all && @chosen < $given{num}) {
            my ($most, $best) = (-1, 0);
            for my $i (0 .. $#all) {
                last if !@centers;
                my ($nearest) = sort { $a <=> $b } map { distance($all[$i][2], $_) } @centers;
                ($most, $best) = ($nearest, $i)
                    if $nearest > $most || ($nearest == $most && by_id($all[$i][0], $all[$best][0]) < 0);
            }
            push @chosen, splice @all, $best, 1;
            push @centers, $chosen[-1][2];
        }
        @all = @chosen;
    }
    @all = splice @all, 0, $given{num};
    printf "%s %.9f %d\n", $all[$_][0], $all[$_][1], $_ + 1 for 0 .. $#all;
}
