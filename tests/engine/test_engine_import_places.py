"""Where new imports go: a package that a file does without stays one that it can do without."""

from __future__ import annotations

import pytest
from engine_runs import check_transformed, upgrade

RULES = """
- id: dtype
  call: transformers.AutoModel.from_pretrained
  add: {dtype: torch.float32}
- id: quantized
  call: transformers.BertModel.from_pretrained
  arguments:
    load_in_8bit: {replace: {quantization_config: 'transformers.BitsAndBytesConfig(load_in_8bit=$value)'}}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            try:
                import torch
                from transformers import AutoModel
            except ImportError:
                pass

            def load(n):
                return AutoModel.from_pretrained(n)
            """,
            """
            try:
                import torch
                from transformers import AutoModel
            except ImportError:
                pass

            def load(n):
                return AutoModel.from_pretrained(n, dtype=torch.float32)
            """,
            id="a try that goes on without it brings it where it is needed",
        ),
        pytest.param(
            """
            try:
                import torch
            except ImportError:
                torch = None

            def load(n):
                from transformers import AutoModel
                return AutoModel.from_pretrained(n)
            """,
            """
            try:
                import torch
            except ImportError:
                torch = None

            def load(n):
                from transformers import AutoModel
                return AutoModel.from_pretrained(n, dtype=torch.float32)
            """,
            id="None in its place is no other value",
        ),
        pytest.param(
            """
            try:
                from transformers import AutoModel
            except ImportError:
                AutoModel = None
            import os

            def load(n):
                return AutoModel.from_pretrained(n)
            """,
            """
            try:
                import torch
                from transformers import AutoModel
            except ImportError:
                AutoModel = None
            import os

            def load(n):
                return AutoModel.from_pretrained(n, dtype=torch.float32)
            """,
            id="beside the import in a try",
        ),
        pytest.param(
            """
            def load(n):
                from transformers import AutoModel
                return AutoModel.from_pretrained(n)

            def other():
                import torch
                return torch
            """,
            """
            def load(n):
                import torch
                from transformers import AutoModel
                return AutoModel.from_pretrained(n, dtype=torch.float32)

            def other():
                import torch
                return torch
            """,
            id="beside the import in a function",
        ),
        pytest.param(
            """
            try:
                import fairseq
                import torch
            except ImportError:
                pass

            def load(n):
                from transformers import AutoModel
                return AutoModel.from_pretrained(n)

            def seed():
                torch.manual_seed(0)
            """,
            """
            try:
                import fairseq
                import torch
            except ImportError:
                pass

            def load(n):
                import torch
                from transformers import AutoModel
                return AutoModel.from_pretrained(n, dtype=torch.float32)

            def seed():
                torch.manual_seed(0)
            """,
            id="another package in front may be what is missing",
        ),
        pytest.param(
            """
            try:
                import fairseq
                import torch
            except ImportError:
                pass

            def load(n):
                torch.manual_seed(0)
                from transformers import AutoModel
                return AutoModel.from_pretrained(n)
            """,
            """
            try:
                import fairseq
                import torch
            except ImportError:
                pass

            def load(n):
                torch.manual_seed(0)
                import torch as _torch
                from transformers import AutoModel
                return AutoModel.from_pretrained(n, dtype=_torch.float32)
            """,
            id="under another name where the function reads the one of the file",
        ),
        pytest.param(
            """
            from typing import TYPE_CHECKING
            from transformers import AutoModel
            if TYPE_CHECKING:
                import torch
            model = AutoModel.from_pretrained("n")
            """,
            """
            from typing import TYPE_CHECKING
            import torch
            from transformers import AutoModel
            if TYPE_CHECKING:
                import torch
            model = AutoModel.from_pretrained("n", dtype=torch.float32)
            """,
            id="what only type checkers import is not there",
        ),
        pytest.param(
            """
            def load(n):
                from transformers import BertModel
                return BertModel.from_pretrained(n, load_in_8bit=True)
            """,
            """
            def load(n):
                from transformers import BertModel, BitsAndBytesConfig
                return BertModel.from_pretrained(n, quantization_config=BitsAndBytesConfig(load_in_8bit=True))
            """,
            id="names of the library join those in the function",
        ),
        pytest.param(
            """
            import os
            def load(n):
                import transformers
                return transformers.AutoModel.from_pretrained(n)
            def again(n):
                import transformers
                return transformers.AutoModel.from_pretrained(n)
            """,
            """
            import os
            def load(n):
                import torch
                import transformers
                return transformers.AutoModel.from_pretrained(n, dtype=torch.float32)
            def again(n):
                import torch
                import transformers
                return transformers.AutoModel.from_pretrained(n, dtype=torch.float32)
            """,
            id="each function its own",
        ),
    ],
)
def test_new_imports_ask_no_more_of_a_file(before: str, after: str) -> None:
    check_transformed(RULES, before, after)


def test_one_new_statement_for_a_module() -> None:
    rules = """
- id: moved
  symbols:
    transformers.SinkCache: torch.optim.SinkCache
    transformers.data.LineByLineTextDataset: torch.optim.LineByLineTextDataset
"""
    check_transformed(
        rules,
        """
        import os
        from transformers import BertModel, SinkCache
        os.environ["X"] = "1"
        from transformers.data import LineByLineTextDataset, DataProcessor
        use = SinkCache, LineByLineTextDataset
        """,
        """
        import os
        from torch.optim import LineByLineTextDataset, SinkCache
        from transformers import BertModel
        os.environ["X"] = "1"
        from transformers.data import DataProcessor
        use = SinkCache, LineByLineTextDataset
        """,
    )


def test_an_import_that_only_gets_a_neighbour_stays_as_it_is() -> None:
    names = ", ".join(f"T5Tokenizer as tokenizer_number_{n}" for n in range(6))
    rules = "[{id: r, call: transformers.set_seed, arguments: {a: {value: 'torch.optim.AdamW'}}}]"
    before = f"from transformers import set_seed, {names}\n\nset_seed(a=1)\n"
    text, _ = upgrade(rules, before)
    assert text == f"from torch.optim import AdamW\n{before.replace('a=1', 'a=AdamW')}"
