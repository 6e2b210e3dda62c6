/** Requests at a fixed rate, whatever becomes of them, and how long each took from the moment it was due. */
package org.headrace.perf.generate.latency;
