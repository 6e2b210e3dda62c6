/**
 * Clients: they ask, check every answer, and count. Nothing here knows who balances.
 */
package org.headrace.perf.load;
