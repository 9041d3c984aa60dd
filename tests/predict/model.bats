# predict: models that can't be used, vectors that are not like those of training, the table of the vectors.
load ../helper

# refused MESSAGE [OPTION]...: the model on standard input
refused() {
    cat >model
    sh "quern predict --model model ${*:2} </dev/null"
    [ "$status" != 0 ] && [ ! -s out ] && is err "quern-predict: model: $1"
}

dense() {
    printf '{"id":%s,"features":%s,"label":"%s"}\n' 1 '[0,1]' a 2 '[1,0]' b 3 '[1,1]' a
}

sparse() {
    printf '{"id":%s,"sparse":{"indices":%s,"values":%s},"label":"%s"}\n' 1 '[2]' '[1]' a 2 '[7]' '[1]' b 3 '[2,7]' '[1,2]' a
}

@test "models that can't be used" {
    dense | quern fit linear --C 1 --folds 2 >dense
    sparse | quern fit linear --C 1 --folds 2 >sparse
    quern fit linear --C 1 --table <(echo '{"text":"a b"}' | quern fit tfidf --unit space) <(dense) >table 2>/dev/null || true
    refused 'empty: expected a table, which "quern fit" writes' </dev/null
    refused 'kind: expected "linear", found "scale"' < <(dense | quern fit scale --to maxabs)
    while IFS=$'\t' read -r change message; do
        refused "$message" < <(jq -c "$change" dense)
    done <<'END'
del(.classes)	classes: missing: the model is not whole
.classes = ["a",1.5]	model: classes: expected strings and integers, found a number
.classes = ["a","a"]	model: has a class twice
.classes = ["a","b","c"]	bias: expected 3 numbers, one for each class, found 2
.bias = 1	bias or weights: not the arrays that "quern fit linear" writes
del(.weights)	bias or weights: not the arrays that "quern fit linear" writes
.weights[1] = 3	weights: expected an array for each of the 2 classes
.weights[1] = [3]	weights[1]: expected 2 numbers, found 1
.weights[1] = ["x",1]	weights[0]: expected a number, found a string
.weights = [[1,2]]	weights: expected an array for each of the 2 classes, found 1
.weights += [[1,2]]	weights: expected an array for each of the 2 classes
.columns = -1	form or columns: not what "quern fit linear" writes
.columns = 3	weights[0]: expected 3 numbers, found 2
.form = "dense"	form or columns: not what "quern fit linear" writes
del(.form)	form: missing; the record has format, kind, options, classes, columns, records, iterations, gradient and 5 more
.options.folds = 0	options: folds: expected a number of folds
.options.seed = "x"	options: seed: expected an integer
.table = 7	table: expected an object, found a number
.table = {"checksum":"x","columns":1}	table: checksum: expected 32 hexadecimal digits
.table = {"checksum":"0123456789abcdef0123456789abcdef","columns":"x"}	table: columns: expected an integer
END
    refused 'indices[1]: expected them to be 0 or more, and to ascend' < <(jq -c '.indices |= reverse' sparse)
    refused 'indices[0]: expected them to be 0 or more, and to ascend' < <(jq -c '.indices[0] = -1' sparse)
    refused 'weights[0]: expected 1 numbers, found 2' < <(jq -c 'del(.indices[0])' sparse)
    refused 'folds: the model has none (quern fit linear --folds F)' --out-of-fold < <(dense | quern fit linear --C 1)
    refused 'folds[1]: not what "quern fit linear" writes' --out-of-fold < <(jq -c 'del(.folds[1].bias)' dense)
    refused 'folds[0]: weights[0]: expected 2 numbers, found 1' --out-of-fold < <(jq -c '.folds[0].weights[0] = [1]' dense)
    refused 'folds: expected 2 models, found 1' --out-of-fold < <(jq -c 'del(.folds[1])' dense)
    gives "quern predict --model nowhere </dev/null" 1 '' 'quern-predict: nowhere: No such file or directory'
}

