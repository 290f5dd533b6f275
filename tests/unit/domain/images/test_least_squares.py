"""Amounts that can't be negative, for many spectra at once, against SciPy's solution of one after the other."""

import numpy as np
import pytest
from scipy.optimize import minimize, nnls

from xanesview.domain.images.least_squares import NonNegativeFit
from xanesview.errors import XanesviewError


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_solution_is_that_of_scipy(n):
    chance = np.random.default_rng(n)
    columns = chance.random((60, n))
    spectra = chance.standard_normal((200, 60)) + chance.standard_normal((200, n)) @ columns.T
    found = NonNegativeFit(columns).solve(spectra)
    for one, spectrum in zip(found, spectra, strict=True):
        expected, rest = nnls(columns, spectrum)
        assert np.linalg.norm(spectrum - columns @ one) == pytest.approx(rest, rel=1e-9)
        np.testing.assert_allclose(one, expected, atol=1e-9)


def test_columns_of_very_different_size_are_solved_as_well():
    chance = np.random.default_rng(3)
    columns = chance.random((40, 3)) * [1e-8, 1.0, 1e6]
    spectra = chance.random((50, 40))
    found = NonNegativeFit(columns).solve(spectra)
    for one, spectrum in zip(found, spectra, strict=True):
        rest = np.linalg.norm(spectrum - columns @ one)
        assert rest == pytest.approx(nnls(columns, spectrum)[1], rel=1e-9)
        assert (one >= 0.0).all()


def test_an_offset_may_be_negative():
    chance = np.random.default_rng(4)
    columns, free = chance.random((40, 3)), np.ones((40, 1))
    amounts = chance.random((30, 3))
    spectra = amounts @ columns.T - 2.5
    found = NonNegativeFit(columns, free).solve(spectra)
    np.testing.assert_allclose(found, np.column_stack([amounts, np.full(30, -2.5)]), atol=1e-9)
    noisy = chance.standard_normal((30, 40))
    both = np.concatenate([columns, free, -free], axis=1)  # what is free is the difference of two that are not
    for one, spectrum in zip(NonNegativeFit(columns, free).solve(noisy), noisy, strict=True):
        rest = np.linalg.norm(spectrum - np.concatenate([columns, free], axis=1) @ one)
        assert rest == pytest.approx(nnls(both, spectrum)[1], rel=1e-8)


def test_amounts_that_add_up_to_one():
    chance = np.random.default_rng(5)
    columns = chance.random((30, 4)) * [1.0, 3.0, 0.2, 1.0]
    fit = NonNegativeFit(columns, np.ones((30, 1)), np.ones(4, bool))
    spectra = chance.random((20, 30)) * 2.0
    for one, spectrum in zip(fit.solve(spectra), spectra, strict=True):
        assert one[:4].sum() == pytest.approx(1.0)
        assert (one[:4] >= 0.0).all()

        def left(x, spectrum=spectrum):
            return np.sum((spectrum - columns @ x[:4] - x[4]) ** 2)

        asked = minimize(
            left, [0.25, 0.25, 0.25, 0.25, 0.0], method="SLSQP", bounds=[(0, None)] * 4 + [(None, None)],
            constraints={"type": "eq", "fun": lambda x: x[:4].sum() - 1.0}, options={"ftol": 1e-12, "maxiter": 500},
        )  # fmt: skip
        assert left(one) <= asked.fun + 1e-7
        assert left(one) == pytest.approx(asked.fun, rel=1e-4)


def test_columns_that_are_alike_are_no_trap():
    chance = np.random.default_rng(6)
    one = chance.random(30)
    columns = np.stack([one, one, 2.0 * one], axis=1)
    found = NonNegativeFit(columns).solve(np.stack([3.0 * one, -one]))
    np.testing.assert_allclose(columns @ found[0], 3.0 * one)
    np.testing.assert_array_equal(found[1], 0.0)


def test_too_many_components_are_refused():
    with pytest.raises(XanesviewError, match="13 components are too many"):
        NonNegativeFit(np.eye(20)[:, :13])
