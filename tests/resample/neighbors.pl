#!/usr/bin/perl
# neighbors.pl FIRST LAST [METHOD…] - the methods of quern resample that look at neighbours, against an oracle that
# shares no code with them, on random records: one data set for each number from FIRST to LAST. Works in the current
# folder. Prints a line for each difference; the status is 1 if there was any.
#
# Features are multiples of 1/1024, so distances are integers, and there are many equal ones. With --metric cosine
# vectors have the lengths 4, 8 and 16, so dividing by the length is exact, too. Where the definition itself is one in
# floating point (sums of square roots, vectors that are made), the same operations are done in Perl's doubles.
use strict;
use warnings;
use List::Util qw(max min shuffle sum0);

my (@row, $dims, @class, $cosine, $grouped, @extra);
my ($number, $bad, $checks) = (0, 0, 0);

sub pick { return $_[ int rand @_ ] }

# ---- data ----

# Numbers before strings, by value, then by bytes.
sub compare_json {
    my ($left, $right) = @_;
    my ($first, $second) = map { /^"/ ? 1 : 0 } $left, $right;
    return $first <=> $second || ($first ? $left cmp $right : $left <=> $right || $left cmp $right);
}

sub make_ids {
    my $count = shift;
    my %seen;
    while (keys %seen < $count) {
        my $n = int rand(4 * $count);
        $seen{ pick($n, $n, "\"$n\"", "\"r$n\"", "\"R$n\"", -$n - 1, "$n.5", "$n.0", "\"x#$n\"") } = 1;
    }
    return shuffle(sort keys %seen);
}

# A vector of 8 integers of the length 4, times a power of two: what there is of them is sorted into few directions.
sub unit_vector {
    my @shape = shuffle(@{ pick([ 4, (0) x 7 ], [ 2, 2, 2, 2, (0) x 4 ], [ 3, 2, 1, 1, 1, 0, 0, 0 ], [ 2, 2, 2, 1, 1, 1, 1, 0 ]) });
    my $times = pick(256, 512, 1024);
    return map { $_ * $times * pick(-1, 1, 1, 1) } @shape;
}

sub decimal {
    my $text = sprintf '%.10f', $_[0] / 1024;
    $text =~ s/\.?0+$//;
    return $text eq '-0' ? 0 : $text;
}

sub make_data {
    srand $number;
    my $tiny = rand() < 0.25;
    my $count = $tiny ? 3 + int rand 8 : 15 + int rand 70;
    $cosine = rand() < 0.25;
    $grouped = rand() < 0.25;
    $dims = $cosine ? 8 : 1 + int rand 5;
    my @labels = (shuffle(qw(-3 7 10 "7" "a" "B" "" "\u00e9")))[ 0 .. 1 + int rand 4 ];
    my @weights = map { 1 + rand 6 } @labels;
    my $range = pick(1, 2, 3, 8, 30);
    my $times = pick(1, 256, 1024, 1777);
    my @ids = make_ids($count);
    my %common;
    $common{weight} = 1 if rand() < 0.3;
    $common{split} = '"train"' if rand() < 0.3;
    $common{epoch} = 1 + int rand 5 if rand() < 0.3;
    @row = ();
    for my $i (0 .. $count - 1) {
        my $at = rand sum0 @weights;
        my $class = 0;
        $at -= $weights[ $class++ ] while $class < $#labels && $at >= $weights[$class];
        $class = $i if $i < 2;
        my @x = $cosine ? unit_vector() : map { $times * (int(rand(2 * $range + 1)) - $range + $class % 2) } 1 .. $dims;
        @x = @{ pick(@row)->{x} } if @row && rand() < 0.1;
        my %made = (id => $ids[$i], label => $labels[$class], x => \@x);
        $made{group} = pick(1, '"1"', '"g"') if $grouped;
        $made{weight} = pick(0.25, 1, 1.5, 2, 3.75) if $common{weight};
        $made{$_} = $common{$_} for grep { exists $common{$_} } qw(split epoch);
        my @members = map { exists $made{$_} ? "\"$_\":$made{$_}" : () } qw(id label group weight split epoch);
        $made{line} = '{' . join(',', @members, '"features":[' . join(',', map { decimal($_) } @x) . ']') . '}';
        push @row, \%made;
    }
    open my $file, '>', 'in' or die;
    print $file map { "$_->{line}\n" } @row;
    close $file;
    @extra = ($cosine ? '--metric cosine' : (), $grouped ? '--group group' : ());
    rank_rows();
}

# Rows by rank, classes in their order, the draw of each row.
sub rank_rows {
    @row = sort { compare_json($a->{id}, $b->{id}) } @row;
    my %count;
    $row[$_]{rank} = $_ for 0 .. $#row;
    $count{ $_->{label} }++ for @row;
    @class = map { { label => $_, count => $count{$_} } } sort { compare_json(unescape($a), unescape($b)) } keys %count;
    my %number = map { $class[$_]{label} => $_ } 0 .. $#class;
    $_->{class} = $number{ $_->{label} } for @row;
    if ($cosine) {    # of length 16
        for my $row (@row) {
            my $square = sum0(map { $_ * $_ / 1048576 } @{ $row->{x} });
            my $times = $square == 1 ? 16 : $square == 4 ? 8 : $square == 16 ? 4 : die "length";
            $row->{y} = [ map { $_ * $times / 1024 } @{ $row->{x} } ];
        }
    } else {
        $_->{y} = $_->{x} for @row;
    }
    find_draws();
}

sub unescape { return $_[0] eq '"\u00e9"' ? "\"\xc3\xa9\"" : $_[0] }

# Of one row in each class all lines of `resample count` tell the draw.
sub find_draws {
    open my $file, '>', 'alone' or die;
    for my $row (@row) {
        my $epoch = exists $row->{epoch} ? ",\"epoch\":$row->{epoch}" : '';
        print $file "{\"id\":$row->{id},\"label\":\"$row->{rank}\"$epoch}\n";
    }
    close $file;
    for (qx{quern resample count --method under alone}) {
        $row[$1]{draw} = $2 if /"label":"(\d+)","rows":"([0-9a-f]{16})/;
    }
}

# ---- neighbours ----

sub square {
    my ($left, $right) = @_;
    my ($first, $second) = ($left->{y}, $right->{y});
    my $sum = 0;
    for my $i (0 .. $#$first) {
        my $difference = $first->[$i] - $second->[$i];
        $sum += $difference * $difference;
    }
    return $sum;
}

# The k nearest of the base, or the farthest; by these ranks if they are given.
sub near {
    my ($query, $base, $k, %how) = @_;
    my @others = grep { $_ != $query && (!$grouped || $_->{group} eq $query->{group}) } @$base;
    my %square = map { $_->{rank} => square($query, $_) } @others;
    my $sign = $how{farthest} ? -1 : 1;
    my @sorted = sort {
        $sign * ($square{ $a->{rank} } <=> $square{ $b->{rank} })
            || ($how{by_class} ? $a->{class} <=> $b->{class} : 0)
            || $a->{rank} <=> $b->{rank}
    } @others;
    return @sorted[ 0 .. min($k, scalar @sorted) - 1 ];
}

sub vote {
    my %votes;
    $votes{ $_->{class} }++ for @_;
    return (sort { $votes{$b} <=> $votes{$a} || $a <=> $b } keys %votes)[0];
}

sub counts_of {
    my @count = (0) x @class;
    $count[ $_->{class} ]++ for @_;
    return @count;
}

sub smallest { my @count = @_; return (sort { $count[$a] <=> $count[$b] || $a <=> $b } 0 .. $#count)[0] }
sub largest { my @count = @_; return (sort { $count[$b] <=> $count[$a] || $a <=> $b } 0 .. $#count)[0] }

# The classes that change, of rows: strategy is a word, or a reference to a list of classes.
sub changing {
    my ($strategy, @rows) = @_;
    my @count = counts_of(@rows);
    if (ref $strategy) { return map { $_ => 1 } @$strategy }
    my ($small, $large) = (smallest(@count), largest(@count));
    return map { $_ => 1 } grep {
        my $class = $_;
        { 'all' => 1, 'minority' => $class == $small, 'majority' => $class == $large, 'not-minority' => $class != $small,
            'not-majority' => $class != $large }->{$strategy}
    } 0 .. $#class;
}

# ---- methods that remove: each returns the rows that stay ----

sub tomek {
    my ($rows, $by_class, %changes) = @_;
    my %nearest;
    for my $row (@$rows) { ($nearest{ $row->{rank} }) = near($row, $rows, 1, by_class => $by_class) }
    return grep {
        my $other = $nearest{ $_->{rank} };
        !($other && $nearest{ $other->{rank} } == $_ && $other->{class} != $_->{class} && $changes{ $_->{class} })
    } @$rows;
}

sub enn {
    my ($rows, $k, $kind, $strategy, $by_class) = @_;
    my %changes = changing($strategy, @$rows);
    return grep {
        my $row = $_;
        my $stays = 1;
        if ($changes{ $row->{class} } && (my @near = near($row, $rows, $k, by_class => $by_class))) {
            $stays = $kind eq 'all' ? !grep { $_->{class} != $row->{class} } @near : vote(@near) == $row->{class};
        }
        $stays;
    } @$rows;
}

sub again {
    my ($grows, $k, $kind, $strategy) = @_;
    my @left = @row;
    my @first = counts_of(@row);
    my $small = smallest(@first);
    for my $round (1 .. ($grows ? $k : 100)) {
        my $before = @left;
        @left = enn(\@left, $grows ? $round : $k, $kind, $strategy, $round > 1);
        my @now = counts_of(@left);
        my @too_few = grep { $now[$_] == 0 || ($_ != $small && $now[$_] < $first[$small]) } 0 .. $#class;
        last if @too_few;
        last if !$grows && @left == $before;
    }
    return @left;
}

sub ncr {
    my ($k, $strategy) = @_;
    my %changes = changing($strategy, @row);
    my @count = counts_of(@row);
    my $small = smallest(@count);
    my %gone = map { $_->{rank} => 1 } @row;
    delete $gone{ $_->{rank} } for enn(\@row, $k, 'mode', $strategy);
    for my $row (grep { $_->{class} == $small } @row) {
        my @near = near($row, \@row, $k);
        next if vote($row, @near[ 0 .. min($k - 1, scalar @near) - 1 ]) == $small;
        for (@near) {
            $gone{ $_->{rank} } = 1 if $changes{ $_->{class} } && 2 * $count[ $_->{class} ] > $count[$small];
        }
    }
    return grep { !$gone{ $_->{rank} } } @row;
}

sub seed_of { my $class = shift; return (sort { $a->{draw} cmp $b->{draw} } grep { $_->{class} == $class } @row)[0] }

sub condense {
    my ($grows, $strategy) = @_;
    my %changes = changing($strategy, @row);
    my $small = smallest(counts_of(@row));
    my @left;
    for my $class (0 .. $#class) {
        my @own = grep { $_->{class} == $class } @row;
        if ($class == $small || !$changes{$class}) {
            push @left, @own;
            next;
        }
        my @store = (seed_of($class), grep { $_->{class} == $small } @row);
        my @start = @store;
        for my $row (@own) {
            next if $row == $store[0];
            my ($nearest) = near($row, $grows ? \@store : \@start, 1);
            push @store, $row if $nearest->{class} != $class;
        }
        push @left, grep { $_->{class} == $class } @store;
    }
    return @left if $grows;
    @left = sort { $a->{rank} <=> $b->{rank} } @left;
    return tomek(\@left, 1, %changes);
}

sub nearmiss {
    my ($version, $k, $strategy) = @_;
    my %changes = changing($strategy, @row);
    my @count = counts_of(@row);
    my $small = smallest(@count);
    my @few = grep { $_->{class} == $small } @row;
    my @left;
    for my $class (0 .. $#class) {
        my @own = grep { $_->{class} == $class } @row;
        if ($class == $small || !$changes{$class} || $count[$class] == $count[$small]) {
            push @left, @own;
            next;
        }
        my %sum;
        if ($version == 3) {
            my %candidate;
            for my $row (@few) { $candidate{ $_->{rank} } = 1 for near($row, \@own, $k) }
            @own = grep { $candidate{ $_->{rank} } } @own;
        }
        for my $row (@own) {
            my @squares = sort { $a <=> $b } map { square($row, $_) } near($row, \@few, $k, farthest => $version == 2);
            my $sum = 0;
            $sum += $cosine ? $_ / 512 : sqrt($_ / 1048576) for @squares;
            $sum{ $row->{rank} } = $sum;
        }
        my $sign = $version == 3 ? -1 : 1;
        @own = sort { $sign * ($sum{ $a->{rank} } <=> $sum{ $b->{rank} }) || $a->{rank} <=> $b->{rank} } @own;
        push @left, @own[ 0 .. min($count[$small], scalar @own) - 1 ];
    }
    return @left;
}

# ---- methods that make ----

sub others_of {
    my ($row, $k) = @_;
    my @near = near($row, \@row, $k);
    return (scalar(grep { $_->{class} != $row->{class} } @near), scalar @near);
}

sub in_danger {
    my ($row, $m) = @_;
    my ($others, $looked) = others_of($row, $m);
    return 2 * $others >= $looked && $others < $looked;
}

# How often each row of a class is a base: by rank.
sub uses_of {
    my ($method, $class, $more, $k, $m, $round) = @_;
    my @own = grep { $_->{class} == $class } @row;
    @own = grep { in_danger($_, $m) } @own if $method =~ /borderline/;
    return () if !@own || !$more;
    my %uses;
    my %others = map { $_->{rank} => (others_of($_, $k))[0] } @own;
    my $sum = sum0(values %others);
    if ($method eq 'adasyn' && $sum > 0) {
        my $left = $more;
        my %rest;
        for (@own) {
            my $product = $more * $others{ $_->{rank} };
            $rest{ $_->{rank} } = $product % $sum;
            $left -= $uses{ $_->{rank} } = ($product - $product % $sum) / $sum;
        }
        if ($round eq 'rint') {
            for (keys %rest) {
                my $side = 2 * $rest{$_} <=> $sum;
                $uses{$_}++ if $side > 0 || ($side == 0 && $uses{$_} % 2);
            }
        } else {
            $uses{$_}++ for (sort { $rest{$b} <=> $rest{$a} || $a <=> $b } keys %rest)[ 0 .. $left - 1 ];
        }
        return %uses;
    }
    my @first = sort { $a->{draw} cmp $b->{draw} } @own;
    $uses{ $first[$_]{rank} } = int($more / @own) + ($_ < $more % @own) for 0 .. $#first;
    return %uses;
}

sub single { return unpack 'f', pack 'f', $_[0] }

# Reads what was made; each as a row with what is said about it.
sub read_made {
    my $line = shift;
    my %made = (line => $line);
    $line =~ /^\{"id":"((?:[^"\\])*)"/ and $made{id} = $1;
    ($made{parent}) = $line =~ /"parent":("[^"]*"|[^,]*)/;
    ($made{parents}) = $line =~ /"parents":\[([^\]]*)\]/;
    ($made{gap}) = $line =~ /"gap":([^,}]*)/;
    ($made{weight}) = $line =~ /"weight":([^,}]*)/;
    ($made{labels}) = $line =~ /"parent_labels":\[([^\]]*)\]/;
    ($made{method}) = $line =~ /"method":"([^"]*)"/;
    my ($features) = $line =~ /"features":\[([^\]]*)\]/;
    $made{features} = [ split /,/, $features ];
    return \%made;
}

