"""What is measured: phones of each kind, and the seeds of the conferences that they are taken to."""

from dataclasses import dataclass

from udaconnect_client.simulation.phones import SINE, Drift

PEOPLE, MINUTES = 60, 60
DISTANCE_M, LASTS_S = 2.0, 120.0
STEP_S = 1.0  # how often it is looked who truly is together, and who is by the posterior

# The estimator's constants were chosen on these; what is reported comes from conferences that nobody has looked at.
TUNING_SEEDS = tuple(range(1, 7))
REPORTED_SEEDS = tuple(range(1001, 1006))
QUICK_SEEDS = REPORTED_SEEDS[:1]


@dataclass(frozen=True)
class Phones:
    """One kind, and what the estimate must reach with it: F1 and IoU; None: it is shown, and promised nothing."""

    name: str
    accuracy_m: float = 3.0
    interval_s: float = 10.0
    drift: Drift = SINE
    outliers: float = 0.0
    f1: float | None = None
    iou: float | None = None


# A deviation of 2 m on an axis is an accuracy of 3.02 m. Half of the variance drifts, as in the simulator's own errors.
DRIFTING_M = 3.02

PHONES = (
    Phones("1 m each 10 s", 1, f1=0.97, iou=0.93),
    Phones("3 m each 10 s", 3, f1=0.92, iou=0.85),
    Phones("6 m each 10 s", 6, f1=0.75, iou=0.62),
    Phones("10 m each 10 s", 10),
    Phones("3 m each 5 s", 3, 5, f1=0.93, iou=0.86),
    Phones("3 m each 30 s", 3, 30, f1=0.85, iou=0.72),
    Phones("3 m each 60 s", 3, 60, f1=0.80, iou=0.62),
    Phones("drift 20 s", DRIFTING_M, drift=Drift(0.5, 20), f1=0.82, iou=0.70),
    Phones("drift 60 s", DRIFTING_M, drift=Drift(0.5, 60), f1=0.70, iou=0.53),
    Phones("drift 120 s", DRIFTING_M, drift=Drift(0.5, 120), f1=0.60, iou=0.43),
    Phones("nothing but drift, 20 s", DRIFTING_M, drift=Drift(1.0, 20)),
    Phones("nothing but drift, 60 s", DRIFTING_M, drift=Drift(1.0, 60)),
    Phones("nothing but drift, 120 s", DRIFTING_M, drift=Drift(1.0, 120)),
    Phones("3 m, 2 % outliers", 3, outliers=0.02, f1=0.90, iou=0.82),
)
ORDINARY = "3 m each 10 s"
BY_ACCURACY = ("1 m each 10 s", ORDINARY, "6 m each 10 s", "10 m each 10 s")
