"""Imports after a rename or a move: every form, in the place and style that the file already has."""

from __future__ import annotations

import pytest
from engine_runs import check_noop, check_reported, check_transformed, upgrade

MOVES = """
- id: adamw
  symbols: {transformers.AdamW: torch.optim.AdamW}
- id: vision
  symbols: {transformers.AutoModelForVision2Seq: transformers.AutoModelForImageTextToText}
- id: conv
  symbols: {transformers.modeling_utils.Conv1D: transformers.pytorch_utils.Conv1D}
- id: deepspeed
  modules: {transformers.deepspeed: transformers.integrations.deepspeed}
- id: sink
  symbols: {transformers.SinkCache: null}
- id: dtype
  call: transformers.AutoModel.from_pretrained
  add: {dtype: torch.float32}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from transformers import AutoModelForVision2Seq\nmodel = AutoModelForVision2Seq.from_pretrained(n)\n",
            "from transformers import AutoModelForImageTextToText\n"
            "model = AutoModelForImageTextToText.from_pretrained(n)\n",
            id="renamed within its module",
        ),
        pytest.param(
            "from transformers import AutoModelForVision2Seq as Model\nModel.from_pretrained(n)\n",
            "from transformers import AutoModelForImageTextToText as Model\nModel.from_pretrained(n)\n",
            id="an alias stays",
        ),
        pytest.param(
            "import transformers\nmodel = transformers.AutoModelForVision2Seq\n",
            "import transformers\nmodel = transformers.AutoModelForImageTextToText\n",
            id="through the package",
        ),
        pytest.param(
            "import transformers as hf\nmodel = hf.AutoModelForVision2Seq\n",
            "import transformers as hf\nmodel = hf.AutoModelForImageTextToText\n",
            id="through the package under another name",
        ),
        pytest.param(
            "from transformers import AdamW\noptimizer = AdamW(p)\n",
            "from torch.optim import AdamW\noptimizer = AdamW(p)\n",
            id="the only name moves out of the library",
        ),
        pytest.param(
            "from transformers import AdamW as HFAdamW\noptimizer = HFAdamW(p)\n",
            "from torch.optim import AdamW as HFAdamW\noptimizer = HFAdamW(p)\n",
            id="an alias moves along",
        ),
        pytest.param(
            "from transformers import AdamW, BertModel\noptimizer = AdamW(BertModel)\n",
            "from torch.optim import AdamW\nfrom transformers import BertModel\noptimizer = AdamW(BertModel)\n",
            id="one of two names moves, in the order of module names",
        ),
        pytest.param(
            "import torch\nfrom transformers import AdamW\noptimizer = AdamW(torch)\n",
            "import torch\nfrom torch.optim import AdamW\noptimizer = AdamW(torch)\n",
            id="an import of the parent package is not enough for a bare name",
        ),
        pytest.param(
            "from torch.optim import Adam\nfrom transformers import AdamW\nAdam, AdamW\n",
            "from torch.optim import Adam, AdamW\nAdam, AdamW\n",
            id="merged into an import of that module",
        ),
        pytest.param(
            "from torch.optim import AdamW as TorchAdamW\nfrom transformers import AdamW\nAdamW, TorchAdamW\n",
            "from torch.optim import AdamW as TorchAdamW\nTorchAdamW, TorchAdamW\n",
            id="the replacement is there already under another name",
        ),
        pytest.param(
            "from transformers import AutoModelForImageTextToText, AutoModelForVision2Seq\n"
            "AutoModelForImageTextToText, AutoModelForVision2Seq\n",
            "from transformers import AutoModelForImageTextToText\n"
            "AutoModelForImageTextToText, AutoModelForImageTextToText\n",
            id="both names were imported",
        ),
        pytest.param(
            "import transformers\noptimizer = transformers.AdamW(transformers.BertModel)\n",
            "import transformers\nfrom torch.optim import AdamW\noptimizer = AdamW(transformers.BertModel)\n",
            id="through the package, out of the library",
        ),
        pytest.param(
            "import torch.optim\nimport transformers\noptimizer = transformers.AdamW(p), transformers.BertModel\n",
            "import torch.optim\nimport transformers\noptimizer = torch.optim.AdamW(p), transformers.BertModel\n",
            id="spelled through a module that is imported",
        ),
        pytest.param(
            "from transformers.modeling_utils import Conv1D, PreTrainedModel\nConv1D, PreTrainedModel\n",
            "from transformers.modeling_utils import PreTrainedModel\n"
            "from transformers.pytorch_utils import Conv1D\nConv1D, PreTrainedModel\n",
            id="from one submodule to another",
        ),
        pytest.param(
            "from transformers.modeling_utils import Conv1D\nfrom transformers.pytorch_utils import prune_linear_layer\n"
            "Conv1D, prune_linear_layer\n",
            "from transformers.pytorch_utils import Conv1D, prune_linear_layer\nConv1D, prune_linear_layer\n",
            id="merged into the other submodule's import",
        ),
        pytest.param(
            "from transformers.deepspeed import HfDeepSpeedConfig\nHfDeepSpeedConfig\n",
            "from transformers.integrations.deepspeed import HfDeepSpeedConfig\nHfDeepSpeedConfig\n",
            id="a module that moved, from",
        ),
        pytest.param(
            "import transformers.deepspeed\ntransformers.deepspeed.HfDeepSpeedConfig\n",
            "import transformers.integrations.deepspeed\ntransformers.integrations.deepspeed.HfDeepSpeedConfig\n",
            id="a module that moved, import",
        ),
        pytest.param(
            "import transformers.deepspeed as ds\nds.HfDeepSpeedConfig\n",
            "import transformers.integrations.deepspeed as ds\nds.HfDeepSpeedConfig\n",
            id="a module that moved, import as",
        ),
        pytest.param(
            "from transformers import deepspeed\ndeepspeed.HfDeepSpeedConfig\n",
            "from transformers.integrations import deepspeed\ndeepspeed.HfDeepSpeedConfig\n",
            id="a module that moved, from its parent",
        ),
        pytest.param(
            "import transformers.modeling_utils as mu\nmu.Conv1D\n",
            "from transformers.pytorch_utils import Conv1D\nConv1D\n",
            id="a module import that nothing uses any more goes",
        ),
        pytest.param(
            "from transformers import modeling_utils\nmodeling_utils.Conv1D, modeling_utils.PreTrainedModel\n",
            "from transformers import modeling_utils\nfrom transformers.pytorch_utils import Conv1D\n"
            "Conv1D, modeling_utils.PreTrainedModel\n",
            id="a module import that is still used stays",
        ),
        pytest.param(
            "from transformers.models.auto.modeling_auto import AutoModelForVision2Seq as V\nV\n",
            "from transformers.models.auto.modeling_auto import AutoModelForImageTextToText as V\nV\n",
            id="a deep path keeps its module when that has the new name",
        ),
    ],
)
def test_forms(before: str, after: str) -> None:
    check_transformed(MOVES, before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            from transformers import (
                AutoModelForVision2Seq,  # sees
                # reads
                AutoTokenizer,
            )
            x = AutoModelForVision2Seq, AutoTokenizer
            """,
            """
            from transformers import (
                AutoModelForImageTextToText,  # sees
                # reads
                AutoTokenizer,
            )
            x = AutoModelForImageTextToText, AutoTokenizer
            """,
            id="comments stay with their names",
        ),
        pytest.param(
            """
            from transformers import (
                AdamW,
                # a model
                AutoModelForVision2Seq,
                Trainer,
            )
            x = AdamW, AutoModelForVision2Seq, Trainer
            """,
            """
            from torch.optim import AdamW
            from transformers import (
                # a model
                AutoModelForImageTextToText,
                Trainer,
            )
            x = AdamW, AutoModelForImageTextToText, Trainer
            """,
            id="one moves away and one is renamed",
        ),
        pytest.param(
            """
            from transformers import (
                AutoModelForVision2Seq,
                AutoModelForSequenceClassification,
                Trainer
            )
            x = AutoModelForVision2Seq, AutoModelForSequenceClassification, Trainer
            """,
            """
            from transformers import (
                AutoModelForImageTextToText,
                AutoModelForSequenceClassification,
                Trainer
            )
            x = AutoModelForImageTextToText, AutoModelForSequenceClassification, Trainer
            """,
            id="a list in no order keeps its order",
        ),
        pytest.param(
            """
            from transformers import (
                AutoConfig,
                AutoModelForSequenceClassification,
                AutoModelForVision2Seq,
            )
            x = AutoConfig, AutoModelForSequenceClassification, AutoModelForVision2Seq
            """,
            """
            from transformers import (
                AutoConfig,
                AutoModelForImageTextToText,
                AutoModelForSequenceClassification,
            )
            x = AutoConfig, AutoModelForSequenceClassification, AutoModelForImageTextToText
            """,
            id="a sorted list stays sorted",
        ),
        pytest.param(
            """
            from transformers import (
                AdamW,  # the optimizer
                BertModel,
            )
            x = AdamW, BertModel
            """,
            """
            from torch.optim import AdamW  # the optimizer
            from transformers import (
                BertModel,
            )
            x = AdamW, BertModel
            """,
            id="the first of a parenthesised list goes, with its comment",
        ),
        pytest.param(
            """
            from transformers import (
                BertModel,
                AdamW
            )
            x = AdamW, BertModel
            """,
            """
            from torch.optim import AdamW
            from transformers import (
                BertModel
            )
            x = AdamW, BertModel
            """,
            id="the last of a list without a trailing comma goes",
        ),
        pytest.param(
            """
            from transformers import AdamW, \\
                BertModel
            x = AdamW, BertModel
            """,
            """
            from torch.optim import AdamW
            from transformers import BertModel
            x = AdamW, BertModel
            """,
            id="a continued line",
        ),
        pytest.param(
            """
            from transformers import BertModel, \\
                AdamW
            x = AdamW, BertModel
            """,
            """
            from torch.optim import AdamW
            from transformers import BertModel
            x = AdamW, BertModel
            """,
            id="a continued line whose rest goes",
        ),
        pytest.param(
            """
            from transformers.deepspeed import (
                HfDeepSpeedConfig,  # the configuration
                # asks
                is_deepspeed_zero3_enabled,
            )
            x = HfDeepSpeedConfig, is_deepspeed_zero3_enabled
            """,
            """
            from transformers.integrations.deepspeed import (
                HfDeepSpeedConfig,  # the configuration
                # asks
                is_deepspeed_zero3_enabled,
            )
            x = HfDeepSpeedConfig, is_deepspeed_zero3_enabled
            """,
            id="all names move together and keep their layout",
        ),
        pytest.param(
            """
            from transformers.deepspeed import is_deepspeed_zero3_enabled, HfDeepSpeedConfig
            x = HfDeepSpeedConfig, is_deepspeed_zero3_enabled
            """,
            """
            from transformers.integrations.deepspeed import is_deepspeed_zero3_enabled, HfDeepSpeedConfig
            x = HfDeepSpeedConfig, is_deepspeed_zero3_enabled
            """,
            id="all names move together and keep their order",
        ),
        pytest.param(
            """
            import os

            import torch
            from transformers import BertModel
            from transformers.modeling_utils import PreTrainedModel, Conv1D

            from mine import thing
            x = os, torch, BertModel, PreTrainedModel, Conv1D, thing
            """,
            """
            import os

            import torch
            from transformers import BertModel
            from transformers.modeling_utils import PreTrainedModel
            from transformers.pytorch_utils import Conv1D

            from mine import thing
            x = os, torch, BertModel, PreTrainedModel, Conv1D, thing
            """,
            id="among the imports of the library",
        ),
        pytest.param(
            """
            from transformers import (
                # the optimizer
                AdamW,
            )
            x = AdamW
            """,
            """
            from torch.optim import (
                # the optimizer
                AdamW,
            )
            x = AdamW
            """,
            id="a comment above the only name",
        ),
        pytest.param(
            "from transformers import AdamW; import os\nx = AdamW, os\n",
            "from torch.optim import AdamW; import os\nx = AdamW, os\n",
            id="two statements on a line",
        ),
        pytest.param(
            "from transformers import AdamW  # noqa: F401\nx = AdamW\n",
            "from torch.optim import AdamW  # noqa: F401\nx = AdamW\n",
            id="a comment behind the import",
        ),
        pytest.param(
            '''
            """What it is for."""
            from __future__ import annotations

            import transformers
            x = transformers.AdamW, transformers.BertModel
            ''',
            '''
            """What it is for."""
            from __future__ import annotations

            import transformers
            from torch.optim import AdamW
            x = AdamW, transformers.BertModel
            ''',
            id="behind a docstring and the future",
        ),
        pytest.param(
            """
            import os

            import transformers

            from .mine import thing
            x = transformers.AdamW, os, thing, transformers.BertModel
            """,
            """
            import os

            import transformers
            from torch.optim import AdamW

            from .mine import thing
            x = AdamW, os, thing, transformers.BertModel
            """,
            id="in the section of third parties",
        ),
        pytest.param(
            """
            import numpy as np
            from datasets import Dataset
            from transformers import AutoModel, DynamicCache
            x = np, Dataset, AutoModel.from_pretrained("x"), DynamicCache
            """,
            """
            import numpy as np
            import torch
            from datasets import Dataset
            from transformers import AutoModel, DynamicCache
            x = np, Dataset, AutoModel.from_pretrained("x", dtype=torch.float32), DynamicCache
            """,
            id="a module among the modules",
        ),
        pytest.param(
            """
            from datasets import Dataset
            import numpy as np
            from transformers import AutoModel
            x = np, Dataset, AutoModel.from_pretrained("x")
            """,
            """
            from datasets import Dataset
            import numpy as np
            import torch
            from transformers import AutoModel
            x = np, Dataset, AutoModel.from_pretrained("x", dtype=torch.float32)
            """,
            id="in the order of all",
        ),
        pytest.param(
            "from transformers import AdamW\r\nx = AdamW\r\n",
            "from torch.optim import AdamW\r\nx = AdamW\r\n",
            id="line ends of Windows",
        ),
        pytest.param(
            "from transformers import (\r\n    AdamW,\r\n    BertModel,\r\n)\r\nx = AdamW, BertModel\r\n",
            "from torch.optim import AdamW\r\nfrom transformers import (\r\n    BertModel,\r\n)\r\n"
            "x = AdamW, BertModel\r\n",
            id="line ends of Windows in a list",
        ),
    ],
)
def test_style(before: str, after: str) -> None:
    check_transformed(MOVES, before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            def build():
                from transformers import AdamW, BertModel
                return AdamW(BertModel)
            """,
            """
            def build():
                from torch.optim import AdamW
                from transformers import BertModel
                return AdamW(BertModel)
            """,
            id="in a function",
        ),
        pytest.param(
            """
            def build():
                from transformers import AdamW
                return AdamW

            def other():
                from transformers import AdamW as Optimizer
                return Optimizer
            """,
            """
            def build():
                from torch.optim import AdamW
                return AdamW

            def other():
                from torch.optim import AdamW as Optimizer
                return Optimizer
            """,
            id="in two functions",
        ),
        pytest.param(
            """
            class Loader:
                def load(self):
                    import transformers
                    return transformers.AutoModelForVision2Seq
            """,
            """
            class Loader:
                def load(self):
                    import transformers
                    return transformers.AutoModelForImageTextToText
            """,
            id="the package in a method",
        ),
        pytest.param(
            """
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from transformers import AutoModelForVision2Seq


            def run(model: "AutoModelForVision2Seq") -> "list[AutoModelForVision2Seq]":
                return [model]
            """,
            """
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from transformers import AutoModelForImageTextToText


            def run(model: "AutoModelForImageTextToText") -> "list[AutoModelForImageTextToText]":
                return [model]
            """,
            id="for type checkers only",
        ),
        pytest.param(
            """
            try:
                import torch
                from transformers import AdamW
            except ImportError:
                raise SystemExit("install transformers")
            AdamW(torch)
            """,
            """
            try:
                import torch
                from torch.optim import AdamW
            except ImportError:
                raise SystemExit("install transformers")
            AdamW(torch)
            """,
            id="in a try whose handler gives up",
        ),
        pytest.param(
            """
            if True:
                from transformers import AdamW
            x = AdamW
            """,
            """
            if True:
                from torch.optim import AdamW
            x = AdamW
            """,
            id="the only statement of a block",
        ),
    ],
)
def test_places(before: str, after: str) -> None:
    check_transformed(MOVES, before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            from transformers import *
            model = AutoModelForVision2Seq.from_pretrained(name)
            """,
            """
            from transformers import *
            model = AutoModelForImageTextToText.from_pretrained(name)
            """,
            id="the star brings the new name",
        ),
        pytest.param(
            """
            from transformers import *
            optimizer = AdamW(BertModel)
            """,
            """
            from torch.optim import AdamW
            from transformers import *
            optimizer = AdamW(BertModel)
            """,
            id="the star no longer brings the name",
        ),
    ],
)
def test_star_imports(before: str, after: str) -> None:
    check_transformed(MOVES, before, after)


