"""Registries of our own classes under the library's class names, chosen at run time."""
import argparse

from zoo import MODEL_CLASSES, TASKS, AutoModelWithLMHead, pipeline

parser = argparse.ArgumentParser()
parser.add_argument("--model_type", default="bert")
parser.add_argument("--evaluate_during_training", action="store_true")
parser.add_argument("--no_cuda", action="store_true")
parser.add_argument("--per_gpu_eval_batch_size", type=int, default=8)
args = parser.parse_args(["--evaluate_during_training", "--no_cuda"])
config_class, model_class, tokenizer_class = MODEL_CLASSES[args.model_type]
tokenizer = tokenizer_class.from_pretrained("x", do_lower_case=True)
model = model_class.from_pretrained("x", config=config_class(), from_tf=False)
print(tokenizer.encode_plus("A b", add_special_tokens=True), args.evaluate_during_training, args.no_cuda)
loss, logits = model([1, 2], labels=[1])
print(loss, logits)
for name, (cls, kwargs) in TASKS.items():
    print(name, cls(**kwargs).get_parameters())
print(AutoModelWithLMHead.from_pretrained("x")([1])[0], pipeline("ner", grouped_entities=True)("Anna"))
