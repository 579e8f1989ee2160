"""What isinstance and match say."""

from transformers import PreTrainedModel, PreTrainedTokenizerBase, T5Tokenizer

from .shared import Own, use


def asked(thing, model, tokenizer):
    if isinstance(thing, (T5Tokenizer, PreTrainedTokenizerBase)):
        use(thing)  # is transformers.PreTrainedTokenizerBase
    else:
        use(thing)  # own
    assert isinstance(model, PreTrainedModel)
    use(model)  # is transformers.PreTrainedModel
    if not isinstance(thing, Own):
        return
    use(thing)  # own
    match thing:
        case PreTrainedTokenizerBase() as found:
            use(found)  # is transformers.PreTrainedTokenizerBase
        case Own() as found:
            use(found)  # own
    if isinstance(tokenizer, Own):
        use(tokenizer)  # own
    else:
        use(tokenizer)  # is transformers.T5Tokenizer


asked(None, None, T5Tokenizer("x"))
