"""from_config and the configuration of a model."""

import json

from transformers import AutoConfig, AutoModel, T5ForConditionalGeneration, VisionEncoderDecoderModel

from .shared import Own, use


class Config(dict):
    @classmethod
    def from_config(cls, other):
        return cls(other)


def build(name):
    config = AutoConfig.from_pretrained(name)
    model = AutoModel.from_config(config)
    use(model)  # is transformers.PreTrainedModel
    use(model.config)  # is transformers.PretrainedConfig
    use(T5ForConditionalGeneration(config).config)  # is transformers.T5Config
    both = VisionEncoderDecoderModel.from_encoder_decoder_pretrained("vit", "gpt2")
    use(both.decoder)  # is transformers.PreTrainedModel
    use(both.config.decoder)  # is transformers.PretrainedConfig
    use(Config.from_config({"a": 1}))  # own
    config = json.loads("{}")
    use(config)  # own
    use(Own().config)  # own
