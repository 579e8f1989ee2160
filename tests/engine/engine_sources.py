"""Programs put together at random from code that is upgraded and code that is not, in many layouts."""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass

IMPORTS = (
    "import transformers",
    "import transformers as hf",
    "from transformers import AutoTokenizer, Trainer, TrainingArguments",
    "from transformers import (\n    AutoTokenizer,  # reads\n    # trains\n    Trainer,\n    TrainingArguments,\n)",
    "from transformers import AdamW, AutoModelForVision2Seq, AutoTokenizer, Trainer, TrainingArguments",
    "from transformers import (AdamW, Trainer,\n                          AutoModelForVision2Seq,\n"
    "                          TrainingArguments, AutoTokenizer)",
    "from transformers import AdamW, \\\n    Trainer, TrainingArguments, AutoTokenizer",
    "from transformers.modeling_utils import PreTrainedModel, Conv1D",
    "from transformers.modeling_utils import (\n    # a layer\n    Conv1D,\n)",
    "from transformers.file_utils import cached_property, is_torch_available",
    "import transformers.deepspeed",
)
"""Imports that come before everything; what they do not bring is imported by the calls below."""

CALLS = (
    ("TrainingArguments", ["'out'", "evaluation_strategy='epoch'", "no_cuda=True", "seed=f(1)"]),
    ("TrainingArguments", ["output_dir=x[0]", "overwrite_output_dir=flag", "warmup_ratio=0.1"]),
    ("TrainingArguments", ["*a", "group_by_length=True", "**b"]),
    ("Trainer", ["model", "args", "tokenizer=tok"]),
    ("Trainer", ["tokenizer=AutoTokenizer.from_pretrained(n)", "model=m"]),
    ("transformers.AutoModel.from_pretrained", ["n", "use_auth_token=True", "torch_dtype='auto'"]),
    ("transformers.AutoModelForCausalLM.from_pretrained", ["n", "load_in_8bit=True", "device_map='auto'"]),
    ("transformers.AutoModelForVision2Seq.from_pretrained", ["n"]),
    ("AutoTokenizer.from_pretrained(n).encode_plus", ["text", "max_length=8", "pad_to_max_length=True"]),
    ("AutoTokenizer.from_pretrained(n).batch_encode_plus", ["['a', \"b\"]"]),
    ("transformers.AdamW", ["params", "lr=1e-3", "correct_bias=False"]),
    ("transformers.pipeline", ["'ner'", "grouped_entities=True"]),
    ("TrainingArguments", ["**{'evaluation_strategy': 'no', 'seed': 1}"]),
    ("transformers.modeling_utils.Conv1D", ["1", "2"]),
)
"""Calls on which the shipped rules have something to say."""

FILLERS = (
    "x = {'a':1,  'b' : [ 1,2 ,3]}   # as it is",
    'text = """\n  from transformers import AdamW\n\ttokenizer.encode_plus(x)  \n"""',
    "def own(tokenizer = None , *,evaluation_strategy='no') :\n\treturn evaluation_strategy",
    "own ( tokenizer=1,\n  evaluation_strategy = 'x' )",
    "class Encoder :\n    def encode_plus(self, *a): return a  # own\n\nEncoder().encode_plus( 1 , 2 )",
    "ß = 'ünïcödé 漢字' ; y = ß[ :: -1 ]",
    "if x : pass\nelse :\n      y = (yield_,\n\n   )",
    "# a comment of its own\n\n\n#and another",
    "value = 1 if x else \\\n    2",
    "@own\nasync def later() :\n    async with x as y , z :\n        await  y",
    "assert own(\n), f'{x!r:>{10}}'",
)
"""Code that is none of the rules' business, written as nobody would."""


@dataclass(frozen=True, slots=True)
class Program:
    """A source, the parts that must come out as they went in, and the comments that stand on lines of their own."""

    text: str
    untouched: tuple[str, ...]
    comments: tuple[str, ...]


def program(seed: int) -> Program:
    """A program; the same for the same seed."""
    draw = random.Random(seed)
    parts: list[str] = []
    untouched: list[str] = []
    comments: list[str] = []
    if draw.random() < 0.3:
        parts.append('"""What it is."""')
    if draw.random() < 0.3:
        parts.append("from __future__ import annotations")
    parts.append("import transformers")
    parts.append("from transformers import AutoTokenizer, Trainer, TrainingArguments")
    parts.extend(draw.sample(IMPORTS, draw.randrange(3)))
    parts.append("from mine import args, m, model, n, params, tok, yield_")
    for number in range(draw.randrange(1, 7)):
        if draw.random() < 0.4:
            filler = draw.choice(FILLERS)
            parts.append(filler)
            untouched.append(filler)
        else:
            parts.append(_statement(draw, number, comments))
    return Program("\n".join(parts) + draw.choice(["\n", "", "\n\n"]), tuple(untouched), tuple(comments))


def _statement(draw: random.Random, number: int, comments: list[str]) -> str:
    function, arguments = draw.choice(CALLS)
    call = _call(draw, function, arguments, comments)
    shape = draw.choice(
        [
            "{}",
            "v = {}",
            "v = [{}, 1]",
            "print({}, end='')",
            "v = ({}).x",
            "v: 'int' = {}  # set",
            "w = {}; u = 2",
        ]
    )
    text = shape.format(call)
    place = draw.randrange(5)
    if place == 0:
        return f"def f{number}(self):\n" + textwrap.indent(text, "    ") + "\n    return 1"
    if place == 1:
        return f"class C{number}:\n\tdef m(self):\n" + textwrap.indent(text, "\t\t")
    if place == 2:
        return "if args:\n  with m:\n" + textwrap.indent(text, "      ")
    return text


def _call(draw: random.Random, function: str, arguments: list[str], comments: list[str]) -> str:
    given = list(arguments)
    comma = draw.choice([",", ""]) if not given[-1].startswith("**b") else ""

    def own() -> str:
        if draw.random() < 0.5:
            return ""
        comments.append(f"# note {len(comments)}")
        return f"    {comments[-1]}\n"

    style = draw.randrange(7)
    if style == 0:
        return f"{function}({', '.join(given)}{comma})"
    if style == 1:
        lines = "".join(f"{own()}    {a},{draw.choice(['', '  # behind'])}\n" for a in given[:-1])
        return f"{function}(\n{lines}{own()}    {given[-1]}{comma}\n{own()})"
    if style == 2:
        return f"{function}( {' , '.join(given)} )"
    if style == 3:
        return f"{function}({(',' + chr(10) + '        ').join(given)})"
    if style == 4:
        return f"{function}(\n        {', '.join(given)}{comma}\n    )"
    if style == 5:
        return f"{function}({', '.join(given[:1])},\n\n  {', '.join(given[1:]) or 'k=1'}{comma}  # end\n)"
    return f"{function}(\n    # first\n    {(chr(10) + '    , ').join(given)})"
