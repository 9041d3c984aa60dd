#!/bin/bash
# The engine in the manual of via: taken out of it and run, against a server on the loopback. Prints TAP.
set -u -o pipefail
# shellcheck source=tests/tap.bash
source "$(dirname "$0")/../tap.bash"
# shellcheck source=tests/manual/examples.bash
source "$root/tests/manual/examples.bash"
export LC_ALL=C.UTF-8

page=$root/man/quern-via.1

# taken WORD: the one example in the manual that has this word.
taken() {
    blocks_of_manual "$page" | awk -v RS='\n\f\n' -v word="$1" 'index($0, word) { print; count++ } END { exit count != 1 }'
}

check() { # DESCRIPTION FILE EXPECTED
    if diff "$3" "$2" >difference 2>&1; then report ok "$1"; else report 'not ok' "$1" difference err; fi
}

holds() { # DESCRIPTION COMMAND...
    if "${@:2}"; then report ok "$1"; else report 'not ok' "$1" err; fi
}

skip() { # DESCRIPTION REASON
    number=$((number + 1))
    echo "ok $number - $1 # skip $2"
}

# The command of an example, with other words in it where the reader has his own.
run_taken() { # WORD SED
    taken "$1" >command.sh || return 1
    sed -i "$2" command.sh
    bash command.sh 2>err
}

# ---- the paraphraser ----

# Answers as OpenAI's servers do: the text backwards, twice the second time, and not at all if it asks for trouble.
write_server() {
    cat >server.py <<'PYTHON'
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        task, _, text = body["messages"][0]["content"].partition("\n\n")
        good = self.path == "/v1/chat/completions" and body["model"] == "mistral-7b" and task
        good = good and self.headers["Authorization"] == "Bearer secret" and "trouble" not in text
        words = " ".join(reversed(text.split()))
        content = f" {words} {body['seed']}\n"
        reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]} if good else {}).encode()
        self.send_response(200 if good else 500)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)
        with open("asked", "a") as asked: asked.write(".\n")
    def log_message(self, *arguments): pass
class Server(ThreadingHTTPServer):
    request_queue_size = 64
server = Server(("127.0.0.1", 0), Handler)
with open("port.new", "w") as port: port.write(str(server.server_address[1]))
import os; os.rename("port.new", "port")
server.serve_forever()
PYTHON
}

start_server() {
    python3 server.py &
    server=$!
    trap 'kill $server; wait $server; rm -rf "$scratch"' EXIT
    for ((i = 0; i < 600; i++)); do
        [[ ! -e port ]] || return 0
        kill -0 $server || return 1
        sleep 0.1
    done
    return 1
}

test_paraphraser() {
    local count=200 i
    taken ThreadPoolExecutor >paraphrase.py
    holds "the paraphraser has at most 25 lines" test "$(wc -l <paraphrase.py)" -le 25
    for ((i = 1; i <= count; i++)); do
        echo "{\"id\":$i,\"text\":\"Mühle \\\"$i\\\" 磨坊\",\"label\":\"l$((i % 3))\"}"
    done >train.jsonl
    echo '{"id":0,"text":"This is trouble."}' >>train.jsonl
    jq -c '. as $in | $in, (select(.id != 0) | (.text | split(" ") | reverse | join(" ")) as $words | range(2) |
        {id: "\($in.id)#llm\(. + 1)", text: "\($words) \(.)", label: $in["label"]})' train.jsonl >expected
    write_server
    if ! start_server; then
        report 'not ok' "the server starts"
        return
    fi
    export API_KEY=secret
    holds "the paraphraser's command runs" \
        run_taken 'python3 paraphrase.py' "s/127.0.0.1:8080/127.0.0.1:$(<port)/; s/--max-requests/--stats stats &/"
    check "two paraphrases of each text, each after its own record" <(jq -c '[.id, .text, .["label"]]' more.jsonl) \
        <(jq -c '[.id, .text, .["label"]]' expected)
    check "that is three records for each, and one for that which failed" <(wc -l <more.jsonl) <(echo $((3 * count + 1)))
    jq -r '.filters[0] | "\(.requests) \(.failed) \(.variants)"' stats >got
    check "one text has failed" got <(echo "$((count + 1)) 1 $((2 * count))")
    holds "the server's error is shown" grep -q 'train.jsonl:201: the request has failed: .*HTTPError.*500' err
    check "two requests for each text, and one for that which failed" <(wc -l <asked) <(echo $((2 * count + 1)))
    mv more.jsonl first && : >asked
    bash command.sh 2>err
    check "the second time the cache answers" more.jsonl first
    check "only what had failed is asked again" <(wc -l <asked) <(echo 1)
}

if type python3 jq >/dev/null 2>&1; then
    test_paraphraser
else
    skip "the paraphraser" "no python3"
fi

echo "1..$number"
