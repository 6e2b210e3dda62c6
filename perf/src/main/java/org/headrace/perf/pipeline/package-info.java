/** Benchmarks of everything that a worker does with packets between receiving and sending them. */
package org.headrace.perf.pipeline;
