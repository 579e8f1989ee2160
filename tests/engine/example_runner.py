"""Runs texts in the interpreter of some release for ``run_examples.py``: a request file in, an answer file out."""

import contextlib
import io
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ.update(
    HF_HUB_OFFLINE="1", CUDA_VISIBLE_DEVICES="", WANDB_DISABLED="true", TOKENIZERS_PARALLELISM="false"
)
SHIM = "_transformers_compat"


def plain(value, depth=0):
    """A value as JSON can hold it; an object without such a form gives None."""
    if type(value).__name__ in ("Tensor", "ndarray"):
        value = value.tolist()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, (list, tuple)) and depth < 4:
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, dict) and depth < 4:
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    return None


def run(text, shim):
    """What one text prints and leaves in its variables."""
    printed, names, error = io.StringIO(), {"__name__": "__main__"}, ""
    sys.modules.pop(SHIM, None)
    with tempfile.TemporaryDirectory() as folder:
        if shim is not None:
            Path(folder, f"{SHIM}.py").write_text(shim, encoding="utf-8")
        before, environment = Path.cwd(), dict(os.environ)
        sys.path.insert(0, folder)
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(text, "example.py", "exec"), names)
        except BaseException as caught:
            error = f"{type(caught).__name__}: {caught}"
        finally:
            os.chdir(before)
            sys.path.remove(folder)
            os.environ.clear()
            os.environ.update(environment)
    # dictionaries of arguments hold the names that a rule changes
    own = {name: v for name, v in names.items() if not name.startswith("_") and not isinstance(v, dict)}
    values = {name: value for name in own if (value := plain(own[name])) is not None}
    return {"printed": printed.getvalue(), "values": values, "error": error}


if __name__ == "__main__":
    request, answer = map(Path, sys.argv[1:])
    sys.argv = ["example.py"]
    answers = [run(item["text"], item["shim"]) for item in json.loads(request.read_text(encoding="utf-8"))]
    answer.write_text(json.dumps(answers), encoding="utf-8")
