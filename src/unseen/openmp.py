"""How long threads spin while they wait for each other; it has to be settled before torch is loaded.

Between two pieces of shared work, GNU's OpenMP lets threads spin for 300,000 rounds before they sleep. Where other
processes want the same cores, that is longer than a thread's turn on one: threads spin away the turns of those that
they wait for, and a run takes many times as long. Fewer rounds prevent most of that, and still bridge the gaps on a
machine that is free, where it costs time to put threads to sleep at once (OMP_WAIT_POLICY=passive) and to wake them.
"""

import os

SPINS = 3_000
"""Rounds that a thread spins, in GNU's OpenMP, before it sleeps."""

if not {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & os.environ.keys():
    os.environ["GOMP_SPINCOUNT"] = str(SPINS)