# Is what was made of the base what the words of the manual say? The base's neighbours were found by somebody else.
sub check_made {
    my ($made, $base, $n, $near, $two, $say) = @_;
    my %by_id = map { $_->{id} => $_ } @row;
    my ($first, $second) = split /,/, $made->{parents};
    my $other = defined $second ? $by_id{$second} : $base;
    (my $stem = $base->{id}) =~ s/^"|"$//g;
    $say->("id, expected $stem#sm$n") if $made->{id} ne "$stem#sm$n";
    $say->('parent') if $made->{parent} ne $base->{id} || $first ne $base->{id};
    $say->('root') if $made->{line} !~ /"root":\Q$base->{id}\E,/;
    for my $member (qw(label group split epoch)) {
        next if !exists $base->{$member};
        $say->($member) if $made->{line} !~ /"$member":\Q@{[ unescape($base->{$member}) ]}\E,/ && $made->{line} !~ /"$member":\Q$base->{$member}\E,/;
    }
    if (@$near == 0) {
        $say->('a copy has one parent and no gap') if defined $second || defined $made->{gap};
    } elsif (!defined $second || !grep { $_ == $other } @$near) {
        return $say->('its second parent is no neighbour');
    }
    my $gap = $made->{gap} // 0;
    my $half = $two && $other->{class} != $base->{class};
    $say->('gap') if $gap < 0 || $gap >= ($half ? 0.5 : 1);
    if ($two) {
        my @labels = map { unescape($_) } $base->{label}, defined $second ? $other->{label} : ();
        $say->('parent_labels') if unescape($made->{labels} =~ s/\\u00e9/\xc3\xa9/gr) ne join(',', @labels);
    }
    for my $i (0 .. $dims - 1) {
        my ($from, $to) = ($base->{x}[$i] / 1024, $other->{x}[$i] / 1024);
        my $step = $gap * ($to - $from);
        $say->("features[$i]") if single($from + $step) != single($made->{features}[$i]);
    }
    if (exists $base->{weight}) {
        my $step = $gap * ($other->{weight} - $base->{weight});
        $say->('weight') if $base->{weight} + $step != $made->{weight};
    }
    return;
}

