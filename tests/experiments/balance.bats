# What make experiment-balance measures with, on numbers that were worked out by hand.
load ../helper

setup_file() {
    command -v gawk >/dev/null || skip "gawk is not installed"
}

score() {
    gawk -f "$ROOT/experiments/balance-score.awk" factors truth predictions
}

@test "macro-F1, balanced accuracy, calibration error" {
    printf '%s\n' 1 1 2 2 >truth
    printf '%s\n' 'labels 2 1' '1 0.2 0.8' '2 0.6 0.4' '2 0.9 0.1' '1 0.3 0.7' >predictions
    # right, wrong, right, wrong, each in a bin of its own: (0.2 + 0.6 + 0.1 + 0.7) / 4
    printf '%s\n' '1 1' '2 1' >factors
    is <(score) '50.0000 50.0000 40.0000'
    # Now 1, 1, 2, 1: F1 4/5 and 2/3, recall 1 and 1/2. Tops 0.8/0.85, 0.4/0.55 and 0.225/0.325, which share a bin, and
    # 0.7/0.775, which is wrong.
    printf '%s\n' '1 1' '2 0.25' >factors
    is <(score) '73.3333 75.0000 38.5617'
    # a class without records has no recall, but an F1 of 0
    printf '%s\n' '1 1' '2 1' '3 1' >factors
    is <(score) '33.3333 50.0000 40.0000'
}

@test "the report compares on the same splits" {
    printf '%s\n' 's 1 plain as-trained 50 40 9 100 1' 's 2 plain as-trained 60 40 9 100 10' \
        's 2 over as-trained 69 41 8 200 1' 's 1 over as-trained 55 41 7 200 1' >rows
    jq -R -n -f "$ROOT/experiments/balance-report.jq" rows >report
    is <(jq -c '.[] | [.arm, .splits, .records, .macro_f1, .macro_f1_against_plain.points, .macro_f1_against_plain.error]' report) \
        '["over",2,200,62,7,2]
["plain",2,100,55,0,0]'
    is <(jq -c '.[0].calibration_error_against_plain' report) '{"points":-1.5,"error":0.5}'
}
