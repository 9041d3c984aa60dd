#!/usr/bin/perl
# What confidence should write, by the formulas of its manual, in code of its own.
#
#     judge.pl make SEED CLASSES RECORDS [multi]        random records, labelled and not, some with ties and extremes
#     judge.pl judge NAME=VALUE...                      reads records, prints for each the values that belong in it
#
# names: T, threshold, compare, hard, tie, tsa, focal, alpha (with commas), multi.
use strict;
use warnings;
use JSON::PP;

my $json = JSON::PP->new->canonical->allow_nonref;
my $command = shift;

# ---- records ----

my $state;
sub draw {    # from 0 to below 1, with 31 bits
    $state = ($state * 1103515245 + 12345) % 2147483648;
    my $high = $state >> 16;
    $state = ($state * 1103515245 + 12345) % 2147483648;
    return ($high * 65536 + ($state >> 15)) / 2147483648;
}
sub normal { my $sum = -6; $sum += draw() for 1 .. 12; return $sum }

sub scores {
    my ($count, $wide) = @_;
    my @z = map { sprintf('%.4f', normal() * $wide) + 0 } 1 .. $count;
    $z[int(draw() * $count)] = $z[0] if draw() < 0.1;
    return \@z;
}

sub distribution {
    my ($z, $multi) = @_;
    return [map { 1 / (1 + exp(-$_)) } @$z] if $multi;
    my $sum = 0;
    $sum += exp($_) for @$z;
    return [map { exp($_) / $sum } @$z];
}

if ($command eq 'make') {
    my ($seed, $count, $records, $multi) = @ARGV;
    $state = $seed * 7919 + 17;
    draw() for 1 .. 10;
    for my $id (1 .. $records) {
        my %record = (id => $id);
        my $logits = draw() < 0.5;
        my $wide = (0.5, 2, 6, 30)[int(draw() * 4)];
        my $z = scores($count, $wide);
        $record{$logits ? 'logits' : 'probs'} = $logits ? $z : distribution($z, $multi);
        if (!$logits && draw() < 0.1) {    # 0 and 1 exactly
            $record{probs} = [map { $_ == 1 ? 1 : 0 } 1 .. $count];
        }
        my $several = int(draw() * 4);
        my @rows = map { my $row = scores($count, $wide); $logits ? $row : distribution($row, $multi) } 1 .. $several;
        $record{$logits ? 'aug_logits' : 'aug_probs'} = $several == 1 ? $rows[0] : \@rows if $several;
        $record{weight} = sprintf('%.3f', draw() * 3) + 0 if draw() < 0.3;
        if (draw() < 0.5) {
            $record{label} = $multi ? [grep { draw() < 0.4 } 0 .. $count - 1] : int(draw() * $count);
        }
        print $json->encode(\%record), "\n";
    }
    exit;
}

# ---- what belongs in a record ----

my %given = (T => 1, compare => 'gt', focal => 0, map { split /=/, $_, 2 } @ARGV);
my @alpha = split /,/, $given{alpha} // '';
my $FLOOR = 1e-12;

sub sum { my $sum = 0; $sum += $_ for @_; return $sum }
sub most { my $most = shift; for (@_) { $most = $_ if $_ > $most } return $most }

