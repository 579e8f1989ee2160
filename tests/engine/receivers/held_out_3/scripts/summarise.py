"""python scripts/summarise.py --model x article.txt"""

import argparse
import sys

import newsroom
from newsroom import Settings, load
from newsroom.loading import Pair, load_pair
from newsroom.rivals.words import WordTokenizer
from newsroom.search import Retriever
from newsroom.serving import app
from newsroom.settings import parse
from newsroom._use import use
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, Pipeline, TrainingArguments, pipeline


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--tokenizer", type=AutoTokenizer.from_pretrained, default=None)
    parser.add_argument("file", type=argparse.FileType())
    return parser.parse_args()


def summarise(model, tokenizer, text, **options):
    use(model)  # is transformers.PreTrainedModel
    use(tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(options)  # own
    batch = tokenizer(text, truncation=True, return_tensors="pt")
    return tokenizer.decode(model.generate(**batch, **options)[0])


def run_pipeline(pipe: Pipeline, text):
    use(pipe)  # is transformers.Pipeline
    use(pipe.tokenizer)  # is transformers.PreTrainedTokenizerBase
    return pipe(text)


def main():
    args = parse_args()
    use(args.model)  # own
    settings = Settings(name=args.model)
    use(settings)  # own
    use(settings.generation)  # is transformers.GenerationConfig
    bundle = load(args.model)
    use(bundle.tokenizer)  # is transformers.PreTrainedTokenizerBase
    use(newsroom.load("x").model)  # is transformers.PreTrainedModel
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = AutoModelForSeq2SeqLM.from_pretrained(args.model)
    print(summarise(model, tokenizer, args.file.read(), num_beams=2))
    print(summarise(bundle.model, bundle.tokenizer, "a"))
    run_pipeline(pipeline("summarization", model=model, tokenizer=tokenizer), "a")
    run_pipeline(app.get_pipeline(), "b")
    pair: Pair = load_pair("x")
    use(pair.model)  # is transformers.BartForConditionalGeneration
    _, training = parse(sys.argv)
    use(training)  # is transformers.TrainingArguments
    (fresh,) = [TrainingArguments("out")]
    use(fresh)  # is transformers.TrainingArguments
    retriever = Retriever()
    use(retriever)  # own
    use(retriever.tokenizers["passage"])  # is transformers.DPRContextEncoderTokenizerFast
    for name in ("a", "b"):
        tokenizer = AutoTokenizer.from_pretrained(name) if name == "a" else WordTokenizer({})
        use(tokenizer)  # own
    print(use(app.app))  # own


if __name__ == "__main__":
    main()
