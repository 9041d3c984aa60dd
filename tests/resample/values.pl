#!/usr/bin/perl
# values.pl METHOD K INPUT OUTPUT: judges what smoten, smotenc, combine, mlsmote and recombine have made, from the
# definitions alone: the nearest by sorting all, votes by counting, texts by putting them together. Dies with what is
# wrong; prints how many records were made. Random draws are not known here: what was drawn must be one of what there is.
use strict;
use warnings;
use utf8;
use JSON::PP;
use List::Util qw(max sum0);

my ($method, $k, $input, $output) = @ARGV;
my $json = JSON::PP->new->utf8->allow_nonref;

sub read_all {
    my ($name) = @_;
    open my $in, '<', $name or die "$name: $!";
    my @records = map { $json->decode($_) } <$in>;
    return @records;
}
my @out = read_all($output);
my @in = read_all($input);
my %by_id = map { $_->{id} => $_ } @in;
@in = sort { $a->{id} <=> $b->{id} } @in; # ids are integers here

# ---- distances ----

my (%count, %of_class); # of a value at a place; and of those with a class
my %is_class;
for my $r (@in) {
    next if ref $r->{label};
    $is_class{$r->{label}} = 1;
    next unless $r->{nominal};
    for my $place (0 .. $#{$r->{nominal}}) {
        $count{$place}{$r->{nominal}[$place]}++;
        $of_class{$place}{$r->{nominal}[$place]}{$r->{label}}++;
    }
}
my @classes = sort keys %is_class;

