"""Images that are made of known spectra give back of what they are made."""

import numpy as np
import pytest

from xanesview.domain.images import combination, spectrum_image
from xanesview.domain.images.combination import combine, fitted_pixel
from xanesview.domain.images.design import CombineChoices
from xanesview.domain.images.spectrum_image import PixelAxis, SpectrumImage
from xanesview.domain.processing.steps.arctangent_step import arctangent
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError

ENERGY = np.arange(280.0, 300.0, 0.1)


def peak(at, width=0.8):
    return np.exp(-4.0 * np.log(2.0) * ((ENERGY - at) / width) ** 2)


FIRST, SECOND = peak(285.0) + 0.4 * peak(292.0, 5.0), peak(287.5) + 0.4 * peak(294.0, 5.0)


def of(intensity, label, energy=ENERGY, **known):
    return Spectrum(energy, intensity, label=label, **known)


def image(noise=0.0, shape=(6, 7), seed=1):
    chance = np.random.default_rng(seed)
    share = chance.random((*shape, 1))
    values = share * FIRST + (1.0 - share) * SECOND + noise * chance.standard_normal((*shape, len(ENERGY)))
    return SpectrumImage.of_array(ENERGY, values, label="made"), share[..., 0]


def test_fractions_of_an_image_of_two_components_are_found():
    made, share = image()
    maps = combine(made, [of(FIRST, "first"), of(SECOND, "second")], CombineChoices(area=False))
    np.testing.assert_allclose(maps["amount_1"].values, share, atol=1e-9)
    np.testing.assert_allclose(maps["fraction_2"].values, 1.0 - share, atol=1e-9)
    assert maps["fraction_1"].title == "first"
    assert np.nanmax(maps["r_factor"].values) < 1e-9
    assert maps["offset"].values.shape == (6, 7)


def test_amounts_of_components_brought_to_one_are_their_parts_of_the_mean_intensity():
    made, share = image()
    maps = combine(made, [of(17.0 * FIRST, "first"), of(0.02 * SECOND, "second")], CombineChoices(offset=False))
    np.testing.assert_allclose(maps["amount_1"].values, share * FIRST.mean(), atol=1e-9)
    total = maps["amount_1"].values + maps["amount_2"].values
    np.testing.assert_allclose(total, made.picture(), atol=1e-9)


def test_offset_and_edge_step_are_kept_apart_from_the_components():
    made, share = image()
    step = arctangent(ENERGY, 290.0, 6.0)
    spoilt = SpectrumImage.of_array(ENERGY, made.read(0, 6) + 0.7 * step - 0.3)
    choices = CombineChoices(step=True, e0_ev=290.0, area=False)
    maps = combine(spoilt, [of(FIRST, "first"), of(SECOND, "second")], choices)
    np.testing.assert_allclose(maps["fraction_1"].values, share, atol=1e-7)
    np.testing.assert_allclose(maps["step"].values, 0.7, atol=1e-6)
    np.testing.assert_allclose(maps["offset"].values, -0.3, atol=1e-6)


@pytest.mark.parametrize("shift_ev", [-0.73, 0.41])
def test_one_shift_of_all_energies_is_found(shift_ev):
    made, share = image(noise=0.01, shape=(20, 20))
    wide = np.arange(270.0, 310.0, 0.1)
    components = [
        of(np.interp(wide, ENERGY, one), name, energy=wide - shift_ev)
        for one, name in ((FIRST, "first"), (SECOND, "second"))
    ]
    maps = combine(made, components, CombineChoices(largest_shift_ev=1.0, area=False))
    assert float(maps.facts["shift_ev"]) == pytest.approx(shift_ev, abs=0.01)
    np.testing.assert_allclose(maps["fraction_1"].values, share, atol=0.02)


def test_sum_to_one():
    made, share = image(noise=0.05)
    maps = combine(made, [of(FIRST, "a"), of(SECOND, "b")], CombineChoices(area=False, sum_to_one=True))
    np.testing.assert_allclose(maps["amount_1"].values + maps["amount_2"].values, 1.0, atol=1e-9)
    np.testing.assert_allclose(maps["amount_1"].values, share, atol=0.1)