def test_a_star_import_of_names_that_are_gone_is_reported() -> None:
    check_reported(MOVES, "from transformers import *\ncache = SinkCache()\n", lines=[2])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            'from transformers import AutoModelForVision2Seq\n\n__all__ = ["AutoModelForVision2Seq"]\n',
            "from transformers import AutoModelForImageTextToText as AutoModelForVision2Seq\n\n"
            '__all__ = ["AutoModelForVision2Seq"]\n',
            id="a name that the module hands on keeps its name",
        ),
        pytest.param(
            'from transformers import AdamW, BertModel\n\n__all__ = ["AdamW", "BertModel"]\n',
            'from torch.optim import AdamW\nfrom transformers import BertModel\n\n__all__ = ["AdamW", "BertModel"]\n',
            id="a name that moved without a new one",
        ),
        pytest.param(
            "from transformers import AutoModelForVision2Seq as Model\n\n__all__ = ('Model',)\n",
            "from transformers import AutoModelForImageTextToText as Model\n\n__all__ = ('Model',)\n",
            id="an alias that is handed on",
        ),
    ],
)
def test_names_in_all(before: str, after: str) -> None:
    check_transformed(MOVES, before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            from transformers import AutoModelForVision2Seq
            AutoModelForImageTextToText = object()
            x = AutoModelForVision2Seq
            """,
            """
            from transformers import AutoModelForImageTextToText as AutoModelForVision2Seq
            AutoModelForImageTextToText = object()
            x = AutoModelForVision2Seq
            """,
            id="with a global of the file",
        ),
        pytest.param(
            """
            from transformers import AutoModelForVision2Seq

            def run(AutoModelForImageTextToText):
                return AutoModelForVision2Seq, AutoModelForImageTextToText
            """,
            """
            from transformers import AutoModelForImageTextToText as AutoModelForVision2Seq

            def run(AutoModelForImageTextToText):
                return AutoModelForVision2Seq, AutoModelForImageTextToText
            """,
            id="with a parameter",
        ),
        pytest.param(
            """
            import transformers

            class AdamW:
                pass

            x = transformers.AdamW(p), AdamW(), transformers.BertModel
            """,
            """
            import transformers
            from torch.optim import AdamW as TorchAdamW

            class AdamW:
                pass

            x = TorchAdamW(p), AdamW(), transformers.BertModel
            """,
            id="of a name that has to be imported anew",
        ),
    ],
)
def test_collisions(before: str, after: str) -> None:
    check_transformed(MOVES, before, after)


def test_a_removed_name_is_reported_where_it_is_imported() -> None:
    findings = check_reported(
        MOVES, "from transformers import BertModel, SinkCache\nBertModel, SinkCache\n", lines=[1]
    )
    assert (findings[0].rule, findings[0].symbol) == ("sink", "transformers.SinkCache")
    assert (findings[0].column, findings[0].end_column) == (37, 46)


def test_a_removed_attribute_of_the_package_is_reported_at_each_use() -> None:
    check_reported(
        MOVES, "import transformers\ntransformers.SinkCache\nx = [transformers.SinkCache]\n", lines=[2, 3]
    )


def test_names_that_no_rule_knows_and_the_target_lacks() -> None:
    source = (
        "from transformers import SinkCache, NoSuchThing\n"
        "from transformers.no_such_module import x\n"
        "import transformers.neither\n"
        "import transformers\n"
        "transformers.not_there_either\n"
    )
    rules = "- {id: other, symbols: {transformers.AdamW: torch.optim.AdamW}}"
    text, findings = upgrade(rules, source, residuals=True)
    assert text == source
    assert [(f.rule, f.line, f.symbol) for f in findings] == [
        ("removed-symbol", 1, "transformers.SinkCache"),
        ("removed-symbol", 1, "transformers.NoSuchThing"),
        ("removed-symbol", 2, "transformers.no_such_module.x"),
        ("removed-symbol", 3, "transformers.neither"),
        ("removed-symbol", 5, "transformers.not_there_either"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "from mylib import AutoModelForVision2Seq\nAutoModelForVision2Seq\n", id="of another library"
        ),
        pytest.param("from .transformers import AdamW\nAdamW\n", id="of an own module of that name"),
        pytest.param("from transformers_extra import AdamW\nAdamW\n", id="of a library of a longer name"),
        pytest.param("from my.transformers import AdamW\nAdamW\n", id="of a subpackage of that name"),
        pytest.param(
            "import my.transformers\nmy.transformers.AdamW\n", id="through a subpackage of that name"
        ),
        pytest.param(
            "import sentence_transformers as transformers\ntransformers.AdamW\n", id="under its name"
        ),
        pytest.param("transformers.AdamW\n", id="of nothing that is imported"),
        pytest.param("class transformers:\n    AdamW = 1\ntransformers.AdamW\n", id="of an own class"),
        pytest.param("text = 'from transformers import AdamW'\n", id="in a string"),
        pytest.param("# from transformers import AdamW\n", id="in a comment"),
    ],
)
def test_names_of_others_stay(source: str) -> None:
    check_noop(MOVES, source, residuals=True)
