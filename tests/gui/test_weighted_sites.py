"""Curves of single sites beside a mean or a sum of weighted ones."""

from __future__ import annotations

import numpy as np

from xanesview.shown.spectra import exported


def drawn(window) -> dict:
    return {curve.key: curve for curve in window.plot.curves()}


def test_beside_the_mean_sites_are_as_they_are_and_beside_the_sum_their_part_of_it(benzene_window, qtbot):
    window = benzene_window
    window.workspace.set_per_atom(True)
    window.sites.pick_all()
    sites = window.workspace.session.picked
    plain = {key: curve.intensity for key, curve in drawn(window).items() if key.startswith("site-")}
    assert len(plain) == len(sites) > 1
    window.workspace.set_site_weights({sites[0]: 0.5, sites[1]: 0.25})
    curves = drawn(window)
    for key, before in plain.items():
        np.testing.assert_allclose(curves[key].intensity, before, err_msg="a weight moves the mean, not the atom")
    figure = {curve.key: spectrum for curve, spectrum in exported(window.workspace.shown, as_drawn=True) if curve}
    for key in plain:
        np.testing.assert_allclose(figure[key].intensity, curves[key].intensity, rtol=1e-9, atol=1e-30)  # as drawn
    rows = np.array([curves[f"site-{site}"].intensity for site in sites])
    mean = curves["current"].intensity
    assert (mean <= rows.max(axis=0) + 1e-9).all()
    assert (mean >= rows.min(axis=0) - 1e-9).all()
    window.workspace.set_per_atom(False)
    qtbot.waitUntil(lambda: not window.plot_link._later.isActive())
    curves = drawn(window)
    parts = np.sum([curves[f"site-{site}"].intensity for site in sites], axis=0)
    np.testing.assert_allclose(parts, curves["current"].intensity, rtol=1e-9)
