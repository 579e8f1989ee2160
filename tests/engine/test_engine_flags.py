"""Flags in lists that HfArgumentParser reads into a class of the library."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed

RULES = """
- id: flags
  flags:
    --no_cuda: --use_cpu
    --overwrite_output_dir: ""
    --group_by_length: --train_sampling_strategy=group_by_length
    --logging_dir: null
  parsed_into: transformers.TrainingArguments
"""
HEAD = """from transformers import HfArgumentParser, TrainingArguments

def main(argv):
    parser = HfArgumentParser((Own, TrainingArguments))
    return parser.parse_args_into_dataclasses(args=argv)

"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('main(["--no_cuda"])', 'main(["--use_cpu"])', id="renamed"),
        pytest.param("main(['--no_cuda=True'])", "main(['--use_cpu=True'])", id="with its value"),
        pytest.param('main(["--overwrite_output_dir", "--x", "1"])', 'main(["--x", "1"])', id="gone"),
        pytest.param('main(["--x", "1", "--overwrite_output_dir"])', 'main(["--x", "1"])', id="the last one"),
        pytest.param(
            'main(["--overwrite_output_dir", "False", "--x"])', 'main(["--x"])', id="gone with its value"
        ),
        pytest.param(
            'main([\n    "--x",\n    "--overwrite_output_dir",  # again\n    "--y",\n])',
            'main([\n    "--x",\n    "--y",\n])',
            id="a line of its own",
        ),
        pytest.param(
            'main(["--group_by_length", "True", "--x"])',
            'main(["--train_sampling_strategy=group_by_length", "--x"])',
            id="a boolean flag that became a value",
        ),
    ],
)
def test_flags_follow_the_fields(before: str, after: str) -> None:
    check_transformed(RULES, HEAD + before, HEAD + after)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('main(["--logging_dir", "x"])', id="nothing in its place"),
        pytest.param('main(["--group_by_length", "False"])', id="switched off"),
        pytest.param('main(["--no_cuda", "--use_cpu"])', id="the new one is there"),
        pytest.param('main(["--overwrite_output_dir", value])', id="what follows may be its value"),
    ],
)
def test_what_is_not_certain_is_reported(source: str) -> None:
    check_reported(RULES, HEAD + source, lines=[7])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('import argparse\nmain(["--no_cuda"])', id="no parser of the library"),
        pytest.param(
            HEAD + 'own.add_argument("--no_cuda")\nmain(["--no_cuda"])', id="a flag of one's own parser"
        ),
        pytest.param(HEAD + 'print("--no_cuda")', id="not in a list"),
        pytest.param(
            HEAD + 'class Own:\n    no_cuda: bool = False\n\nmain(["--no_cuda"])',
            id="a field of one's own class",
        ),
    ],
)
def test_other_flags_stay(source: str) -> None:
    check_noop(RULES, source)
