"""The test of a real language model is there when the model is (see tests/small_model.py)."""

from tests import small_model

collect_ignore = [] if small_model.here() else ["test_words_of_a_real_model.py"]