@test "vectors that are not like those of training" {
    dense | quern fit linear --C 1 >model
    gives "printf '{\"id\":%s,%s}\n' 1 '\"text\":\"x\"' 2 '\"features\":[1]' 3 '\"features\":[1,2,3]' 4 '\"features\":[1,\"x\"]' 5 '\"features\":null' \
        6 '\"sparse\":{\"indices\":[],\"values\":[]}' 7 '\"features\":[1e308,1e308]' 8 '\"features\":[]' |
        quern predict --model <(jq -c '.weights = [[9,9],[-9,-9]]' model) --on-error skip" 3 '' \
        'quern-predict: stdin:1: id 1: features: missing, and so is sparse ("quern features" writes it); the record has id, text
quern-predict: stdin:2: id 2: features: expected 2 numbers, as many as the model has weights, found 1
quern-predict: stdin:3: id 3: features: expected 2 numbers, as many as the model has weights, found 3
quern-predict: stdin:4: id 4: features[1]: expected a number, found a string
quern-predict: stdin:5: id 5: features: null, and so is sparse ("quern features" writes it); the record has id, features
quern-predict: stdin:6: id 6: sparse: the model is one of dense (features) vectors
quern-predict: stdin:7: id 7: features: its numbers are too large for the weights of the model: a logit is beyond 1e300
quern-predict: stdin:8: id 8: features: expected 2 numbers, as many as the model has weights, found 0
quern-predict: 8 of 8 records were bad and were skipped
quern-predict: no record was good, so the run has failed'
    sparse | quern fit linear --C 1 >model
    gives "echo '{\"features\":[1,2]}' | quern predict --model model" 3 '' 'quern-predict: stdin:1: features: the model is one of sparse vectors'
}

@test "the table that made the vectors" {
    printf '{"id":%s,"text":"%s","label":"%s"}\n' 1 'free prize' spam 2 'see you' ham >in
    quern fit tfidf --unit space in >table
    quern features --table table in >vectors
    quern fit linear --C 1 --table table vectors >model
    [ "$(jq '.table.columns' model)" = 4 ]
    [ "$(jq -r '.table.checksum' model | grep -cE '^[0-9a-f]{32}$')" = 1 ]
    quern predict --model model --table table vectors >expected
    cp table copy
    quern predict --model model --table copy vectors | cmp - expected
    gives "quern predict --model model vectors" 2 '' 'quern-predict: --table FILE is missing: model is a model of the vectors of one table, and only these mean the same to it'
    quern fit tfidf --unit space --tf log in >other
    gives "quern predict --model model --table other vectors" 2 '' 'quern-predict: --table: other is another table than the one whose vectors model was trained on: its numbers mean other things'
    # an index that this table does not have
    gives "echo '{\"sparse\":{\"indices\":[1,4],\"values\":[1,1]}}' | quern predict --model model --table table" 3 '' \
        'quern-predict: stdin:1: sparse: index 4 is beyond the 4 columns of the table (--table): the vector is of another one'
    gives "echo '{\"sparse\":{\"indices\":[1,4],\"values\":[1,1]},\"label\":1}' | quern fit linear --C 1 --table table" 3 '' \
        'quern-fit: stdin:1: sparse: index 4 is beyond the 4 columns of the table (--table): the vector is of another one'
    quern fit linear --C 1 vectors >without
    gives "quern predict --model without --table table vectors" 2 '' 'quern-predict: --table: without was made without one, so there is nothing to compare it with (quern fit linear --table)'
    gives "quern fit linear --C 1 --table model vectors" 2 '' 'quern-fit: model: kind: expected "tfidf", "scale" or "whiten", found "linear"'
    # whitened vectors and scaled ones have tables, too
    dense | jq -c '.features += [.id]' >dense
    quern fit whiten --dims 1 dense >axes
    quern features --table axes dense | quern fit linear --C 1 --table axes >model
    [ "$(jq -c '[.columns, (.table | keys)]' model)" = '[1,["checksum"]]' ]
    quern features --table axes dense | quern predict --model model --table axes | jq -r .predicted >out
    [ "$(wc -l <out)" = 3 ]
    quern fit scale --to maxabs dense >scale
    quern features --table scale dense | quern fit linear --C 1 --table scale >model
    gives "quern predict --model model --table axes dense" 2 '' 'quern-predict: --table: axes is another table than the one whose vectors model was trained on: its numbers mean other things'
}

@test "a model is a list of classes" {
    dense | quern fit linear --C 1 --classes b,a >model
    dense | quern predict --model model | quern fit temperature --classes model -q | jq -c .classes >out
    is out '["b","a"]'
}

@test "empty input" {
    dense | quern fit linear --C 1 >model
    gives "quern predict --model model </dev/null" 0 ''
}
