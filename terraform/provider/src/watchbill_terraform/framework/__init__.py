"""The layer over `tf`: what it lacks, and the ways round its faults. Knows nothing of Watchbill."""
