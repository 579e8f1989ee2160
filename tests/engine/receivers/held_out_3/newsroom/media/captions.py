"""Captions of pictures."""

from pathlib import Path
from typing import Any, Optional, Sequence, Union

import open_clip
import torch
from PIL import Image
from torchvision import models as tv
from transformers import (
    AutoProcessor,
    AutoTokenizer,
    BlipForConditionalGeneration,
    BlipProcessor,
    CLIPModel,
    CLIPProcessor,
    ImageToTextPipeline,
    VisionEncoderDecoderModel,
    ViTImageProcessor,
    pipeline,
)
from transformers.pipelines import PIPELINE_REGISTRY, Pipeline

from .._use import use


class Captioner:
    processor_class = BlipProcessor

    def __init__(self, name: str, *, processor: Optional[CLIPProcessor] = None, model=None):
        self.model = model or BlipForConditionalGeneration.from_pretrained(name)
        self.processor = self.processor_class.from_pretrained(name)
        self.clip = CLIPModel.from_pretrained("openai/clip")
        self.clip_processor = processor or CLIPProcessor.from_pretrained("openai/clip")
        use(self.processor)  # is transformers.BlipProcessor
        use(self.processor.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.processor.image_processor)  # own
        use(self.clip_processor)  # is transformers.CLIPProcessor
        use(self.clip_processor.tokenizer)  # is transformers.PreTrainedTokenizerBase

    def __call__(self, images: Sequence[Union[str, Path, Image.Image]]):
        pictures = [Image.open(i) for i in images]
        use(pictures[0])  # own
        inputs = self.processor(images=pictures, return_tensors="pt")
        ids = self.model.generate(**inputs)
        use(ids)  # own
        return self.processor.batch_decode(ids)

    def score(self, image, texts):
        use(self.clip)  # is transformers.CLIPModel
        use(self.clip.vision_model)  # own
        use(self.clip.config)  # is transformers.PretrainedConfig
        use(self.clip.config.text_config)  # is transformers.PretrainedConfig
        use(self.clip.text_projection)  # own
        outputs = self.clip(**self.clip_processor(text=texts, images=image))
        use(outputs)  # is transformers.utils.ModelOutput
        use(outputs.logits_per_image)  # own
        return outputs.logits_per_image.softmax(-1)


class Described(Pipeline):
    """A pipeline of our own."""

    def _sanitize_parameters(self, **kwargs):
        return {}, {}, {}

    def preprocess(self, inputs):
        use(self.tokenizer)  # is transformers.PreTrainedTokenizerBase
        use(self.framework)  # own
        return self.tokenizer(inputs, return_tensors=self.framework)

    def _forward(self, model_inputs):
        use(self.model)  # is transformers.PreTrainedModel
        return self.model(**model_inputs)

    def postprocess(self, model_outputs):
        use(self.model.config)  # is transformers.PretrainedConfig
        return model_outputs


PIPELINE_REGISTRY.register_pipeline("describe", pipeline_class=Described)


def encoder_decoder(name):
    model = VisionEncoderDecoderModel.from_encoder_decoder_pretrained("vit", "gpt2")
    tokenizer = AutoTokenizer.from_pretrained("gpt2")
    features = ViTImageProcessor.from_pretrained("vit")
    use(model)  # is transformers.VisionEncoderDecoderModel
    use(model.config)  # is transformers.PretrainedConfig
    use(model.decoder)  # is transformers.PreTrainedModel
    use(model.config.decoder)  # is transformers.PretrainedConfig
    use(features)  # own
    pipe = pipeline("image-to-text", model=model, tokenizer=tokenizer, feature_extractor=features)
    use(pipe)  # is transformers.Pipeline
    caption = ImageToTextPipeline(model=model, tokenizer=tokenizer)
    use(caption.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(caption.model)  # is transformers.PreTrainedModel
    return pipe, caption


def others() -> dict[str, Any]:
    model, _, preprocess = open_clip.create_model_and_transforms("ViT-B-32")
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    use(model)  # own
    use(preprocess)  # own
    use(tokenizer)  # own
    resnet = tv.resnet18(weights=None)
    use(resnet)  # own
    processor = AutoProcessor.from_pretrained("x")
    hub = torch.hub.load("pytorch/vision", "resnet18")
    use(hub)  # own
    tokenizer = processor.tokenizer
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    return {"model": model}


captioner = Captioner("x")
use(captioner)  # own
use(captioner.model)  # is transformers.BlipForConditionalGeneration
use(captioner.processor.tokenizer)  # is transformers.PreTrainedTokenizerBase
