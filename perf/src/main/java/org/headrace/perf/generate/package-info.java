/**
 * The load generator, {@code scripts/load}: its commands, and what they have in common.
 *
 * <p>Each command runs in a namespace that it is told, sends what it is told from where it is told, and says what came
 * back. The work is done by the packages beside: {@code link} (frames), {@code tcp} (connections without a kernel's
 * sockets), {@code latency} (requests at a fixed rate), {@code host} (where it all happens).
 */
package org.headrace.perf.generate;
