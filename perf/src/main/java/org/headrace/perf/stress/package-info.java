/** Races that only the hardware decides, run millions of times under jcstress: {@code scripts/stress}. */
package org.headrace.perf.stress;
