"""engines.py KIND FOLDER [PREDICTED POINTS] - makes a small model of KIND, onnx or transformers, in the folder; or compares
what quern wrote with what it says of one text at a time."""

import json
import os
import sys

import numpy

kind, folder = sys.argv[1:3]
CLASSES, HIDDEN, VOCAB = 3, 16, 64


def make_tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + [f"w{i}" for i in range(VOCAB - 4)]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def make_onnx():
    """The sum of a row for each token, those of padding left out."""
    import onnx
    from onnx import helper, numpy_helper
    import onnxruntime  # noqa: F401  (or there is nothing to test)
    table = numpy.random.default_rng(1).normal(size=(VOCAB, CLASSES)).astype(numpy.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["floats"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["floats", "last"], ["mask"]),
        helper.make_node("Mul", ["rows", "mask"], ["masked"]),
        helper.make_node("ReduceSum", ["masked", "tokens"], ["logits"], keepdims=0),
    ]
    ids, mask = (helper.make_tensor_value_info(name, onnx.TensorProto.INT64, ["batch", "length"])
                 for name in ("input_ids", "attention_mask"))
    logits = helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["batch", CLASSES])
    constants = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(numpy.array([2]), "last"),
                 numpy_helper.from_array(numpy.array([1]), "tokens")]
    model = helper.make_model(helper.make_graph(nodes, "small", [ids, mask], [logits], constants),
                              opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    os.makedirs(folder, exist_ok=True)
    onnx.save(model, folder + "/model.onnx")
    make_tokenizer().save(folder + "/tokenizer.json")


def make_transformers():
    import torch
    import transformers
    torch.manual_seed(1)
    config = transformers.BertConfig(vocab_size=VOCAB, hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=2,
                                     intermediate_size=32, num_labels=CLASSES)
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=make_tokenizer(), pad_token="[PAD]",
                                                     unk_token="[UNK]", model_max_length=512)
    for model, place in ((transformers.BertForSequenceClassification(config), folder),
                         (transformers.BertModel(config), folder + "/vectors")):
        model.save_pretrained(place)
        tokenizer.save_pretrained(place)


def ask_onnx(text):
    import onnxruntime
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
    session = onnxruntime.InferenceSession(folder + "/model.onnx")
    ids = tokenizer.encode(text).ids
    feed = {"input_ids": [ids], "attention_mask": [[1] * len(ids)]}
    return session.run(None, {name: numpy.array(rows, numpy.int64) for name, rows in feed.items()})[0][0]


def ask_transformers(text, place, head):
    import torch
    import transformers
    tokenizer = transformers.AutoTokenizer.from_pretrained(place)
    model = getattr(transformers, head).from_pretrained(place).eval()
    with torch.inference_mode():
        said = model(**tokenizer(text, return_tensors="pt"))
        return (said.logits[0] if head != "AutoModel" else said.last_hidden_state[0].mean(0)).numpy()


def compare(path, member, ask):
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    assert len(records) == 500, len(records)
    for record in records[::25] + [records[49]]:
        expected, found = ask(record["text"]), numpy.array(record[member])
        assert numpy.allclose(expected, found, atol=1e-5), (record, expected)
    print(f"{kind}: {member}: as the model says")


if len(sys.argv) == 3:
    (make_onnx if kind == "onnx" else make_transformers)()
elif kind == "onnx":
    compare(sys.argv[3], "logits", ask_onnx)
else:
    compare(sys.argv[3], "logits", lambda text: ask_transformers(text, folder, "AutoModelForSequenceClassification"))
    compare(sys.argv[4], "features", lambda text: ask_transformers(text, folder + "/vectors", "AutoModel"))
