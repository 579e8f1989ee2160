"""Networks on top of encoders."""

import torch
import torch.nn as nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel, BertModel, BertPreTrainedModel, RobertaModel
from transformers.modeling_outputs import SequenceClassifierOutput

from .common import Stemmer, use


class Pooled(nn.Module):
    """Mean of the last layer."""

    def __init__(self, name, config_path=None, pretrained=False):
        super().__init__()
        if config_path is None:
            self.config = AutoConfig.from_pretrained(name, output_hidden_states=True)
        else:
            self.config = torch.load(config_path)
        self.hf_config = AutoConfig.from_pretrained(name)
        if pretrained:
            self.backbone = AutoModel.from_pretrained(name, config=self.hf_config)
        else:
            self.backbone = AutoModel.from_config(self.hf_config)
        self.head = nn.Linear(self.hf_config.hidden_size, 1)
        use(self.config)  # own
        use(self.hf_config)  # is transformers.PretrainedConfig
        use(self.backbone)  # is transformers.PreTrainedModel
        use(self.head)  # own

    def feature(self, inputs):
        outputs = self.backbone(**inputs)
        use(outputs)  # is transformers.utils.ModelOutput
        last = outputs[0]
        use(last)  # own
        return last.mean(1)

    def forward(self, inputs):
        return self.head(self.feature(inputs))


class Twin(nn.Module):
    def __init__(self):
        super().__init__()
        self.towers = nn.ModuleDict(
            {"letter": BertModel.from_pretrained("bert"), "answer": RobertaModel.from_pretrained("roberta")}
        )
        self.layers = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])
        self.same = [BertModel.from_pretrained("bert") for _ in range(2)]

    def forward(self, letter, answer):
        left = self.towers["letter"](**letter)
        use(left)  # is transformers.utils.ModelOutput
        use(self.towers["answer"])  # is transformers.RobertaModel
        for name, tower in self.towers.items():
            use(tower)  # is transformers.PreTrainedModel
            use(name)  # own
        for layer in self.layers:
            use(layer)  # own
        first, second = self.same
        use(first)  # is transformers.BertModel
        return F.cosine_similarity(left.pooler_output, second(**answer).pooler_output)


class Multi(BertPreTrainedModel):
    """Several heads."""

    def __init__(self, config, heads=2):
        super().__init__(config)
        self.bert = BertModel(config)
        self.heads = nn.ModuleList(nn.Linear(config.hidden_size, 2) for _ in range(heads))
        self.stemmer = Stemmer()
        self.init_weights()

    def forward(self, input_ids=None, **kwargs):
        use(self.bert)  # is transformers.BertModel
        use(self.config)  # is transformers.PretrainedConfig
        use(self.stemmer)  # own
        use(self.heads[0])  # own
        hidden = self.bert(input_ids, **kwargs)
        use(hidden)  # is transformers.utils.ModelOutput
        return SequenceClassifierOutput(logits=self.heads[0](hidden.pooler_output))


def get_model(kind, fold=0):
    registry = dict(pooled=Pooled, multi=Multi, twin=Twin)
    model = registry[kind]("x")
    use(model)  # own
    multi = Multi.from_pretrained("x", heads=3)
    use(multi)  # is transformers.PreTrainedModel
    out = multi(torch.ones(1, 2))
    use(out)  # is transformers.utils.ModelOutput
    if fold:
        multi.load_state_dict(torch.load(f"{fold}.pt"))
    return multi
