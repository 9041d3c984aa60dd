"""recipes.py FOLDER [NAME]... - trains the matching small model of transformers on the training set of each recipe.

FOLDER has NAME.jsonl for each recipe, as `quern fields --preset hf` wrote it, and the recipes themselves. Each is loaded with
datasets, no member is renamed, and within 30 steps the loss must fall. A packed record must give each of its documents the
loss that the document has alone.
"""

import os
import sys

import datasets
import torch
import transformers

STEPS, BATCH, VOCAB = 30, 16, 6200
PAD = {"labels": -100, "start_labels": -100, "end_labels": -100, "special_tokens_mask": 1}
SIZE = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 128}

torch.manual_seed(0)
torch.set_num_threads(2)
transformers.logging.set_verbosity_error()


def bert(head):
    def make():
        return head(transformers.BertConfig(vocab_size=VOCAB, **SIZE))

    return make


def made(head, config, **more):
    return lambda: head(config(vocab_size=VOCAB, **{**SIZE, **more}))


def gpt2():
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=VOCAB, n_embd=64, n_layer=2, n_head=2, n_positions=512, attn_implementation="eager"))


def t5():
    return transformers.T5ForConditionalGeneration(transformers.T5Config(
        vocab_size=VOCAB, d_model=64, d_kv=32, d_ff=128, num_layers=2, num_heads=2, decoder_start_token_id=0))


def bart():
    return transformers.BartForConditionalGeneration(transformers.BartConfig(
        vocab_size=VOCAB, d_model=64, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=128, decoder_ffn_dim=128, max_position_embeddings=256))


def xlnet():
    return transformers.XLNetLMHeadModel(transformers.XLNetConfig(
        vocab_size=VOCAB, d_model=64, n_layer=2, n_head=2, d_inner=128))


class Sentences(torch.nn.Module):
    """SimCSE: a sentence is nearest to itself under another dropout."""

    def __init__(self):
        super().__init__()
        self.encoder = transformers.BertModel(transformers.BertConfig(vocab_size=VOCAB, **SIZE))

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        del token_type_ids
        views = [self.encoder(input_ids[:, i], attention_mask[:, i]).pooler_output for i in range(2)]
        views = [torch.nn.functional.normalize(view, dim=-1) for view in views]
        scores = views[0] @ views[1].T / 0.05
        return {"loss": torch.nn.functional.cross_entropy(scores, torch.arange(len(scores)))}


class Spans(torch.nn.Module):
    """A class for each span, of its first and last token."""

    def __init__(self):
        super().__init__()
        self.encoder = transformers.BertModel(transformers.BertConfig(vocab_size=VOCAB, **SIZE))
        self.head = torch.nn.Linear(128, 2)

    def forward(self, input_ids, attention_mask, spans, span_labels):
        hidden = self.encoder(input_ids, attention_mask).last_hidden_state
        rows = torch.arange(len(spans))[:, None]
        pairs = torch.cat([hidden[rows, spans[..., 0]], hidden[rows, (spans[..., 1] - 1).clamp(min=0)]], dim=-1)
        logits = self.head(pairs)
        return {"loss": torch.nn.functional.cross_entropy(logits.flatten(0, 1), span_labels.flatten())}


class Answers(torch.nn.Module):
    """BERT-MRC: where an answer begins and ends."""

    def __init__(self):
        super().__init__()
        self.encoder = transformers.BertModel(transformers.BertConfig(vocab_size=VOCAB, **SIZE))
        self.head = torch.nn.Linear(64, 4)

    def forward(self, input_ids, attention_mask, token_type_ids, start_labels, end_labels):
        logits = self.head(self.encoder(input_ids, attention_mask, token_type_ids).last_hidden_state)
        loss = torch.nn.functional.cross_entropy
        return {"loss": loss(logits[..., :2].flatten(0, 1), start_labels.flatten()) +
                loss(logits[..., 2:].flatten(0, 1), end_labels.flatten())}


