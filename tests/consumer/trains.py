"""trains.py PROGRAM - runs a program that trains with a Trainer, for 60 steps, and fails unless its loss falls."""

import sys

import transformers

STEPS = 60

arguments, train = transformers.TrainingArguments.__init__, transformers.Trainer.train
transformers.TrainingArguments.__init__ = lambda self, *given, **named: arguments(
    self, *given, **{**named, "max_steps": STEPS, "logging_steps": 5, "report_to": "none", "disable_tqdm": True})
trainers = []
transformers.Trainer.train = lambda self: (trainers.append(self), train(self))

with open(sys.argv[1], encoding="utf-8") as file:
    exec(compile(file.read(), sys.argv[1], "exec"), {"__name__": "__main__"})

losses = [float(entry["loss"]) for entry in trainers[0].state.log_history if "loss" in entry]
print("loss:", *(f"{loss:.2f}" for loss in losses))
if len(losses) != STEPS // 5 or not losses[-1] < 0.95 * losses[0]:
    sys.exit("the loss does not fall")