sub value_distance {
    my ($place, $u, $v) = @_;
    return 0 if $u eq $v;
    my $sum = 0;
    for my $class (@classes) {
        my ($p, $q) = map { ($of_class{$place}{$_}{$class} // 0) / $count{$place}{$_} } $u, $v;
        $sum += abs($p - $q);
    }
    return $sum * $sum;
}

# The square of the median deviation of the numbers of a class.
sub median_square {
    my @rows = @_;
    my @deviations;
    for my $i (0 .. $#{$rows[0]{features}}) {
        my $mean = 0;
        $mean += $_->{features}[$i] for @rows;
        $mean /= @rows;
        my $squares = 0;
        $squares += ($_->{features}[$i] - $mean)**2 for @rows;
        push @deviations, sqrt($squares / @rows);
    }
    @deviations = sort { $a <=> $b } @deviations;
    my $n = @deviations;
    my $median = $n % 2 ? $deviations[$n / 2] : ($deviations[$n / 2 - 1] + $deviations[$n / 2]) / 2;
    return $median * $median;
}

sub distance {
    my ($x, $y, $added) = @_;
    my $sum = 0;
    for my $i ($x->{features} ? 0 .. $#{$x->{features}} : ()) {
        my $step = $x->{features}[$i] - $y->{features}[$i];
        $sum += $step * $step;
    }
    for my $place ($x->{nominal} ? 0 .. $#{$x->{nominal}} : ()) {
        my ($u, $v) = ($x->{nominal}[$place], $y->{nominal}[$place]);
        $sum += $added // value_distance($place, $u, $v) if $u ne $v;
    }
    return $sum;
}

# The k nearest of some rows.
sub nearest {
    my ($base, @rows) = @_;
    my $added = $base->{features} && $base->{nominal} ? median_square(@rows) : undef;
    my %far = map { $_->{id} => distance($base, $_, $added) } @rows;
    my @sorted = sort { $far{$a->{id}} <=> $far{$b->{id}} || $a->{id} <=> $b->{id} } grep { $_->{id} != $base->{id} } @rows;
    return @sorted[0 .. ($k < @sorted ? $k : @sorted) - 1];
}

sub vote {
    my ($place, @voters) = @_;
    my %votes;
    $votes{$_->{nominal}[$place]}++ for @voters;
    return (sort { $votes{$b} <=> $votes{$a} || $a cmp $b } keys %votes)[0];
}

# ---- records ----

sub same {
    my ($what, $made, $found, $expected) = @_;
    my ($x, $y) = map { $json->canonical->encode($_) } $found, $expected;
    die "$made->{id}: $what: found $x, expected $y\n" if $x ne $y;
}

sub near {
    my ($made, $found, $expected) = @_;
    die "$made->{id}: found $found, expected $expected\n" if abs($found - $expected) > 1e-6 * (1 + abs $expected);
}

sub judge_between {
    my ($made, $base, $other) = @_;
    die "$made->{id}: gap\n" unless $made->{gap} >= 0 && $made->{gap} < 1;
    near($made, $made->{features}[$_], $base->{features}[$_] + $made->{gap} * ($other->{features}[$_] - $base->{features}[$_]))
        for 0 .. $#{$base->{features}};
}

sub labels_of {
    my ($record) = @_;
    return ref $record->{label} ? @{$record->{label}} : ($record->{label});
}

sub has { my ($record, $label) = @_; return grep { $_ eq $label } labels_of($record) }

sub judge_values {
    my ($made, $base) = @_;
    my @own = grep { $_->{label} eq $base->{label} } @in;
    my @near = nearest($base, @own);
    my @parents = map { $by_id{$_} } @{$made->{parents}};
    same('label', $made, $made->{label}, $base->{label});
    if ($method eq 'smotenc') {
        my ($other, @rest) = @parents[1 .. $#parents];
        same('parents', $made, [map { $_->{id} } @rest], [grep { $_ != $other->{id} } map { $_->{id} } @near]);
        judge_between($made, $base, $other);
        same('nominal', $made, $made->{nominal}, [map { vote($_, @near) } 0 .. $#{$base->{nominal}}]);
        return;
    }
    same('parents', $made, $made->{parents}, [map { $_->{id} } $base, @near]);
    if ($method eq 'smoten') {
        same('nominal', $made, $made->{nominal}, [map { vote($_, $base, @near) } 0 .. $#{$base->{nominal}}]);
        return;
    }
    my @from = @{$made->{from}};
    for my $name (grep { $base->{$_} } qw(features nominal)) {
        for my $i (0 .. $#{$base->{$name}}) {
            same($name, $made, $made->{$name}[$i], $parents[shift @from]{$name}[$i]);
        }
    }
    die "$made->{id}: from is too long\n" if @from;
}

sub judge_labels {
    my ($made, $base, $label) = @_;
    my @own = grep { has($_, $label) } @in;
    my @near = nearest($base, @own);
    my ($other) = grep { $_->{id} == $made->{parents}[1] } @near;
    die "$made->{id}: $made->{parents}[1] is no neighbour\n" unless $other;
    judge_between($made, $base, $other);
    my %votes;
    for my $voter ($base, @near) { $votes{$_}++ for keys %{{map { $_ => 1 } labels_of($voter)}} }
    same('label', $made, $made->{label}, [grep { 2 * $votes{$_} > 1 + @near } sort keys %votes]);
}

sub pieces { my ($record) = @_; return map { substr $record->{text}, $_->[0], $_->[1] - $_->[0] } @{$record->{sentences}} }

sub judge_text {
    my ($made, $base) = @_;
    my @from = map { $by_id{$made->{parents}[$_]} } @{$made->{from}};
    my ($text, $at, @words) = ('', 0);
    same('parents', $made, $made->{parents}[0], $base->{id});
    for my $i (0 .. $#{$base->{sentences}}) {
        my ($start, $end) = @{$base->{sentences}[$i]};
        die "$made->{id}: $from[$i]{id} is of another class\n" if $from[$i]{label} ne $base->{label};
        $text .= substr $base->{text}, $at, $start - $at;
        my $move = length($text) - $from[$i]{sentences}[$i][0];
        push @words, map { [$_->[0] + $move, $_->[1] + $move] }
            grep { $_->[0] >= $from[$i]{sentences}[$i][0] && $_->[1] <= $from[$i]{sentences}[$i][1] } @{$from[$i]{words}};
        $text .= (pieces($from[$i]))[$i];
        $at = $end;
    }
    $text .= substr $base->{text}, $at;
    same('text', $made, $made->{text}, $text);
    same('words', $made, $made->{words}, \@words);
    same('sentences', $made, [pieces($made)], [map { (pieces($from[$_]))[$_] } 0 .. $#from]);
    die "$made->{id}: its text is there already\n" if grep { $_->{text} eq $text } @in;
}

my @made = grep { $_->{synthetic} } @out;
if ($method eq 'mlsmote') {
    my %number;
    for my $r (@in) { $number{$_}++ for keys %{{map { $_ => 1 } labels_of($r)}} }
    my $most = max values %number;
    my $mean = sum0(map { $most / $number{$_} } sort keys %number) / keys %number;
    my @expected = map { my $l = $_; map { [$l, $_] } grep { has($_, $l) } @in } grep { $most / $number{$_} > $mean } sort keys %number;
    die scalar(@made) . " records are made, expected " . scalar(@expected) . "\n" if @made != @expected;
    for my $i (0 .. $#made) {
        same('parent', $made[$i], $made[$i]{parent}, $expected[$i][1]{id});
        judge_labels($made[$i], $expected[$i][1], $expected[$i][0]) if @{$made[$i]{parents}} > 1;
    }
} else {
    for my $made (@made) {
        my $base = $by_id{$made->{parent}};
        $method eq 'recombine' ? judge_text($made, $base) : judge_values($made, $base);
    }
    my %text;
    $text{$_->{text} // ''}++ for @made;
    die "a text is made twice\n" if $method eq 'recombine' && grep { $_ > 1 } values %text;
}
print scalar(@made), "\n";