PRETRAINING, MASKED = bert(transformers.BertForPreTraining), bert(transformers.BertForMaskedLM)
MODELS = {
    "bert": PRETRAINING,
    "bert-wwm-en": PRETRAINING,
    "bert-wwm-zh": PRETRAINING,
    "ernie-token": PRETRAINING,
    "ernie-phrase": PRETRAINING,
    "ernie-entity": PRETRAINING,
    "roberta": made(transformers.RobertaForMaskedLM, transformers.RobertaConfig),
    "modernbert": made(transformers.ModernBertForMaskedLM, transformers.ModernBertConfig, pad_token_id=0, bos_token_id=2,
                       eos_token_id=3, cls_token_id=2, sep_token_id=3),
    "spanbert": MASKED,
    "mask-predict": MASKED,
    "albert": made(transformers.AlbertForPreTraining, transformers.AlbertConfig, embedding_size=64),
    "macbert": made(transformers.AlbertForPreTraining, transformers.AlbertConfig, embedding_size=64),
    "electra": made(transformers.ElectraForTokenClassification, transformers.ElectraConfig, embedding_size=64, num_labels=2),
    "deberta": made(transformers.DebertaV2ForMaskedLM, transformers.DebertaV2Config),
    "deberta-v3": made(transformers.DebertaV2ForTokenClassification, transformers.DebertaV2Config, num_labels=2),
    "xlnet": xlnet,
    "transformer-xl": gpt2,
    "gpt": gpt2,
    "gpt-packed": gpt2,
    "fim": gpt2,
    "t5": t5,
    "ul2": t5,
    "bart": bart,
    "simcse": Sentences,
    "ner-spans": Spans,
    "ner-mrc": Answers,
}
TEXT = {"simcse-pairs"}  # texts for a trainer that tokenizes itself


def padded(rows, value):
    """Lists of any depth, made as long as the longest at each depth."""
    if not isinstance(rows[0], list):
        return rows
    longest = max(len(row) for row in rows)
    if not any(row and isinstance(row[0], list) for row in rows):
        return [row + [value] * (longest - len(row)) for row in rows]
    width = max((len(item) for row in rows for item in row), default=0)
    return [[item + [value] * (width - len(item)) for item in row] + [[value] * width] * (longest - len(row)) for row in rows]


def collate(records, keys):
    batch = {key: torch.tensor(padded([record[key] for record in records], PAD.get(key, 0))) for key in keys}
    if "span_labels" in batch:
        counts = torch.tensor([len(record["span_labels"]) for record in records])
        batch["span_labels"][torch.arange(batch["span_labels"].shape[1])[None] >= counts[:, None]] = -100
    for key in ("target_mapping", "perm_mask"):
        if key in batch:
            batch[key] = batch[key].float()
    return batch


def block_mask(positions):
    """What each token of a packed record may see: the tokens before it in its document."""
    document = (positions == 0).cumsum(0)
    sees = (document[:, None] == document[None]) & (torch.arange(len(positions))[:, None] >= torch.arange(len(positions))[None])
    return torch.where(sees, 0.0, torch.finfo(torch.float32).min)[None, None]


def trains(name, data):
    model = MODELS[name]()
    keys = [key for key in data.column_names if key not in ("id", "epoch")]
    if name == "gpt-packed":
        keys = ["input_ids", "position_ids", "labels"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    model.train()
    for step in range(STEPS):
        at = step * BATCH % max(1, len(data) - BATCH)
        loss = model(**collate([data[i] for i in range(at, min(at + BATCH, len(data)))], keys))["loss"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    first, last = sum(losses[:5]) / 5, sum(losses[-5:]) / 5
    falls = last < 0.95 * first
    print(f"{name:16} {', '.join(keys)}: loss {first:.2f} -> {last:.2f}{'' if falls else ': DOES NOT FALL'}")
    return falls


def packed_is_alone(data):
    """Is the loss of each document of a packed record the loss that it has alone?"""
    model, worst = gpt2().eval(), 0.0
    for record in data.select(range(10)):
        ids, positions = torch.tensor(record["input_ids"]), torch.tensor(record["position_ids"])
        together = model(input_ids=ids[None], position_ids=positions[None], attention_mask=block_mask(positions)).logits[0]
        starts = (positions == 0).nonzero().flatten().tolist() + [len(ids)]
        for start, end in zip(starts, starts[1:]):
            alone = model(input_ids=ids[None, start:end]).logits[0]
            if end - start > 1:
                losses = [torch.nn.functional.cross_entropy(logits[:-1], ids[start + 1 : end])
                          for logits in (together[start:end], alone)]
                worst = max(worst, abs(losses[0] - losses[1]).item())
    print(f"documents of a packed record have the loss that they have alone, within {worst:.1e}")
    return worst < 1e-4


def main():
    folder, good = sys.argv[1], True
    for name in sys.argv[2:] or sorted(MODELS.keys() | TEXT):
        data = datasets.load_dataset("json", data_files=os.path.join(folder, name + ".jsonl"), split="train")
        if name in TEXT:
            print(f"{name:16} {', '.join(data.column_names)}: {len(data)} texts")
            continue
        good &= trains(name, data)
        if name == "gpt-packed":
            good &= packed_is_alone(data)
    missing = {file[:-6] for file in os.listdir(folder)} - MODELS.keys() - TEXT
    if missing or not good:
        sys.exit(f"recipes without a model: {missing}" if missing else "a loss does not fall")


main()
