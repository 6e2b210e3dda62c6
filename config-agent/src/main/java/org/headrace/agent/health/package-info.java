/**
 * Health of servers: probes, thresholds, reports.
 *
 * <p>From the outside in: {@link org.headrace.agent.health.HealthChecker} is the contract, {@code TcpHealthChecker} the
 * lifecycle on one Netty event loop, {@code ProbeAgent} the duty cycle, {@code ProbeSchedule} and {@code HealthState}
 * the rules without any I/O, {@code ConnectProbe} the sockets.
 */
package org.headrace.agent.health;
