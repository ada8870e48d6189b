"""The purchase models as the papers print them, one customer at a time: what our formulas must agree with."""

from __future__ import annotations

from math import exp, lgamma, log

from scipy.integrate import quad
from scipy.special import hyp2f1

from rapport.insight.maths.betageometric import BetaGeometric
from rapport.insight.maths.paretonbd import ParetoNbd


def beta_geometric_likelihood(model: BetaGeometric, x: int, t_x: float, T: float) -> float:
    """Natural logarithm of the likelihood; (6) of Fader, Hardie, Lee 2005, and its form in MBG/NBD."""
    r, alpha, a, b, shift = model.r, model.alpha, model.a, model.b, model.shift
    front = lgamma(r + x) - lgamma(r) + r * log(alpha)
    stays = exp(_log_beta(a, b + x + shift) - _log_beta(a, b) - (r + x) * log(alpha + T))
    leaves = 0.0
    if x + shift > 0:
        leaves = exp(_log_beta(a + 1, b + x + shift - 1) - _log_beta(a, b) - (r + x) * log(alpha + t_x))
    return front + log(stays + leaves)


def bgnbd_purchases(model: BetaGeometric, x: int, t_x: float, T: float, t: float) -> float:
    """E[Y(t)]; (10) of the same paper."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    hyper = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
    top = (a + b + x - 1) / (a - 1) * (1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * hyper)
    odds = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0.0
    return float(top / (1 + odds))


def pareto_likelihood(model: ParetoNbd, x: int, t_x: float, T: float) -> float:
    """Natural logarithm of the likelihood; the integral over the moment of leaving taken by quadrature."""
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    front = lgamma(r + x) - lgamma(r) + r * log(alpha) + s * log(beta)
    stays = (alpha + T) ** -(r + x) * (beta + T) ** -s
    leaves, _ = quad(lambda y: s * (alpha + y) ** -(r + x) * (beta + y) ** -(s + 1), t_x, T, epsabs=0, epsrel=1e-11)
    return front + log(stays + leaves)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
