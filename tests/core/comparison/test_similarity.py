import numpy as np
import pytest

from cnn_core.comparison import gram_matrices, linear_cka, similarity_table
from cnn_core.errors import BadInput, ShapeError


def features(n, p, seed):
    return np.random.default_rng(seed).standard_normal((n, p))


def gram(x):
    return x @ x.T


def rotation(p, seed=7):
    return np.linalg.qr(features(p, p, seed))[0]


def unbiased_hsic(k, m):
    """Song et al. 2012, equation 5, term by term."""
    n = len(k)
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    ones = np.ones(n)
    first = np.trace(k @ m)
    second = (ones @ k @ ones) * (ones @ m @ ones) / ((n - 1) * (n - 2))
    third = 2 / (n - 2) * (ones @ k @ m @ ones)
    return (first + second - third) / (n * (n - 3))


def test_a_layer_is_the_same_as_itself():
    k = gram(features(9, 50, 0))
    assert linear_cka(k, k) == pytest.approx(1, abs=1e-12)


def test_neither_rotation_nor_scale_nor_offset_matters():
    x, y = features(9, 12, 0), features(9, 20, 1)
    moved = 3.5 * x @ rotation(12) + 2.0
    assert linear_cka(gram(x), gram(moved)) == pytest.approx(1, abs=1e-12)
    assert linear_cka(gram(moved), gram(y)) == pytest.approx(linear_cka(gram(x), gram(y)), abs=1e-12)


def test_another_linear_map_does_matter():
    x = features(9, 12, 0)
    assert linear_cka(gram(x), gram(x @ features(12, 12, 3))) < 0.95


def test_it_is_the_unbiased_estimate_of_song():
    k, m = gram(features(8, 30, 0)), gram(features(8, 5, 1))
    expected = unbiased_hsic(k, m) / np.sqrt(unbiased_hsic(k, k) * unbiased_hsic(m, m))
    assert linear_cka(k, m) == pytest.approx(expected, rel=1e-10)


def test_independent_layers_come_out_near_zero_though_the_plain_estimate_is_near_one():
    found, plain = [], []
    for seed in range(60):
        k, m = gram(features(10, 400, seed)), gram(features(10, 400, 1000 + seed))
        found.append(linear_cka(k, m))
        middle = np.eye(10) - 1 / 10
        a, b = middle @ k @ middle, middle @ m @ middle
        plain.append((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))
    assert abs(np.mean(found)) < 0.1
    assert np.mean(plain) > 0.9


def test_a_layer_that_says_the_same_of_every_image_has_no_similarity():
    k = gram(features(6, 4, 0))
    assert linear_cka(k, gram(np.full((6, 3), 0.1))) is None
    assert linear_cka(np.zeros((6, 6)), k) is None


def test_too_few_images_and_what_is_no_matrix_are_refused():
    with pytest.raises(BadInput, match="wanted 4 images or more, got 3"):
        linear_cka(np.eye(3), np.eye(3))
    with pytest.raises(ShapeError, match=r"got \(5, 5\) and \(4, 4\)"):
        linear_cka(np.eye(5), np.eye(4))


@pytest.mark.parametrize("held", [1, 3, 7, 100])
def test_products_are_those_of_all_examples_however_few_are_kept(held):
    x, runs = features(7, 24, 0).astype(np.float32), []

    def outputs(i):
        runs.append(i)
        return {"maps": x[i].reshape(1, 2, 3, 4), "other": x[i : i + 1, :3], "unasked": x[i]}

    found = gram_matrices(outputs, 7, ["maps", "other"], held)
    exact = x.astype(np.float64)
    assert set(found) == {"maps", "other"}
    np.testing.assert_allclose(found["maps"], gram(exact), rtol=1e-13)
    np.testing.assert_allclose(found["other"], gram(exact[:, :3]), rtol=1e-12)
    assert held < 7 or len(runs) == 7


def test_the_table_has_every_layer_of_one_by_every_layer_of_the_other():
    a = {"one": gram(features(5, 3, 0)), "two": gram(features(5, 4, 1))}
    b = {"x": a["two"]}
    table = similarity_table(a, b)
    assert table["two"]["x"] == pytest.approx(1, abs=1e-12)
    assert table["one"]["x"] == linear_cka(a["one"], a["two"])
