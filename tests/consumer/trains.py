"""trains.py PROGRAM - runs a program that trains by a `trainer`, for 60 steps, and fails unless its loss falls."""

import sys

import transformers

STEPS = 60

arguments = transformers.TrainingArguments.__init__
transformers.TrainingArguments.__init__ = lambda self, *given, **named: arguments(
    self, *given, **{**named, "max_steps": STEPS, "logging_steps": 5, "report_to": "none", "disable_tqdm": True})

with open(sys.argv[1], encoding="utf-8") as file:
    names = {"__name__": "__main__"}
    exec(compile(file.read(), sys.argv[1], "exec"), names)

losses = [float(entry["loss"]) for entry in names["trainer"].state.log_history if "loss" in entry]
print("loss:", *(f"{loss:.2f}" for loss in losses))
if len(losses) != STEPS // 5 or not losses[-1] < 0.95 * losses[0]:
    sys.exit("the loss does not fall")
