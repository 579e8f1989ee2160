"""Members of enumerations."""

import enum

from transformers import BertModel, RobertaModel

from .shared import Own, use


class Kind(enum.Enum):
    BERT = BertModel
    ROBERTA = RobertaModel


class Words(enum.Enum):
    OWN = Own
    NAME = "bert"


use(Kind.BERT.value.from_pretrained("x"))  # is transformers.BertModel
use(Words.OWN.value.from_pretrained("x"))  # own
use(Words.NAME.value)  # own
