# report.jq - formats the report of a finished step.

# 3.14159 | decimals(2) is "3.14"
def decimals(n): . * pow(10; n) | round | tostring
    | if length <= n then "0" * (n + 1 - length) + . else . end
    | .[:-n] + "." + .[-n:];

# 1234567 | thousands is "1,234,567"
def thousands: tostring | [while(. != ""; .[:-3]) | .[-3:]] | reverse | join(",");

# Of steps/NAME.done:
def megabytes: .done.counts.bytes_in / 1e6;
def records_per_second: .records / .seconds | round;
def megabytes_per_second: megabytes / .seconds;
