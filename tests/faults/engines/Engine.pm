# What the engines of this folder share: a text is read, and answered with the numbers 0.25 and 0.75, in the protocol that
# the first argument names.
package Engine;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(next_text numbers answer put);

binmode STDOUT;
$| = 1;
our $objects = $ARGV[0] eq 'jsonl';

# (id, text), or nothing at the end of the input.
sub next_text {
    my $line = <STDIN>;
    return unless defined $line;
    chomp $line;
    return (0, $line) unless $objects;
    $line =~ /^\{"id":(\d+),"text":"(.*)"\}$/ or die "not a request: $line";
    return ($1, $2);
}

# An answer without the end of its line.
sub numbers {
    my ($id, @numbers) = @_;
    @numbers = (0.25, 0.75) unless @numbers;
    my $list = join ',', @numbers;
    return $objects ? qq({"id":$id,"probs":[$list],"features":[$list]}) : "@numbers";
}

sub put { syswrite(STDOUT, $_[0]) // die "cannot write: $!" }
sub answer { put(numbers(@_) . "\n") }

1;
