/** Benchmarks of the connection table, with Chronicle Map and a plain HashMap doing the same work beside it. */
package org.headrace.perf.conntrack;
