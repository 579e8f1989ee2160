"""from_pretrained of concrete and of Auto classes."""

from transformers import AutoModelForCausalLM, AutoProcessor, AutoTokenizer, GPT2Tokenizer, WhisperProcessor

from .shared import Own, use


def load(name, size=None):
    tokenizer = GPT2Tokenizer.from_pretrained(name)
    use(tokenizer)  # is transformers.GPT2Tokenizer
    use(AutoTokenizer.from_pretrained(name))  # is transformers.PreTrainedTokenizerBase
    model = AutoModelForCausalLM.from_pretrained(name, torch_dtype="auto").eval()
    use(model)  # is transformers.PreTrainedModel
    use(WhisperProcessor.from_pretrained(name))  # is transformers.WhisperProcessor
    use(AutoProcessor.from_pretrained(name))  # is transformers.ProcessorMixin
    use(Own.from_pretrained(name))  # own
    use(size.from_pretrained(name))  # own
