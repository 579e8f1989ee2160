"""Wheels in, index out: reads published releases without importing them.

``extract`` turns a file into facts, ``link`` follows names between the files of a release,
``merge`` lays the releases side by side as timelines; ``tx_upgrade.history.store`` writes them.
"""
