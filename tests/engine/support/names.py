"""Classes and functions that moved, were renamed or left."""

import torch
import transformers
from transformers import AdamW, CLIPFeatureExtractor, LlamaConfig, ViTFeatureExtractor
from transformers.deepspeed import is_deepspeed_zero3_enabled
from transformers.file_utils import ModelOutput
from transformers.generation.utils import GenerationMixin
from transformers.modeling_utils import Conv1D, find_pruneable_heads_and_indices
from transformers.tokenization_utils_base import PreTrainedTokenizerBase


class Answer(ModelOutput):
    pass


def main():
    torch.manual_seed(0)
    layer = Conv1D(2, 3)
    optimizer = AdamW(layer.parameters(), lr=0.1, weight_decay=0.01)
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    print(round(float(layer.weight.sum()), 4), find_pruneable_heads_and_indices([0], 2, 2, set())[0])
    print(is_deepspeed_zero3_enabled(), hasattr(GenerationMixin, "generate"))
    for kind in (CLIPFeatureExtractor, ViTFeatureExtractor, transformers.DeiTFeatureExtractor):
        print(kind().do_resize)
    print(LlamaConfig().rope_theta, issubclass(transformers.BertTokenizerFast, PreTrainedTokenizerBase))


main()
