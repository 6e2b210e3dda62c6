/**
 * Clients of the laboratory's tests and demo: they ask, check every answer, and count; and the kernel's generator of
 * packets. Nothing here knows who balances. The load generator with a command line is {@code perf.generate}.
 */
package org.headrace.perf.load;