# Probabilities, those of the contrary, and logarithms of both.
sub read_one {
    my ($numbers, $logits) = @_;
    my (@p, @rest, @log, @rest_log);
    if ($logits && $given{multi}) {
        for my $z (@$numbers) {
            push @p, $z < 0 ? exp($z) / (1 + exp($z)) : 1 / (1 + exp(-$z));
            push @rest, $z > 0 ? exp(-$z) / (1 + exp(-$z)) : 1 / (1 + exp($z));
            push @log, log_of(-$z);
            push @rest_log, log_of($z);
        }
        return [\@p, \@rest, \@log, \@rest_log];
    }
    if ($logits) {
        my $top = most(@$numbers);
        my $all = sum(map { exp($_ - $top) } @$numbers);
        @log = map { $_ - $top - log($all) } @$numbers;
        @p = map { exp($_ - $top) / $all } @$numbers;
    } else {
        @p = map { $_ < 0 ? 0 : $_ > 1 ? 1 : $_ } @$numbers;
        if (!$given{multi}) { my $all = sum(@p); @p = map { $_ / $all } @p }
        @log = map { log($_ < $FLOOR ? $FLOOR : $_) } @p;
    }
    for my $c (0 .. $#p) {
        $rest[$c] = $given{multi} ? 1 - $p[$c] : sum(map { $_ == $c ? 0 : $p[$_] } 0 .. $#p);
        $rest_log[$c] = log($rest[$c] < $FLOOR ? $FLOOR : $rest[$c]);
    }
    return [\@p, \@rest, \@log, \@rest_log];
}

# -ln(1 + e^x)
sub log_of {
    my $x = shift;
    return -$x - log_small(exp(-$x)) if $x > 0;
    return -log_small(exp($x));
}
sub log_small { my $e = shift; return $e < 1e-4 ? $e - $e * $e / 2 + $e**3 / 3 - $e**4 / 4 : log(1 + $e) }

sub xlogy { my ($x, $y) = @_; return $x > 0 ? $x * $y : 0 }

while (<STDIN>) {
    my $record = $json->decode($_);
    my $logits = exists $record->{logits};
    my $numbers = $record->{$logits ? 'logits' : 'probs'};
    my $rows = $record->{$logits ? 'aug_logits' : 'aug_probs'} // [];
    $rows = [$rows] if @$rows && !ref $rows->[0];
    my @q = map { read_one($_, $logits) } @$rows;
    my ($p, $rest, $log, $rest_log) = @{ read_one($numbers, $logits) };
    my $labelled = exists $record->{label};
    my $weight = $record->{weight} // 1;
    my @out = ($record->{id});

    if ($given{multi}) {
        my %is = map { $_ => 1 } @{ $record->{label} // [] };
        my (@target, @mask, @weight, @right);
        my $ce = 0;
        for my $c (0 .. $#$p) {
            my $is = $is{$c} ? 1 : 0;
            if ($labelled) {
                $target[$c] = $is;
                $right[$c] = $is ? $p->[$c] : $rest->[$c];
                $ce -= $is ? $log->[$c] : $rest_log->[$c];
                $mask[$c] = defined $given{tsa} && $right[$c] > $given{tsa} ? 0 : 1;
                $weight[$c] = $weight * $mask[$c] * ($given{focal} == 0 ? 1 : ($is ? $rest : $p)->[$c]**$given{focal});
                $weight[$c] *= $is ? $alpha[$c] : 1 - $alpha[$c] if @alpha;
            } else {
                my $sure = most($p->[$c], $rest->[$c]);
                my ($yes, $no) = map { $_ == 0 ? 0 : $_**(1 / $given{T}) } $p->[$c], $rest->[$c];
                $target[$c] = $given{hard} ? ($p->[$c] > $rest->[$c] ? 1 : 0) : $yes / ($yes + $no);
                $mask[$c] = !defined $given{threshold}
                  || ($given{compare} eq 'ge' ? $sure >= $given{threshold} : $sure > $given{threshold}) ? 1 : 0;
                $mask[$c] = 0 if ($given{tie} // '') eq 'drop' && $p->[$c] == $rest->[$c];
                $weight[$c] = $weight * $mask[$c];
            }
        }
        my $kl = 0;
        for my $q (@q) {
            for my $c (0 .. $#$p) {
                my $t = $target[$c];
                $kl += xlogy($t, ($t > 0 ? log($t) : 0) - $q->[2][$c]);
                $kl += xlogy(1 - $t, (1 - $t > 0 ? log(1 - $t) : 0) - $q->[3][$c]);
            }
        }
        my $entropy = -sum(map { xlogy($p->[$_], $log->[$_]) + xlogy($rest->[$_], $rest_log->[$_]) } 0 .. $#$p);
        push @out, [map { most($p->[$_], $rest->[$_]) } 0 .. $#$p], [grep { $p->[$_] > $rest->[$_] } 0 .. $#$p],
          [map { abs($p->[$_] - $rest->[$_]) } 0 .. $#$p], $entropy, \@target, @q ? $kl / @q : undef, \@mask, \@weight,
          $labelled ? (\@right, $ce) : (undef, undef);
    } else {
        my $best = 0;
        for (1 .. $#$p) { $best = $_ if $numbers->[$_] > $numbers->[$best] }
        my $tie = grep({ $_ == $numbers->[$best] } @$numbers) > 1;
        my $second = most(0, map { $p->[$_] } grep { $_ != $best } 0 .. $#$p);
        my ($mask, $threshold) = (1);
        my (@target, @log_target);
        if ($labelled) {
            my $label = $record->{label};
            @target = map { $_ == $label ? 1 : 0 } 0 .. $#$p;
            $threshold = $given{tsa};
            $mask = 0 if defined $threshold && $p->[$label] > $threshold;
            $weight *= $given{focal} == 0 ? 1 : $rest->[$label]**$given{focal};
            $weight *= $alpha[$label] if @alpha;
        } else {
            $threshold = $given{threshold};
            $mask = 0 if defined $threshold
              && !($given{compare} eq 'ge' ? $p->[$best] >= $threshold : $p->[$best] > $threshold);
            $mask = 0 if $tie && ($given{tie} // '') eq 'drop';
            if ($given{hard}) {
                @target = map { $_ == $best ? 1 : 0 } 0 .. $#$p;
            } elsif ($logits) {
                my $soft = read_one([map { $_ / $given{T} } @$numbers], 1);
                @target = @{ $soft->[0] };
                @log_target = @{ $soft->[2] };
            } else {
                my @power = map { $_ == 0 ? 0 : $_**(1 / $given{T}) } @$p;
                my $all = sum(@power);
                @target = map { $_ / $all } @power;
            }
        }
        @log_target = map { $_ > 0 ? log($_) : 0 } @target unless @log_target;
        my $kl = 0;
        for my $q (@q) { $kl += xlogy($target[$_], $log_target[$_] - $q->[2][$_]) for 0 .. $#$p }
        push @out, $p->[$best], $best, $p->[$best] - $second, -sum(map { xlogy($p->[$_], $log->[$_]) } 0 .. $#$p),
          \@target, @q ? $kl / @q : undef, $mask, $mask ? $weight : 0,
          $labelled ? ($p->[ $record->{label} ], -$log->[ $record->{label} ]) : (undef, undef);
        push @out, $tie ? JSON::PP::true : JSON::PP::false, $threshold;
    }
    print join(' ', map { !defined $_ ? 'none' : ref $_ eq 'ARRAY' ? '[' . join(',', map { show($_) } @$_) . ']' : show($_) } @out), "\n";
}

sub show { my $x = shift; return ref $x ? ($x ? 'true' : 'false') : $x =~ /[.e]/ ? sprintf('%.17g', $x + 0) : $x + 0 }