# ---- runs ----

sub differs {
    my ($command, $what) = @_;
    print "data set $number: $command: $what\n";
    $bad++;
}

sub run {
    my ($command, @rest) = @_;
    my $all = join ' ', 'quern resample', $command, @extra, @rest, 'in';
    $checks++;
    my $out = qx{$all 2>err};
    return ($all, undef) if $?;
    return ($all, [ split /\n/, $out ]);
}

# Do these rows stay, in the order of the input?
sub check_left {
    my ($command, @left) = @_;
    my ($all, $lines) = run($command);
    return differs($all, 'status ' . ($? >> 8)) if !defined $lines;
    my %stays = map { $_->{line} => 1 } @left;
    open my $file, '<', 'in' or die;
    chomp(my @in = <$file>);
    my @expected = grep { $stays{$_} } @in;
    differs($all, @$lines . ' stay, expected ' . @expected) if "@$lines" ne "@expected";
    return;
}

sub strategy {
    my $word = pick('auto', 'auto', 'auto', 'all', 'minority', 'majority', 'not-minority', 'not-majority', 'list');
    return ('', 'not-minority') if $word eq 'auto';
    return (" --strategy $word", $word) if $word ne 'list';
    my @some = (shuffle(0 .. $#class))[ 0 .. int rand @class ];
    return (" --strategy '" . join(',', map { unescape($class[$_]{label}) } @some) . "'", \@some);
}

sub check_removing {
    my @groups = @extra;
    my ($words, $strategy) = strategy();
    my $k = pick(1, 2, 3, 3, 4, 7);
    check_left("--method tomek$words", tomek(\@row, 0, changing($strategy, @row)));
    for my $kind ('all', 'mode') {
        check_left("--method enn --kind $kind -k $k$words", enn(\@row, $k, $kind, $strategy));
        check_left("--method renn --kind $kind -k $k$words", again(0, $k, $kind, $strategy));
        check_left("--method allknn --kind $kind -k $k$words", again(1, $k, $kind, $strategy));
    }
    check_left("--method ncr -k $k$words", ncr($k, $strategy));
    my $was = $grouped;    # the others have no groups
    ($grouped, @extra) = (0, grep { !/group/ } @extra);
    check_left("--method cnn$words", condense(1, $strategy));
    check_left("--method oss$words", condense(0, $strategy));
    check_left("--method nearmiss$_ -k $k$words", nearmiss($_, $k, $strategy)) for 1 .. 3;
    ($grouped, @extra) = ($was, @groups);
    return;
}

sub check_making {
    my $k = pick(1, 2, 5, 5, 9, 100);
    my $m = pick(3, 5, 10, 10, 100);
    my @count = counts_of(@row);
    my $large = max(@count);
    for my $method (qw(smote borderline1 borderline2 adasyn adasyn-rint)) {
        my ($name, $round) = $method =~ /(.*)-(.*)/ ? ($1, $2) : ($method, '');
        my $command = "--method $name -k $k" . ($name =~ /border/ ? " -m $m" =~ s/-m/--m/r : '') . ($round ? " --round $round" : '');
        my ($all, $lines) = run($command);
        if (!defined $lines) { differs($all, 'status ' . ($? >> 8)); next }
        open my $file, '<', 'in' or die;
        chomp(my @in = <$file>);
        my @real = splice @$lines, 0, scalar @in;
        differs($all, 'records have changed') if "@real" ne "@in";
        my $two = $name eq 'borderline2';
        my %uses = map { uses_of($name, $_, $large - $count[$_], $k, $m, $round) } 0 .. $#class;
        for my $class (0 .. $#class) {
            my @pool = $two ? @row : grep { $_->{class} == $class } @row;
            for my $rank (grep { $uses{$_} && $row[$_]{class} == $class } 0 .. $#row) {
                my @near = near($row[$rank], \@pool, $k);
                # What is made of "17" is numbered on from what is made of 17.
                my ($twin) = $row[$rank]{id} =~ /^"(-?\d.*)"$/ ? grep { $_->{id} eq $1 } @row : ();
                my $before = $twin ? $uses{ $twin->{rank} } // 0 : 0;
                for my $n ($before + 1 .. $before + $uses{$rank}) {
                    my $made = shift @$lines;
                    if (!defined $made) { differs($all, 'too few are made'); last }
                    my $read = read_made($made);
                    check_made($read, $row[$rank], $n, \@near, $two, sub { differs($all, "$_[0]: $made") });
                    differs($all, 'method') if $read->{method} ne $name;
                }
            }
        }
        differs($all, @$lines . ' too many are made') if @$lines;
    }
    return;
}

# What smote makes, cleaned as real and made rows together, these ranked after those.
sub check_both {
    my ($plain, $lines) = run('--method smote');
    return differs($plain, 'status ' . ($? >> 8)) if !defined $lines;
    my %by_id = map { $_->{id} => $_ } @row;
    my @kept = @row;
    for my $line (grep { /"synthetic":true/ } @$lines) {
        my $made = read_made($line);
        my $base = $by_id{ $made->{parent} };
        my @x = map { 1024 * $_ } map { single($_) } @{ $made->{features} };
        push @row, { line => $line, rank => scalar @row, x => \@x, y => \@x, class => $base->{class}, group => $base->{group} };
    }
    my %all = map { $_ => 1 } 0 .. $#class;
    if (!$cosine) {
        for my $method ('smoteenn', 'smotetomek') {
            my ($command, $got) = run("--method $method");
            if (!defined $got) { differs($command, 'status ' . ($? >> 8)); next }
            my @left = $method eq 'smoteenn' ? enn(\@row, 3, 'all', 'all') : tomek(\@row, 0, %all);
            my %stays = map { $_->{line} =~ s/"method":"smote"/"method":"$method"/r => 1 } @left;
            my @expected = grep { $stays{$_} } map { s/"method":"smote"/"method":"$method"/r } @$lines;
            differs($command, @$got . ' stay, expected ' . @expected) if "@$got" ne "@expected";
        }
    }
    @row = @kept;
    return;
}

my ($first, $last, @only) = @ARGV;
for my $data_set ($first .. $last) {
    $number = $data_set;
    make_data();
    check_removing();
    check_making();
    check_both();
}
print "$checks runs, $bad differences\n";
exit($bad ? 1 : 0);
