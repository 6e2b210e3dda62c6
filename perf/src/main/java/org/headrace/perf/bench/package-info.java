/** What all JMH benchmarks of this project share: cells, processes, results, tables, plots. */
package org.headrace.perf.bench;