def test_errors_of_fractions_are_those_of_repeated_measurements():
    chance = np.random.default_rng(9)
    clean = 0.3 * FIRST + 0.7 * SECOND + 0.1
    repeated = clean + 0.05 * chance.standard_normal((30, 40, len(ENERGY)))
    maps = combine(SpectrumImage.of_array(ENERGY, repeated), [of(FIRST, "a"), of(SECOND, "b"), of(-FIRST, "none")],
                   CombineChoices(area=False))  # fmt: skip
    for k in (1, 2):
        spread = maps[f"fraction_{k}"].values.std()
        assert maps[f"error_{k}"].mean() == pytest.approx(spread, rel=0.06)
        assert maps[f"error_{k}"].kind == "error"
    assert np.isnan(maps["error_3"].values).any(), "what is not there has no error"


def test_a_series_gives_curves():
    made, _ = image()
    series = SpectrumImage.of_array(ENERGY, made.read(0, 6)[0])
    series = series.replace(axes=(PixelAxis("time", "s", np.arange(7) * 30.0),))
    maps = combine(series, [of(FIRST, "first"), of(SECOND, "second")])
    assert maps["fraction_1"].values.shape == (7,)
    assert maps.axes[0].label == "time (s)"


def test_pixels_without_a_value_have_no_result_and_are_counted():
    made, _ = image()
    values = made.read(0, 6).copy()
    values[2, 3, 50] = np.nan
    maps = combine(SpectrumImage.of_array(ENERGY, values), [of(FIRST, "first"), of(SECOND, "second")])
    assert np.isnan(maps["fraction_1"].values[2, 3])
    assert np.isfinite(maps["fraction_1"].values).sum() == 41
    assert maps.notices == ("1 pixel has no value, or one beyond 1e30, at some energy and no result.",)


def test_components_that_are_alike_are_told():
    made, _ = image()
    maps = combine(made, [of(FIRST, "first"), of(2 * FIRST, "first"), of(SECOND, "second")])
    assert maps.notices == ("first and first (2) can hardly be told apart.",)


def test_components_of_another_edge_are_refused():
    made, _ = image()
    with pytest.raises(XanesviewError, match=r"oxygen reaches from 530.0 to 549.9 eV, the image from 280.0"):
        combine(made, [of(FIRST, "oxygen", energy=ENERGY + 250.0)])
    with pytest.raises(XanesviewError, match="There is no component"):
        combine(made, [])


def test_an_image_that_is_read_in_pieces_gives_the_same(monkeypatch):
    made, _ = image(noise=0.02, shape=(50, 8))
    components, choices = [of(FIRST, "a"), of(SECOND, "b")], CombineChoices(largest_shift_ev=0.5)
    whole = combine(made, components, choices)
    read = []

    def piece(first, last):
        read.append(last - first)
        return made.read(first, last)

    monkeypatch.setattr(combination, "HELD_BYTES", 0)
    monkeypatch.setattr(spectrum_image.SpectrumImage.blocks, "__defaults__", (made.n_bytes // 7,))
    again = combine(made.replace(read=piece, rows_at_once=3), components, choices)
    assert set(read[-9:-1]) == {6}
    for one in whole.maps:
        np.testing.assert_allclose(again[one.key].values, one.values, atol=1e-6)  # four bytes


def test_it_goes_on_until_it_is_cancelled():
    made, _ = image(shape=(200, 100))
    seen = []
    maps = combine(made, [of(FIRST, "first")], progress=lambda done, wanted: seen.append((done, wanted)))
    assert seen[-1] == (20_000, 20_000)
    assert len(seen) > 2
    assert maps["fraction_1"].values.shape == (200, 100)
    with pytest.raises(Cancelled):
        combine(made, [of(FIRST, "first")], cancelled=lambda: len(seen) > 2)


def test_the_sum_of_one_pixel_lies_on_it():
    made, _ = image()
    components, choices = [of(FIRST, "first"), of(SECOND, "second")], CombineChoices()
    maps = combine(made, components, choices)
    fitted = fitted_pixel(made, made.read(0, 1)[0, 2], maps, components, choices)
    np.testing.assert_allclose(fitted.intensity, made.read(0, 1)[0, 2], atol=1e-9)


def test_pictures_and_mean_spectra():
    made, share = image()
    np.testing.assert_allclose(made.picture(285.02), made.read(0, 6)[..., 50], rtol=1e-12)
    np.testing.assert_allclose(made.picture(285.0, 286.0), made.read(0, 6)[..., 50:60].mean(axis=-1), rtol=1e-9)
    whole = made.mean_spectrum(slice(1, 3), slice(2, 5), label="box")
    np.testing.assert_allclose(whole.intensity, made.read(1, 3)[:, 2:5].mean(axis=(0, 1)), rtol=1e-12)
    assert (whole.kind, whole.label) == ("measured", "box")
    assert share.shape == made.shape
