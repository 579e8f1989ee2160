"""async functions."""

import asyncio

from transformers import AutoModel, AutoTokenizer

from .shared import Own, use


async def load(name):
    return await asyncio.to_thread(AutoTokenizer.from_pretrained, name), AutoModel.from_pretrained(name)


async def load_own(name):
    return Own()


async def main():
    tokenizer, model = await load("x")
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(model)  # is transformers.PreTrainedModel
    use(await load_own("x"))  # own
    loop = asyncio.get_running_loop()
    use(await loop.run_in_executor(None, AutoModel.from_pretrained, "x"))  # is transformers.PreTrainedModel
    use(loop)  # own
