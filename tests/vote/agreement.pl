# agreement.pl IN GOT - coefficients of agreement from all pairs of labels, one by one: dies if those of GOT are others.
use strict;
use warnings;
use JSON::PP;

my ($in, $got) = @ARGV;
my (%of, %names);
open my $file, '<', $in or die;
while (<$file>) {
    my $r = decode_json($_);
    $of{$r->{id}}{$r->{annotator}} = $r->{label};
    $names{$r->{annotator}} = 1;
}
open $file, '<', $got or die;
my $g = decode_json(scalar <$file>);

sub near {
    my ($what, $x, $y) = @_;
    die "$what: $x, not $y\n" unless abs($x - $y) < 1e-12;
}

# Fleiss and Krippendorff: ordered pairs of labels of an item.
my ($items, $same, %labels, $n, %pairs, $weight, $differ) = (0, 0);
for my $item (values %of) {
    my @l = values %$item;
    next if @l < 2;
    $items++;
    my ($pairs, $equal) = (0, 0);
    for my $i (0 .. $#l) {
        $labels{$l[$i]}++;
        $n++;
        for my $j (0 .. $#l) {
            next if $i == $j;
            $pairs++;
            $equal += $l[$i] == $l[$j];
            $differ += ($l[$i] != $l[$j]) / (@l - 1);
        }
    }
    $same += $equal / $pairs;
}
my ($chance, $expected) = (0, 0);
for my $a (keys %labels) {
    $chance += ($labels{$a} / $n)**2;
    for my $b (keys %labels) { $expected += $labels{$a} * $labels{$b} if $a != $b }
}
near("fleiss", $g->{fleiss_kappa}, ($same / $items - $chance) / (1 - $chance));
near("krippendorff", $g->{krippendorff_alpha}, 1 - ($n - 1) * $differ / $expected);

# Cohen, and each annotator.
my @names = sort keys %names;
my %mine;
for my $i (0 .. $#names) {
    for my $j ($i + 1 .. $#names) {
        my (%a, %b, $both, $agree);
        for my $item (values %of) {
            my ($x, $y) = @$item{@names[$i, $j]};
            next unless defined $x && defined $y;
            $both++;
            $agree += $x == $y;
            $a{$x}++;
            $b{$y}++;
            for my $k ($i, $j) {
                $mine{$names[$k]}[0]++;
                $mine{$names[$k]}[1] += $x == $y;
            }
        }
        my $by_chance = 0;
        $by_chance += $a{$_} * ($b{$_} // 0) / $both**2 for keys %a;
        my $pair = delete $g->{pairs}{"$names[$i] $names[$j]"};
        die "items of $names[$i] $names[$j]\n" unless $pair->{items} == $both;
        near("$names[$i] $names[$j]", $pair->{kappa}, ($agree / $both - $by_chance) / (1 - $by_chance));
    }
}
die "more pairs\n" if %{$g->{pairs}};
near($_, $g->{annotators}{$_}{agreement}, $mine{$_}[1] / $mine{$_}[0]) for @names;
die "items\n" unless $g->{items} == keys %of;
